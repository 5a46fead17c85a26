package net.quicsql.storage;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import net.quicsql.limits.WaitingRoom;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.SqliteCode;
import org.jspecify.annotations.Nullable;

/**
 * Hands the right to write to one database from thread to thread: one turn at a time, first come first served within a
 * principal, principals in rotation, so that nobody is starved and nobody polls. Thread-safe.
 *
 * <p>A free turn is taken at once; otherwise the holder hands it to the next in line when it is done.
 */
public final class WriterQueue {
    private final LongSupplier nanoClock;
    private final WaitingRoom room;
    private final Map<String, Deque<Waiter>> waiting = new LinkedHashMap<>();
    private @Nullable WriterTurn holder;
    private int waiters;
    private boolean closed;

    public WriterQueue(LongSupplier nanoClock, WaitingRoom room) {
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
        this.room = requireNonNull(room, "room is null");
    }

    /**
     * Waits for the turn.
     *
     * @param principal who wants to write; turns rotate among principals
     * @param purpose what for, in words for other people's error messages, as {@code BEGIN IMMEDIATE}
     * @param maxWaitNanos longest wait
     * @throws net.quicsql.problem.ProblemException SQL_BUSY once the wait has passed, naming the holder
     */
    public WriterTurn acquire(String principal, String purpose, long maxWaitNanos) {
        return acquire(principal, purpose, maxWaitNanos, true);
    }

    /** As {@link #acquire}, for upkeep: who waits so is no reason to end anybody's transaction. */
    WriterTurn acquireForUpkeep(String purpose, long maxWaitNanos) {
        return acquire("", purpose, maxWaitNanos, false);
    }

    private WriterTurn acquire(String principal, String purpose, long maxWaitNanos, boolean counted) {
        Waiter waiter;
        synchronized (this) {
            if (closed && counted) {
                throw stopping();
            }
            if (holder == null) {
                return take(principal, purpose);
            }
            if (counted && !room.enter()) {
                throw locked(", " + room.refusal());
            }
            waiter = new Waiter(Thread.currentThread(), principal, purpose, counted);
            waiting.computeIfAbsent(principal, key -> new ArrayDeque<>()).add(waiter);
            waiters += waiter.count;
        }
        try {
            return await(waiter, maxWaitNanos);
        } finally {
            if (counted) {
                room.leave();
            }
        }
    }

    /** Refuses everybody in line and whoever comes, but for upkeep; the holder goes on. */
    synchronized void close() {
        closed = true;
        for (Deque<Waiter> line : waiting.values()) {
            for (Waiter waiter : line) {
                waiter.refused = true;
                LockSupport.unpark(waiter.thread);
            }
        }
        waiting.clear();
        waiters = 0;
    }

    /** What everybody is told who comes too late. */
    static ProblemException stopping() {
        return new Problem.Refused(ProblemCode.SHUTTING_DOWN, "the server is stopping").toException();
    }

    /** Threads in line, without upkeep. */
    public synchronized int depth() {
        return waiters;
    }

    public boolean isContended() {
        return depth() > 0;
    }

    synchronized void release(WriterTurn turn) {
        if (holder != turn) {
            return;
        }
        holder = null;
        Waiter next = next();
        if (next != null) {
            next.turn = take(next.principal, next.purpose);
            LockSupport.unpark(next.thread);
        }
    }

    private WriterTurn take(String principal, String purpose) {
        WriterTurn turn = new WriterTurn(this, principal, purpose, nanoClock.getAsLong());
        holder = turn;
        return turn;
    }

    /** The longest-waiting request of the principal whose last turn is the longest ago. */
    private @Nullable Waiter next() {
        var first = waiting.entrySet().iterator();
        if (!first.hasNext()) {
            return null;
        }
        Map.Entry<String, Deque<Waiter>> entry = first.next();
        first.remove();
        Deque<Waiter> line = entry.getValue();
        Waiter next = line.remove();
        waiters -= next.count;
        if (!line.isEmpty()) {
            waiting.put(entry.getKey(), line);
        }
        return next;
    }

    private WriterTurn await(Waiter waiter, long maxWaitNanos) {
        long started = nanoClock.getAsLong();
        boolean interrupted = false;
        try {
            while (true) {
                WriterTurn turn = waiter.turn;
                if (turn != null) {
                    return turn;
                }
                if (waiter.refused) {
                    throw stopping();
                }
                long left = maxWaitNanos - (nanoClock.getAsLong() - started);
                if (left <= 0 || interrupted) {
                    return giveUp(waiter, maxWaitNanos);
                }
                LockSupport.parkNanos(this, left);
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized WriterTurn giveUp(Waiter waiter, long maxWaitNanos) {
        WriterTurn turn = waiter.turn;
        if (turn != null) {
            return turn;
        }
        Deque<Waiter> line = waiting.get(waiter.principal);
        if (line != null && line.remove(waiter)) {
            waiters -= waiter.count;
            if (line.isEmpty()) {
                waiting.remove(waiter.principal);
            }
        }
        throw locked(String.format(
                Locale.ROOT, ": waited %.1f s (limits.lock_wait) for the write lock", maxWaitNanos / 1e9));
    }

    /** The refusal of a turn, with who has it; to be called under the lock. */
    private ProblemException locked(String reason) {
        return SqliteProblems.of(
                SqliteCode.BUSY,
                "database is locked" + reason + (holder == null ? "" : holder.describe(nanoClock.getAsLong())));
    }

    /** One thread in line. */
    private static final class Waiter {
        private final Thread thread;
        private final String principal;
        private final String purpose;
        /** What it counts in the depth of the queue. */
        private final int count;

        private volatile @Nullable WriterTurn turn;
        private volatile boolean refused;

        Waiter(Thread thread, String principal, String purpose, boolean counted) {
            this.thread = thread;
            this.principal = principal;
            this.purpose = purpose;
            this.count = counted ? 1 : 0;
        }
    }
}
