package net.quicsql.limits;

import net.quicsql.problem.ProblemException;

/**
 * What one request holds of the {@link MemoryBudget}. Must be closed when the memory is free again. One thread at a time.
 */
public final class MemoryShare implements AutoCloseable {
    /**
     * A buffer up to this size is free: nearly every request stays below, and shall not touch a counter that all threads
     * share.
     */
    public static final int FREE_BYTES = 64 * 1024;

    private final MemoryBudget budget;
    private long held;

    MemoryShare(MemoryBudget budget) {
        this.budget = budget;
    }

    /** What this share could hold if nobody else held anything. */
    public long most() {
        return budget.bytes();
    }

    public long held() {
        return held;
    }

    /** Holds so many bytes more, or answers false and holds what it held. */
    public boolean tryTake(long more) {
        boolean taken = budget.tryTake(more);
        if (taken) {
            held += more;
        }
        return taken;
    }

    /**
     * Holds so many bytes more.
     *
     * @throws ProblemException OVERLOADED
     */
    public void take(long more) {
        if (!tryTake(more)) {
            throw MemoryBudget.exhausted();
        }
    }

    /** @param less at most {@link #held()} */
    public void giveBack(long less) {
        if (less > held) {
            throw new IllegalArgumentException("gives back " + less + " bytes of " + held);
        }
        held -= less;
        budget.giveBack(less);
    }

    /** Gives back everything. Idempotent. */
    @Override
    public void close() {
        giveBack(held);
    }
}
