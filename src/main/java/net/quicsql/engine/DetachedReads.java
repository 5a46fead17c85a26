package net.quicsql.engine;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import net.quicsql.execution.StatementRunner;
import net.quicsql.metrics.Operation;
import net.quicsql.metrics.OperationMetrics;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.ConnectionRole;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;
import org.jspecify.annotations.Nullable;

/**
 * Reads whose stream has gone on without them: they run on a connection of their own for as long as the client takes to
 * receive the rows. One thread at a time; closed by whoever writes the answer.
 */
public final class DetachedReads implements AutoCloseable {
    private final StatementRunner runner;
    private final Database database;
    private final String baton;
    private final LongSupplier nanoClock;
    private final Duration maxLifetime;
    private final long startedNanos;
    private @Nullable EngineConnection connection;
    private long pausedNanos;

    /**
     * @param maxLifetime how long the rows may take to be received: their snapshot keeps the write-ahead log from being
     *     copied back
     */
    DetachedReads(
            StatementRunner runner, Database database, String baton, LongSupplier nanoClock, Duration maxLifetime) {
        this.runner = runner;
        this.database = database;
        this.baton = baton;
        this.nanoClock = nanoClock;
        this.maxLifetime = maxLifetime;
        this.startedNanos = nanoClock.getAsLong();
    }

    /** The stream's next baton. */
    public String baton() {
        return baton;
    }

    /** Runs one read; see {@link Stream#execute}. */
    public StatementResult execute(Statement statement, RowSink sink) {
        StatementRouter.requireAllowed(statement.sql());
        if (isTooOld()) {
            throw tooOld().toException();
        }
        EngineConnection current = connection;
        if (current == null) {
            // Not from the pool: a client that reads slowly would keep it from everybody else.
            current = database.lease(ConnectionRole.READER);
            connection = current;
        }
        long started = nanoClock.getAsLong();
        OperationMetrics execute = database.metrics().operation(Operation.EXECUTE);
        try {
            return runner.run(current, statement, sink);
        } catch (ProblemException e) {
            execute.failed(e.problem().code());
            throw e;
        } finally {
            execute.finished(nanoClock.getAsLong() - started);
        }
    }

    /**
     * Stops the running statement's clock while its rows wait for the client: a slow reader is the connector's to end, not
     * the statement's fault. To be followed by {@link #resumeClock}.
     */
    public void pauseClock() {
        EngineConnection current = connection;
        if (current != null) {
            pausedNanos = nanoClock.getAsLong();
            current.pauseClock();
        }
    }

    public void resumeClock() {
        EngineConnection current = connection;
        if (current != null) {
            current.resumeClock(nanoClock.getAsLong() - pausedNanos);
            if (isTooOld()) {
                current.end(tooOld());
            }
        }
    }

    /** Gives the connection back. Idempotent. */
    @Override
    public void close() {
        EngineConnection held = connection;
        connection = null;
        if (held != null) {
            database.giveBackLease(held);
        }
    }

    private boolean isTooOld() {
        return nanoClock.getAsLong() - startedNanos > maxLifetime.toNanos();
    }

    private Problem tooOld() {
        return new Problem.Refused(
                ProblemCode.STATEMENT_TIMEOUT,
                String.format(
                        Locale.ROOT,
                        "the cursor was ended: its rows were not received within %.1f s (limits.max_tx_lifetime)",
                        maxLifetime.toMillis() / 1e3));
    }
}
