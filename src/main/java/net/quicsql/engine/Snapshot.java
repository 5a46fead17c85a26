package net.quicsql.engine;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import net.quicsql.execution.StatementRunner;
import net.quicsql.metrics.Operation;
import net.quicsql.metrics.OperationMetrics;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlScanner;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.SqlValue;
import net.quicsql.sql.Statement;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;

/**
 * One state of a database, for queries of our own that a client receives at its own pace. A statement may take as long as
 * the whole may: what bounds a copy of a database is how long its snapshot is held, not the size of a table. One thread at
 * a time; closed by whoever writes the answer.
 */
public final class Snapshot implements AutoCloseable {
    private final StatementRunner runner;
    private final Database database;
    private final OperationMetrics operation;
    private final LongRead read;
    private final EngineConnection connection;
    private boolean closed;

    private Snapshot(StatementRunner runner, Database database, OperationMetrics operation, LongRead read) {
        this.runner = runner;
        this.database = database;
        this.operation = operation;
        this.read = read;
        this.connection = read.connection();
    }

    /**
     * Takes a snapshot.
     *
     * @param maxLifetime how long it may be held
     * @param what it is for, for the client to be told, as {@code the dump}
     * @param counted under which name it is counted and timed
     */
    static Snapshot take(
            StatementRunner runner,
            Database database,
            LongSupplier nanoClock,
            Duration maxLifetime,
            String what,
            Operation counted) {
        LongRead read = new LongRead(database, nanoClock, maxLifetime, what);
        Snapshot snapshot = new Snapshot(runner, database, database.metrics().operation(counted), read);
        boolean taken = false;
        try {
            snapshot.connection.begin();
            snapshot.connection.transactionBegan(nanoClock.getAsLong());
            // Fixes the snapshot, and makes PRAGMAs see its schema.
            snapshot.connection.refreshSchema();
            taken = true;
            return snapshot;
        } finally {
            if (!taken) {
                snapshot.close();
            }
        }
    }

    /**
     * Runs a query of ours.
     *
     * @param arguments its parameters' values
     * @throws ProblemException STATEMENT_TIMEOUT, CLIENT_GONE, OVERLOADED or SQLite's failure
     */
    public void read(String ownQuery, RowSink sink, SqlValue... arguments) {
        requireWelcome();
        SqlStatement sql = SqlScanner.scan(ownQuery).statements().get(0);
        try {
            runner.run(
                    connection,
                    new Statement(sql, new Arguments(List.of(arguments), List.of())),
                    sink,
                    read.deadlineNanos(),
                    StatementRunner.NOTHING_FIRST);
        } catch (ProblemException e) {
            throw e.problem().code() == ProblemCode.STATEMENT_TIMEOUT && read.isTooOld() ? read.tooOld() : e;
        }
    }

    /** See {@link LongRead#pauseClock}. */
    public void pauseClock() {
        read.pauseClock();
    }

    public void resumeClock() {
        read.resumeClock();
    }

    /** Counts a failure. */
    public void failed(ProblemCode code) {
        operation.failed(code);
    }

    /** Ends the transaction and gives the connection back. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            connection.rollback();
            connection.transactionEnded();
        } finally {
            read.close();
            operation.finished(read.ageNanos());
        }
    }

    /** A statement that runs for too long is ended beside it; this ends those that are many and short. */
    private void requireWelcome() {
        if (read.isTooOld()) {
            throw read.tooOld();
        }
        Duration longest = database.limits().snapshotLifetime();
        if (database.wal().isPastAlarm() && read.ageNanos() > longest.toNanos()) {
            throw new Problem.Refused(
                            ProblemCode.STATEMENT_TIMEOUT,
                            "a snapshot kept the write-ahead log, which is past storage.wal_alarm, from being copied"
                                    + " back (limits.contended_tx_lifetime is " + longest.toMillis() / 1e3 + " s)")
                    .toException();
        }
    }
}
