package net.quicsql.hrana.websocket;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The server's threads, for tasks that must not be lost: where all are busy and their line is full it tries again a little
 * later, for as long as the server runs. Thread-safe.
 */
final class PatientExecutor implements Executor {
    private static final long RETRY_MILLIS = 20;

    private final Executor threads;
    private final Scheduler scheduler;

    PatientExecutor(Executor threads, Scheduler scheduler) {
        this.threads = requireNonNull(threads, "threads is null");
        this.scheduler = requireNonNull(scheduler, "scheduler is null");
    }

    @Override
    public void execute(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException full) {
            // A scheduler that has stopped drops it: what the server's streams still hold is given back by who stops
            // them.
            scheduler.schedule(() -> execute(task), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
