package net.quicsql.hrana.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import net.quicsql.http.RequestClients;
import net.quicsql.storage.Client;
import net.quicsql.testing.Await;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.Test;

final class LaneTest {
    private final Deque<Runnable> threads = new ArrayDeque<>();
    private final Lane lane = new Lane(threads::add, new RequestClients(), Client.PRESENT, later -> true);
    private final List<String> done = new ArrayList<>();

    @Test
    void runsTasksInOrderOnOneThread() {
        for (String name : List.of("a", "b", "c")) {
            lane.submit(() -> done.add(name));
        }
        assertThat(threads).hasSize(1);
        runAll();
        assertThat(done).containsExactly("a", "b", "c");
    }

    @Test
    void goesOnAfterATaskThatFails() {
        lane.submit(() -> {
            throw new IllegalStateException("expected by the test");
        });
        lane.submit(() -> done.add("next"));
        runAll();
        assertThat(done).containsExactly("next");
    }

    @Test
    void givesItsThreadBackWhileItIsHeld() {
        lane.submit(() -> {
            done.add("long");
            lane.hold();
        });
        lane.submit(() -> done.add("next"));
        runAll();
        assertThat(done).containsExactly("long");
        lane.submit(() -> done.add("last"));
        assertThat(threads).isEmpty();

        lane.letGo();
        runAll();
        assertThat(done).containsExactly("long", "next", "last");
    }

    @Test
    void goesOnWhereItWasLetGoBeforeItsTaskReturned() {
        lane.submit(() -> {
            lane.hold();
            lane.letGo();
        });
        lane.submit(() -> done.add("next"));
        runAll();
        assertThat(done).containsExactly("next");
    }

    @Test
    void runsOnTheCallersThreadOnlyWhereNothingElseIsUnderWay() {
        lane.submitHere(() -> done.add("here"));
        assertThat(done).containsExactly("here");

        lane.submit(() -> done.add("first"));
        lane.submitHere(() -> done.add("second"));
        assertThat(done).containsExactly("here");
        runAll();
        assertThat(done).containsExactly("here", "first", "second");
    }

    /** As a pool of threads is whose line is full: a lane that lost its thread there would never run again. */
    @Test
    void losesNoTaskWhereAllThreadsAreBusy() throws Exception {
        ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler();
        scheduler.start();
        try {
            AtomicInteger refusals = new AtomicInteger(3);
            AtomicInteger ran = new AtomicInteger();
            PatientExecutor executor = new PatientExecutor(
                    task -> {
                        if (refusals.getAndDecrement() > 0) {
                            throw new RejectedExecutionException("full");
                        }
                        task.run();
                    },
                    scheduler);
            Lane busy = new Lane(executor, new RequestClients(), Client.PRESENT, later -> true);
            busy.submit(ran::incrementAndGet);
            busy.submit(ran::incrementAndGet);
            Await.until("both ran", () -> ran.get() == 2);
        } finally {
            scheduler.stop();
        }
    }

    private void runAll() {
        for (Runnable task = threads.poll(); task != null; task = threads.poll()) {
            task.run();
        }
    }
}
