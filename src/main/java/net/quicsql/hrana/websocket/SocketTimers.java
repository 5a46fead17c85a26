package net.quicsql.hrana.websocket;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is to do later. It is forgotten when the connection ends, since the scheduler holds what it is to run,
 * and with it all of the connection, until its time has come. Thread-safe.
 */
final class SocketTimers {
    private final Scheduler scheduler;

    // Guarded by this.
    private final Set<Timer> waiting = new HashSet<>();
    private boolean ended;

    SocketTimers(Scheduler scheduler) {
        this.scheduler = requireNonNull(scheduler, "scheduler is null");
    }

    /** Has a thread of the scheduler's run this after a time in milliseconds; not at all once the connection has ended. */
    synchronized void schedule(Runnable work, long millis) {
        if (!ended) {
            Timer timer = new Timer(work);
            timer.task = scheduler.schedule(timer, millis, TimeUnit.MILLISECONDS);
            waiting.add(timer);
        }
    }

    /** The connection has ended. */
    synchronized void end() {
        ended = true;
        for (Timer timer : waiting) {
            requireNonNull(timer.task, "not scheduled").cancel();
        }
        waiting.clear();
    }

    private synchronized boolean isDue(Timer timer) {
        return waiting.remove(timer);
    }

    private final class Timer implements Runnable {
        private final Runnable work;
        private Scheduler.@Nullable Task task;

        Timer(Runnable work) {
            this.work = requireNonNull(work, "work is null");
        }

        @Override
        public void run() {
            if (isDue(this)) {
                work.run();
            }
        }
    }
}
