package net.quicsql.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);

    @Test
    void letsABurstThroughThenTheRate() {
        RateLimiter limiter = new RateLimiter(10, 3, now::get);
        for (int i = 0; i < 3; i++) {
            assertThat(limiter.take("ada")).isEmpty();
        }
        assertThat(limiter.take("ada")).contains(Duration.ofMillis(100));
        now.addAndGet(60_000_000);
        assertThat(limiter.take("ada")).contains(Duration.ofMillis(40));
        now.addAndGet(40_000_000);
        assertThat(limiter.take("ada")).isEmpty();
        assertThat(limiter.take("ada")).contains(Duration.ofMillis(100));
    }

    @Test
    void countsPrincipalsApart() {
        RateLimiter limiter = new RateLimiter(1, 1, now::get);
        assertThat(limiter.take("ada")).isEmpty();
        assertThat(limiter.take("bob")).isEmpty();
        assertThat(limiter.take("ada")).isPresent();
    }

    @Test
    void savesUpNoMoreThanABurst() {
        RateLimiter limiter = new RateLimiter(100, 2, now::get);
        assertThat(limiter.take("ada")).isEmpty();
        now.addAndGet(Duration.ofMillis(900).toNanos());
        assertThat(limiter.take("ada")).isEmpty();
        assertThat(limiter.take("ada")).isEmpty();
        assertThat(limiter.take("ada")).isPresent();
    }

    @Test
    void forgetsWhoIsQuiet() {
        RateLimiter limiter = new RateLimiter(1, 4, now::get);
        limiter.take("ada");
        limiter.take("bob");
        assertThat(limiter.remembered()).isEqualTo(2);
        now.addAndGet(Duration.ofSeconds(5).toNanos());
        limiter.take("bob");
        now.addAndGet(Duration.ofSeconds(4).toNanos());
        assertThat(limiter.remembered()).isEqualTo(1);
    }
}
