package net.quicsql.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.codahale.metrics.Snapshot;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyTest {
    private final AtomicLong clock = new AtomicLong();
    private final Latency latency = new Latency(clock::get);

    @Test
    void countsEachDurationInItsBucket() {
        double[] bounds = Latency.boundsInSeconds();
        latency.update(0);
        latency.update(Duration.ofNanos(50_000).toNanos());
        latency.update(Duration.ofNanos(50_001).toNanos());
        latency.update(Duration.ofMillis(10).toNanos());
        latency.update(Duration.ofHours(1).toNanos());

        long[] counts = latency.counts();
        assertThat(counts).hasSameSizeAs(bounds);
        assertThat(counts[0]).isEqualTo(2);
        assertThat(counts[1]).isEqualTo(1);
        for (int i = 0; i < bounds.length; i++) {
            if (bounds[i] == 0.01) {
                assertThat(counts[i]).isEqualTo(1);
            }
        }
        assertThat(counts[counts.length - 1]).isEqualTo(1);
        assertThat(LongStream.of(counts).sum()).isEqualTo(5);
        assertThat(latency.sumInSeconds()).isCloseTo(3600.0101, within(1e-6));
    }

    @Test
    void boundsGrowByAtMost1Point7() {
        double[] bounds = Latency.boundsInSeconds();
        for (int i = 1; i < bounds.length - 1; i++) {
            assertThat(bounds[i] / bounds[i - 1]).isBetween(1.01, 1.7);
        }
    }

    @Test
    void tellsPercentilesByTheUpperBoundOfTheBucket() {
        for (int i = 0; i < 99; i++) {
            latency.update(Duration.ofMillis(2).toNanos());
        }
        latency.update(Duration.ofMillis(900).toNanos());

        Snapshot snapshot = latency.getSnapshot();
        assertThat(snapshot.getMedian()).isEqualTo(Duration.ofNanos(2_500_000).toNanos());
        assertThat(snapshot.getValue(0.995)).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(snapshot.getMax()).isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(latency.getSnapshot().getMedian()).isZero();
        assertThat(latency.size()).isZero();
    }

    @Test
    void forgetsWhatIsOlderThanTwoMinutesInSnapshotsOnly() {
        latency.update(Duration.ofSeconds(9).toNanos());
        for (int minute = 1; minute <= 2; minute++) {
            clock.addAndGet(Duration.ofMinutes(1).toNanos());
            latency.getSnapshot();
        }
        latency.update(Duration.ofMillis(1).toNanos());

        assertThat(latency.getSnapshot().getMax())
                .isEqualTo(Duration.ofMillis(1).toNanos());
        assertThat(LongStream.of(latency.counts()).sum()).isEqualTo(2);
    }
}
