package net.quicsql.metrics;

import com.codahale.metrics.Reservoir;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.WeightedSnapshot;
import com.codahale.metrics.WeightedSnapshot.WeightedSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Durations counted in buckets. Taking one in costs a search in a short array and two additions, and a database with many
 * timers costs little memory, which sampling reservoirs do not offer.
 *
 * <p>The buckets and the sum count since the start. A {@link #getSnapshot} covers the last one to two minutes where
 * snapshots are taken at least once a minute, else the time since the last but one; its values are the upper bounds of
 * buckets, at most 1.7 times what was measured. Thread-safe.
 */
public final class Latency implements Reservoir {
    /** Upper bounds in nanoseconds, inclusive: 50 µs to 60 s, five to a factor of ten. */
    private static final long[] BOUNDS = {
        50_000,
        65_000,
        100_000,
        150_000,
        250_000,
        400_000,
        650_000,
        1_000_000,
        1_500_000,
        2_500_000,
        4_000_000,
        6_500_000,
        10_000_000,
        15_000_000,
        25_000_000,
        40_000_000,
        65_000_000,
        100_000_000,
        150_000_000,
        250_000_000,
        400_000_000,
        650_000_000,
        1_000_000_000,
        1_500_000_000,
        2_500_000_000L,
        4_000_000_000L,
        6_500_000_000L,
        10_000_000_000L,
        15_000_000_000L,
        25_000_000_000L,
        40_000_000_000L,
        60_000_000_000L,
    };

    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

    /** One more than there are bounds: what is longer than the last bound. */
    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS.length + 1);

    private final LongAdder sumNanos = new LongAdder();
    private final LongSupplier nanoClock;

    // Guarded by this.
    private long[] baseline = new long[BOUNDS.length + 1];
    private long[] nextBaseline = new long[BOUNDS.length + 1];
    private long nextBaselineAt;

    /** @param nanoClock a monotonic time in nanoseconds */
    public Latency(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        nextBaselineAt = nanoClock.getAsLong();
    }

    /** Upper bounds of the buckets in seconds, from the shortest; the last is infinite. */
    public static double[] boundsInSeconds() {
        double[] seconds = new double[BOUNDS.length + 1];
        for (int i = 0; i < BOUNDS.length; i++) {
            seconds[i] = BOUNDS[i] / (double) TimeUnit.SECONDS.toNanos(1);
        }
        seconds[BOUNDS.length] = Double.POSITIVE_INFINITY;
        return seconds;
    }

    /** How many durations fell into each bucket since the start, not cumulative. */
    public long[] counts() {
        long[] copy = new long[counts.length()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = counts.get(i);
        }
        return copy;
    }

    /** The sum of all durations since the start. */
    public double sumInSeconds() {
        return sumNanos.sum() / (double) TimeUnit.SECONDS.toNanos(1);
    }

    @Override
    public void update(long nanos) {
        int found = Arrays.binarySearch(BOUNDS, nanos);
        counts.incrementAndGet(found >= 0 ? found : -found - 1);
        sumNanos.add(nanos);
    }

    @Override
    public int size() {
        return getSnapshot().size();
    }

    @Override
    public Snapshot getSnapshot() {
        long[] now = counts();
        long[] since = rotate(now);
        List<WeightedSample> samples = new ArrayList<>();
        for (int i = 0; i < now.length; i++) {
            if (now[i] > since[i]) {
                samples.add(new WeightedSample(BOUNDS[Math.min(i, BOUNDS.length - 1)], now[i] - since[i]));
            }
        }
        return new WeightedSnapshot(samples);
    }

    private synchronized long[] rotate(long[] now) {
        long time = nanoClock.getAsLong();
        if (time - nextBaselineAt >= WINDOW_NANOS) {
            baseline = nextBaseline;
            nextBaseline = now;
            nextBaselineAt = time;
        }
        return baseline;
    }
}
