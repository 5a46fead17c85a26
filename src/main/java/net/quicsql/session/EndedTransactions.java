package net.quicsql.session;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How the latest transaction of each stream ended, for a few minutes: a client that still carries a baton of it is told
 * the truth instead of a guess. Bounded in time and number; what is forgotten early only makes an answer less precise.
 * Thread-safe.
 */
final class EndedTransactions {
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    /** About 10 MB when full. */
    private static final int MAX_ENTRIES = 100_000;

    private final LongSupplier nanoClock;
    private final Map<SessionId, Ended> byStream = new LinkedHashMap<>();

    EndedTransactions(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /**
     * An end.
     *
     * @param generation the latest generation that was handed out when the transaction ended
     * @param abort why it was ended; null where the client ended it
     */
    record Ended(long generation, @Nullable Abort abort, long atNanos) {}

    synchronized void remember(SessionId stream, long generation, @Nullable Abort abort) {
        long now = nanoClock.getAsLong();
        byStream.remove(stream);
        byStream.put(stream, new Ended(generation, abort, now));
        Iterator<Ended> oldest = byStream.values().iterator();
        while (oldest.hasNext() && (byStream.size() > MAX_ENTRIES || isOld(oldest.next(), now))) {
            oldest.remove();
        }
    }

    synchronized @Nullable Ended find(SessionId stream) {
        Ended ended = byStream.get(stream);
        return ended != null && !isOld(ended, nanoClock.getAsLong()) ? ended : null;
    }

    private static boolean isOld(Ended ended, long now) {
        return now - ended.atNanos() > REMEMBERED.toNanos();
    }
}
