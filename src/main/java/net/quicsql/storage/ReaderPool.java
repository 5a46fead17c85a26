package net.quicsql.storage;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import net.quicsql.limits.ClientLooks;
import net.quicsql.limits.WaitingRoom;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.SqliteCode;
import org.jspecify.annotations.Nullable;

/** A bounded pool of read-only connections, opened as needed; the latest returned is lent first, its caches being warm. */
final class ReaderPool {
    /** As whom requests wait here: who they are is not known. */
    private static final String READERS = "\0readers";

    private final Supplier<EngineConnection> opener;
    private final int size;
    private final DatabaseMetrics metrics;
    private final WaitingRoom room;
    private final Semaphore permits;
    private final Deque<EngineConnection> idle = new ArrayDeque<>();
    private boolean closed;

    ReaderPool(Supplier<EngineConnection> opener, int size, DatabaseMetrics metrics, WaitingRoom room) {
        this.opener = opener;
        this.size = size;
        this.metrics = metrics;
        this.room = room;
        this.permits = new Semaphore(size);
    }

    EngineConnection borrow(long maxWaitNanos, Client client) {
        if (!permits.tryAcquire()) {
            await(maxWaitNanos, client);
        }
        boolean lent = false;
        try {
            EngineConnection connection = poll();
            if (connection == null) {
                connection = opener.get();
            }
            lent = true;
            return connection;
        } finally {
            if (!lent) {
                permits.release();
            }
        }
    }

    void giveBack(EngineConnection connection) {
        boolean kept;
        synchronized (idle) {
            kept = !closed && !connection.isTainted();
            if (kept) {
                idle.push(connection);
            }
        }
        try {
            if (!kept) {
                connection.close();
            }
        } finally {
            permits.release();
        }
    }

    void close() {
        synchronized (idle) {
            closed = true;
        }
        closeIdle();
    }

    /** Closes what is idle; others may be given back again. */
    void closeIdle() {
        Deque<EngineConnection> toClose;
        synchronized (idle) {
            toClose = new ArrayDeque<>(idle);
            idle.clear();
        }
        toClose.forEach(EngineConnection::close);
    }

    private @Nullable EngineConnection poll() {
        synchronized (idle) {
            return idle.poll();
        }
    }

    private void await(long maxWaitNanos, Client client) {
        if (!room.enter(READERS)) {
            throw busy(", " + room.refusal());
        }
        boolean acquired = false;
        long started = System.nanoTime();
        try {
            long left = maxWaitNanos;
            while (!acquired && left > 0) {
                acquired = permits.tryAcquire(Math.min(left, ClientLooks.PERIOD_NANOS), TimeUnit.NANOSECONDS);
                if (!acquired && client.isGone()) {
                    metrics.hungUp();
                    throw SqliteProblems.clientGone();
                }
                left = maxWaitNanos - (System.nanoTime() - started);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            room.leave(READERS);
            metrics.readerWaited(System.nanoTime() - started);
        }
        if (!acquired) {
            throw busy("");
        }
    }

    private ProblemException busy(String further) {
        return SqliteProblems.of(
                SqliteCode.BUSY,
                "all " + size + " reader connections of this database are busy (storage.readers_per_database)"
                        + further);
    }
}
