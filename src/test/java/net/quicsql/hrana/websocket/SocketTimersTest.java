package net.quicsql.hrana.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SocketTimersTest {
    private final ManualScheduler scheduler = new ManualScheduler();
    private final SocketTimers timers = new SocketTimers(scheduler);
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsEachWhenItsTimeHasCome() {
        timers.schedule(() -> ran.add("one"), 10);
        timers.schedule(() -> ran.add("two"), 20);
        assertThat(scheduler.waiting())
                .extracting(ManualScheduler.Waiting::millis)
                .containsExactly(10L, 20L);
        scheduler.runFirst();
        assertThat(ran).containsExactly("one");
        scheduler.runFirst();
        assertThat(ran).containsExactly("one", "two");
    }

    @Test
    void whatRunsMayScheduleAgain() {
        timers.schedule(() -> timers.schedule(() -> ran.add("again"), 10), 10);
        scheduler.runFirst();
        scheduler.runFirst();
        assertThat(ran).containsExactly("again");
    }

    @Test
    void leavesNothingWithTheSchedulerAtTheEnd() {
        timers.schedule(() -> ran.add("one"), 10);
        timers.schedule(() -> ran.add("two"), 20);
        scheduler.runFirst();
        timers.end();
        assertThat(scheduler.waiting()).isEmpty();
        timers.schedule(() -> ran.add("late"), 10);
        assertThat(scheduler.waiting()).isEmpty();
        assertThat(ran).containsExactly("one");
    }

    @Test
    void runsNothingThatTheSchedulerHadBegunWhenTheEndCame() {
        timers.schedule(() -> ran.add("late"), 10);
        Runnable begun = scheduler.waiting().get(0).work();
        timers.end();
        begun.run();
        assertThat(ran).isEmpty();
    }
}
