package net.quicsql.hrana.websocket;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/** Runs what is due when its test says so. One thread. */
final class ManualScheduler extends AbstractLifeCycle implements Scheduler {
    private final List<Waiting> waiting = new ArrayList<>();

    /** What waits for its time. */
    record Waiting(Runnable work, long millis) {}

    @Override
    public Task schedule(Runnable work, long delay, TimeUnit unit) {
        Waiting added = new Waiting(work, unit.toMillis(delay));
        waiting.add(added);
        return () -> waiting.remove(added);
    }

    List<Waiting> waiting() {
        return List.copyOf(waiting);
    }

    /** Runs the one that was scheduled first. */
    void runFirst() {
        waiting.remove(0).work().run();
    }
}
