package net.quicsql.server;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.quicsql.engine.StreamEngine;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what still runs shortly before the grace period of a stopping server is over, while there is time to tell the
 * clients. Statements that end by themselves before that are not touched.
 */
final class DrainDeadline implements LifeCycle.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(DrainDeadline.class);

    /** Time to write the last answers. */
    private static final long ANSWER_MILLIS = 1_000;

    private final StreamEngine engine;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "drain-deadline");
        thread.setDaemon(true);
        return thread;
    });

    DrainDeadline(StreamEngine engine) {
        this.engine = requireNonNull(engine, "engine is null");
    }

    @Override
    public void lifeCycleStopping(LifeCycle event) {
        if (event instanceof Server server) {
            long grace = Math.max(0, server.getStopTimeout() - ANSWER_MILLIS);
            LOG.info("stopping: running statements may go on for {} ms", grace);
            var unused = timer.schedule(engine::endWork, grace, TimeUnit.MILLISECONDS);
        }
    }
}
