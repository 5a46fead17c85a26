package net.quicsql.execution;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/**
 * The statements that had better not share a transaction: those that were slow again and again, for whom quick ones would
 * have to wait, and those whose results are large. For a while only: data and machines change. Thread-safe.
 */
final class UnfitTexts {
    private static final long SLOW_NANOS = 10_000_000L;

    /** So many slow runs without a quick one between: a pause of the collector or the disk makes any statement slow. */
    private static final int STRIKES = 3;

    private static final int MAX_TEXTS = 1_000;
    private static final Duration MEMORY = Duration.ofSeconds(10);

    private final Cache<String, Integer> strikes = Caffeine.newBuilder()
            .maximumSize(MAX_TEXTS)
            .expireAfterWrite(MEMORY)
            .build();

    /** Whether a statement goes alone for now. */
    boolean contains(String text) {
        Integer known = strikes.getIfPresent(text);
        return known != null && known >= STRIKES;
    }

    /** Notes that a statement's result was too large to be kept until a COMMIT. */
    void large(String text) {
        strikes.put(text, STRIKES);
    }

    /** Notes how long a statement ran in a group. */
    void ran(String text, long nanos) {
        if (nanos > SLOW_NANOS) {
            strikes.asMap().merge(text, 1, Integer::sum);
        } else if (strikes.getIfPresent(text) != null) {
            strikes.invalidate(text);
        }
    }
}
