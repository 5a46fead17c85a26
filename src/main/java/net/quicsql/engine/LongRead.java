package net.quicsql.engine;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.storage.ConnectionRole;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection to read on for as long as a client takes to receive what is read. None of the pool's: a client that reads
 * slowly would keep it from everybody else. One thread at a time.
 */
final class LongRead implements AutoCloseable {
    private final Database database;
    private final LongSupplier nanoClock;
    private final Duration maxLifetime;
    private final String what;
    private final long startedNanos;
    private @Nullable EngineConnection connection;
    private long pausedNanos;

    /**
     * @param maxLifetime how long it may take: a snapshot keeps the write-ahead log from being copied back
     * @param what is read, for the client to be told, as {@code the cursor}
     */
    LongRead(Database database, LongSupplier nanoClock, Duration maxLifetime, String what) {
        this.database = requireNonNull(database, "database is null");
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
        this.maxLifetime = requireNonNull(maxLifetime, "maxLifetime is null");
        this.what = requireNonNull(what, "what is null");
        this.startedNanos = nanoClock.getAsLong();
    }

    /**
     * The connection, leased when it is first asked for.
     *
     * @throws ProblemException STATEMENT_TIMEOUT where the time is over
     */
    EngineConnection connection() {
        if (isTooOld()) {
            throw tooOld();
        }
        EngineConnection current = connection;
        if (current == null) {
            current = database.lease(ConnectionRole.READER);
            connection = current;
        }
        return current;
    }

    /** The end of its time, as {@link System#nanoTime()}. */
    long deadlineNanos() {
        return startedNanos + maxLifetime.toNanos();
    }

    boolean isTooOld() {
        return nanoClock.getAsLong() - deadlineNanos() > 0;
    }

    /** How long it has taken so far. */
    long ageNanos() {
        return nanoClock.getAsLong() - startedNanos;
    }

    ProblemException tooOld() {
        return problem().toException();
    }

    /**
     * Stops the running statement's clock while its rows wait for the client: a slow reader is the connector's to end, not
     * the statement's fault. To be followed by {@link #resumeClock}.
     */
    void pauseClock() {
        EngineConnection current = connection;
        if (current != null) {
            pausedNanos = nanoClock.getAsLong();
            current.pauseClock();
        }
    }

    void resumeClock() {
        EngineConnection current = connection;
        if (current != null) {
            current.resumeClock(nanoClock.getAsLong() - pausedNanos);
            if (isTooOld()) {
                current.end(problem());
            }
        }
    }

    /** Gives the connection back, which must be in autocommit. Idempotent. */
    @Override
    public void close() {
        EngineConnection held = connection;
        connection = null;
        if (held != null) {
            database.giveBackLease(held);
        }
    }

    private Problem problem() {
        return new Problem.Refused(
                ProblemCode.STATEMENT_TIMEOUT,
                String.format(
                        Locale.ROOT,
                        "%s was ended: its rows were not received within %.1f s (limits.max_tx_lifetime)",
                        what,
                        maxLifetime.toMillis() / 1e3));
    }
}
