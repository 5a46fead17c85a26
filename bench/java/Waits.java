import java.util.Arrays;
import java.util.Locale;

/** The waits of one measurement, in nanoseconds; not thread-safe. */
final class Waits {
    private long[] nanos = new long[1 << 14];
    private int count;

    void add(long wait) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = wait;
    }

    void addAll(Waits other) {
        for (int i = 0; i < other.count; i++) {
            add(other.nanos[i]);
        }
    }

    int count() {
        return count;
    }

    /** The members of a JSON object, without its braces: how often, how long it took in all, and how long one waited. */
    String json(int unitsPerWait, long elapsedNanos) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        double seconds = elapsedNanos / 1e9;
        long units = (long) count * unitsPerWait;
        return String.format(
                Locale.ROOT,
                "\"units\":%d,\"seconds\":%.4f,\"rate\":%.2f,\"mean_ms\":%.4f,\"p50_ms\":%.4f,\"p99_ms\":%.4f,"
                        + "\"max_ms\":%.4f",
                units,
                seconds,
                units / seconds,
                Arrays.stream(sorted).average().orElse(0) / 1e6,
                at(sorted, 0.50),
                at(sorted, 0.99),
                at(sorted, 1.0));
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)] / 1e6;
    }
}
