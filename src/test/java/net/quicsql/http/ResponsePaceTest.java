package net.quicsql.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ResponsePaceTest {
    private static final long WINDOW = 1000;
    private static final long MINIMUM = 50;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 500);
    private final ResponsePace pace = new ResponsePace(now::get);

    @Test
    void asksNothingOfAClientThatTakesAllAtOnce() {
        for (int i = 0; i < 10; i++) {
            now.addAndGet(WINDOW);
            pace.flushed(1);
            assertThat(pace.isWaiting()).isFalse();
            assertThat(tooSlow()).isFalse();
        }
    }

    @Test
    void isTooSlowOnceAWindowHasPassedWithoutAByte() {
        pace.flushedInPart(1_000_000);
        assertThat(pace.isWaiting()).isTrue();
        now.addAndGet(WINDOW - 1);
        assertThat(tooSlow()).isFalse();
        now.addAndGet(1);
        assertThat(tooSlow()).isTrue();
    }

    @Test
    void measuresEachWindowAnew() {
        pace.flushedInPart(0);
        now.addAndGet(WINDOW);
        pace.flushedInPart(MINIMUM);
        assertThat(tooSlow()).isFalse();
        now.addAndGet(WINDOW);
        pace.flushedInPart(MINIMUM - 1);
        assertThat(tooSlow()).isTrue();
    }

    @Test
    void addsUpTheWaitingOfManyPiecesAndNotWhatLiesBetween() {
        for (int i = 0; i < 9; i++) {
            pace.flushedInPart(0);
            now.addAndGet(WINDOW / 10);
            pace.flushed(1);
            now.addAndGet(10 * WINDOW);
            assertThat(tooSlow()).isFalse();
        }
        pace.flushedInPart(0);
        now.addAndGet(WINDOW / 10);
        pace.flushed(1);
        assertThat(tooSlow()).isTrue();
    }

    private boolean tooSlow() {
        return pace.isTooSlow(WINDOW, MINIMUM);
    }
}
