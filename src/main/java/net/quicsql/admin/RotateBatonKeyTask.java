package net.quicsql.admin;

import static java.util.Objects.requireNonNull;

import io.dropwizard.servlets.tasks.Task;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import net.quicsql.session.BatonKeys;

/**
 * {@code POST /tasks/rotate-baton-key}: signs batons with a new key from now on. Batons of the old key are taken for as
 * long as a baton lives, so no client notices.
 */
public final class RotateBatonKeyTask extends Task {
    private final BatonKeys keys;

    public RotateBatonKeyTask(BatonKeys keys) {
        super("rotate-baton-key");
        this.keys = requireNonNull(keys, "keys is null");
    }

    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) throws IOException {
        keys.rotate();
        output.println("batons are signed with a new key now");
    }
}
