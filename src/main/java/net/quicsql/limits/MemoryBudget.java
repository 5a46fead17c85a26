package net.quicsql.limits;

import java.util.concurrent.atomic.AtomicLong;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;

/**
 * The heap that request bodies and answers of all requests may take together. Who wants more than a little asks for it
 * through a {@link MemoryShare} before it takes it. Thread-safe; nobody waits.
 */
public final class MemoryBudget {
    /** The least that is given by default: a server with a tiny heap must still take a request. */
    private static final long LEAST_BYTES = 16L * 1024 * 1024;

    /** What the server itself needs of its heap: classes, caches, threads' buffers, many small requests. */
    private static final long OWN_BYTES = 64L * 1024 * 1024;

    private final long bytes;
    private final AtomicLong held = new AtomicLong();

    /** @param bytes at least 1 */
    public MemoryBudget(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes is " + bytes + ", must be at least 1");
        }
        this.bytes = bytes;
    }

    /**
     * The budget that suits a heap: half of what the server does not need itself. The other half is for what is built from
     * a body and for what waits to be collected.
     *
     * @param maxHeapBytes the most that the heap may become
     */
    public static long suiting(long maxHeapBytes) {
        return Math.max(LEAST_BYTES, (maxHeapBytes - OWN_BYTES) / 2);
    }

    /**
     * The size of a value that suits a budget. SQLite's driver says how long a value is by handing it over: it is on the
     * heap before it can be counted, at each thread that is about to count one.
     */
    static long largestValue(long budgetBytes) {
        return budgetBytes / 16;
    }

    /** All that can be held at a time. */
    public long bytes() {
        return bytes;
    }

    /** What is held now. */
    public long held() {
        return held.get();
    }

    /** A share that holds nothing yet. */
    public MemoryShare share() {
        return new MemoryShare(this);
    }

    /** The failure of a request for which there is nothing left. */
    static ProblemException exhausted() {
        return new Problem.Refused(
                        ProblemCode.OVERLOADED,
                        "the server holds as many request bodies and answers in memory as it may ("
                                + LimitsConfig.MEMORY_BUDGET + "); try again later")
                .toException();
    }

    boolean tryTake(long more) {
        long now = held.get();
        while (more <= bytes - now) {
            if (held.compareAndSet(now, now + more)) {
                return true;
            }
            now = held.get();
        }
        return false;
    }

    void giveBack(long less) {
        held.addAndGet(-less);
    }
}
