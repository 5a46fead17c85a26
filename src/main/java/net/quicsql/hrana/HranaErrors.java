package net.quicsql.hrana;

import java.util.concurrent.ThreadLocalRandom;
import net.quicsql.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renders problems as errors inside an answer; the only place that does. Stateless. */
public final class HranaErrors {
    private static final Logger LOGGER = LoggerFactory.getLogger(HranaErrors.class);

    private HranaErrors() {}

    public static HranaError of(Problem problem) {
        return new HranaError(problem.message(), problem.wireCode());
    }

    /** An error of our own: logged under a random id, which is all that the client gets to see. */
    static Problem unexpected(RuntimeException exception) {
        String id = Long.toHexString(ThreadLocalRandom.current().nextLong());
        LOGGER.error("Internal error {} in a Hrana request", id, exception);
        return new Problem.Internal(id);
    }
}
