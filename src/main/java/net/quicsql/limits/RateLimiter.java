package net.quicsql.limits;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How often each principal may ask: so many times a second on average, and more at once after a pause. Thread-safe; never
 * blocks.
 */
public final class RateLimiter {
    /** Far more than a configuration lists; beyond it a principal may be given a full bucket too early, no more. */
    private static final long MAX_PRINCIPALS = 10_000;

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Bandwidth bandwidth;
    private final TimeMeter clock;
    private final Cache<String, Bucket> buckets;

    /**
     * @param perSecond requests a second, at least 1
     * @param burst requests that may come at once, at least 1
     */
    public RateLimiter(int perSecond, int burst, LongSupplier nanoClock) {
        requireNonNull(nanoClock, "nanoClock is null");
        bandwidth = Bandwidth.builder()
                .capacity(burst)
                .refillGreedy(perSecond, SECOND)
                .build();
        clock = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return nanoClock.getAsLong();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
        buckets = Caffeine.newBuilder()
                .maximumSize(MAX_PRINCIPALS)
                // By then a bucket is full again, so that a new one is the same.
                .expireAfterAccess(SECOND.multipliedBy(2L + burst / perSecond))
                .ticker(nanoClock::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** Counts a request; empty where it may pass, else how long its principal must wait until one may. */
    public Optional<Duration> take(String principal) {
        Bucket bucket = buckets.get(
                principal,
                name -> Bucket.builder()
                        .addLimit(bandwidth)
                        .withCustomTimePrecision(clock)
                        .build());
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        return probe.isConsumed() ? Optional.empty() : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    /** Principals that are remembered. */
    long remembered() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }
}
