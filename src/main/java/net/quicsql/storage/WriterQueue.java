package net.quicsql.storage;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import net.quicsql.limits.ClientLooks;
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
 * <p>A free turn is taken at once; otherwise the holder hands it to the next in line when it is done. A holder may also take
 * writes out of the line, in its order, and run them together with its own.
 */
public final class WriterQueue {
    /** Between two looks of a write whose time in line is up while another thread runs it; being settled wakes it too. */
    private static final long SETTLING_LOOK_NANOS = 100_000_000L;

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
        return acquire(principal, purpose, maxWaitNanos, Client.PRESENT);
    }

    /**
     * As {@link #acquire(String, String, long)}, for a client who may go away meanwhile.
     *
     * @throws net.quicsql.problem.ProblemException CLIENT_GONE once the client has gone
     */
    public WriterTurn acquire(String principal, String purpose, long maxWaitNanos, Client client) {
        return requireNonNull(acquire(new Waiter(principal, purpose, true, null, client), maxWaitNanos));
    }

    /**
     * Waits for the turn, or until somebody who has it has run this write together with its own.
     *
     * @return the turn, or null where the write has been settled by another thread
     * @throws net.quicsql.problem.ProblemException as {@link #acquire}; the write was not taken by anybody then
     */
    public @Nullable WriterTurn acquireOrJoin(
            String principal, String purpose, long maxWaitNanos, QueuedWrite joining, Client client) {
        return acquire(new Waiter(principal, purpose, true, joining, client), maxWaitNanos);
    }

    /** As {@link #acquire}, for upkeep: who waits so is no reason to end anybody's transaction. */
    WriterTurn acquireForUpkeep(String purpose, long maxWaitNanos) {
        return requireNonNull(acquire(new Waiter("", purpose, false, null, Client.PRESENT), maxWaitNanos));
    }

    /**
     * Takes the next in line out of it if it is a write that may share the leader's transaction. Only for the holder of the
     * turn, who must settle what it has taken.
     *
     * @return null where nobody is in line, or the next one has to have the turn for itself
     */
    public synchronized @Nullable QueuedWrite takeNext(WriterTurn turn, QueuedWrite leader) {
        Waiter next = holder == turn ? peek() : null;
        if (next == null || next.joining == null || !next.joining.mayShareWith(leader)) {
            return null;
        }
        poll();
        next.taken = true;
        return next.joining;
    }

    private @Nullable WriterTurn acquire(Waiter waiter, long maxWaitNanos) {
        synchronized (this) {
            if (closed && waiter.count > 0) {
                throw stopping();
            }
            if (holder == null) {
                return take(waiter);
            }
            if (waiter.count > 0 && !room.enter(waiter.principal)) {
                throw locked(", " + room.refusal());
            }
            waiting.computeIfAbsent(waiter.principal, key -> new ArrayDeque<>()).add(waiter);
            waiters += waiter.count;
        }
        boolean over = false;
        try {
            WriterTurn turn = await(waiter, maxWaitNanos);
            over = true;
            return turn;
        } finally {
            if (!over) {
                withdraw(waiter);
            }
            if (waiter.count > 0) {
                room.leave(waiter.principal);
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
        Waiter next = poll();
        if (next != null) {
            next.turn = take(next);
            LockSupport.unpark(next.thread);
        }
    }

    private WriterTurn take(Waiter waiter) {
        WriterTurn turn = new WriterTurn(this, waiter.principal, waiter.purpose, nanoClock.getAsLong());
        holder = turn;
        return turn;
    }

    /** The longest-waiting request of the principal whose last turn is the longest ago. */
    private @Nullable Waiter peek() {
        var first = waiting.values().iterator();
        return first.hasNext() ? first.next().element() : null;
    }

    /** Takes what {@link #peek} shows out of the line, and puts its principal behind all others. */
    private @Nullable Waiter poll() {
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

    private @Nullable WriterTurn await(Waiter waiter, long maxWaitNanos) {
        long started = nanoClock.getAsLong();
        boolean interrupted = false;
        try {
            while (true) {
                WriterTurn turn = waiter.turn;
                if (turn != null) {
                    return turn;
                }
                if (waiter.isSettled()) {
                    return null;
                }
                if (waiter.refused) {
                    throw stopping();
                }
                long left = maxWaitNanos - (nanoClock.getAsLong() - started);
                if (left > 0 && !interrupted) {
                    LockSupport.parkNanos(this, Math.min(left, ClientLooks.PERIOD_NANOS));
                    if (waiter.isInLine() && waiter.client.isGone() && giveUp(waiter)) {
                        throw SqliteProblems.clientGone();
                    }
                } else if (giveUp(waiter)) {
                    throw busy(maxWaitNanos);
                } else {
                    // Whoever runs it now is bound by the statement's deadline, and must not be left alone with it.
                    LockSupport.parkNanos(this, SETTLING_LOOK_NANOS);
                }
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Leaves the line; false for who is not in it any more, having been given the turn or taken into a group. */
    private synchronized boolean giveUp(Waiter waiter) {
        if (waiter.turn != null || waiter.taken) {
            return false;
        }
        Deque<Waiter> line = waiting.get(waiter.principal);
        if (line != null && line.remove(waiter)) {
            waiters -= waiter.count;
            if (line.isEmpty()) {
                waiting.remove(waiter.principal);
            }
        }
        return true;
    }

    /** Takes somebody out of the line whose wait has failed: a turn given to nobody would never be handed on. */
    private synchronized void withdraw(Waiter waiter) {
        WriterTurn turn = waiter.turn;
        if (turn != null) {
            release(turn);
        } else {
            giveUp(waiter);
        }
    }

    private synchronized ProblemException busy(long maxWaitNanos) {
        return locked(String.format(
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
        private final Thread thread = Thread.currentThread();
        private final String principal;
        private final String purpose;
        /** What it counts in the depth of the queue. */
        private final int count;

        private final @Nullable QueuedWrite joining;
        private final Client client;
        private volatile @Nullable WriterTurn turn;
        private volatile boolean taken;
        private volatile boolean refused;

        Waiter(String principal, String purpose, boolean counted, @Nullable QueuedWrite joining, Client client) {
            this.principal = principal;
            this.purpose = purpose;
            this.count = counted ? 1 : 0;
            this.joining = joining;
            this.client = client;
            if (joining != null) {
                joining.waitsIn(thread);
            }
        }

        /** Whether nothing has happened to it yet; to be asked for a hint, without the lock. */
        boolean isInLine() {
            return turn == null && !taken && !refused;
        }

        boolean isSettled() {
            return joining != null && joining.isSettled();
        }
    }
}
