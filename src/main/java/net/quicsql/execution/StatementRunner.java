package net.quicsql.execution;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.LongSupplier;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.SqliteCode;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import net.quicsql.sql.Verb;
import net.quicsql.storage.ConnectionRole;
import net.quicsql.storage.EngineConnection;
import net.quicsql.storage.EngineStatement;
import org.jspecify.annotations.Nullable;

/** Runs one statement on a given connection. Thread-safe: all state is the connection's. */
public final class StatementRunner {
    /** For a statement that needs nothing done between its preparation and its first step. */
    public static final Runnable NOTHING_FIRST = () -> {};

    private static final long FROM_FIRST_STEP = Long.MIN_VALUE;

    private final Duration timeout;
    private final LongSupplier nanoClock;

    /**
     * @param timeout longest run of a statement, the time until its rows are taken included
     * @param nanoClock as {@link System#nanoTime()}
     */
    public StatementRunner(Duration timeout, LongSupplier nanoClock) {
        this.timeout = requireNonNull(timeout, "timeout is null");
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
    }

    /** The deadline of a statement that starts now. */
    public long newDeadline() {
        return nanoClock.getAsLong() + timeout.toNanos();
    }

    public StatementResult run(EngineConnection connection, Statement statement, RowSink sink) {
        return run(connection, statement, sink, NOTHING_FIRST);
    }

    /** Runs a statement whose time begins with its first step, after what is done first. */
    public StatementResult run(
            EngineConnection connection, Statement statement, RowSink sink, Runnable beforeFirstStep) {
        return run(connection, statement, sink, FROM_FIRST_STEP, beforeFirstStep);
    }

    /**
     * Prepares, binds and steps a statement to its end; a statement that only reads stops early once its sink has enough.
     *
     * @param beforeFirstStep runs once the statement is known to be well-formed, before anything happens in the database
     * @throws ProblemException ARGS_INVALID, STATEMENT_TIMEOUT, CLIENT_GONE, or SQLite's own failure
     */
    public StatementResult run(
            EngineConnection connection,
            Statement statement,
            RowSink sink,
            long deadlineNanos,
            Runnable beforeFirstStep) {
        SqlStatement sql = statement.sql();
        try {
            return prepareAndRun(connection, sql, statement.arguments(), sink, deadlineNanos, beforeFirstStep);
        } catch (ProblemException e) {
            throw explained(e);
        }
    }

    private StatementResult prepareAndRun(
            EngineConnection connection,
            SqlStatement sql,
            Arguments arguments,
            RowSink sink,
            long deadlineNanos,
            Runnable beforeFirstStep) {
        EngineStatement prepared = connection.prepare(sql.text());
        try {
            @Nullable Object[] values = ArgumentBinder.bind(sql, arguments);
            beforeFirstStep.run();
            return step(connection, prepared, sql, values, sink, deadlineNanos);
        } finally {
            connection.done(prepared);
        }
    }

    private StatementResult step(
            EngineConnection connection,
            EngineStatement prepared,
            SqlStatement sql,
            @Nullable Object[] values,
            RowSink sink,
            long deadlineNanos) {
        boolean changesRows = sql.changesRows();
        boolean late = false;
        long deadline = deadlineNanos == FROM_FIRST_STEP ? newDeadline() : deadlineNanos;
        // A statement that writes runs to its end, whoever waits for it.
        if (sql.reads() || connection.role() == ConnectionRole.READER) {
            connection.startReadClock(deadline, sink::stillRunning);
        } else {
            connection.startClock(deadline);
        }
        try {
            boolean row = prepared.start(values);
            sink.columns(prepared.columns());
            boolean wanted = true;
            while (row) {
                if (wanted) {
                    sink.beginRow();
                    prepared.pushRow(sink);
                    wanted = sink.endRow() == RowSink.Demand.MORE;
                }
                // A statement that writes is never left half done because nobody wants its rows.
                if (!wanted && !changesRows) {
                    break;
                }
                row = prepared.next();
            }
        } catch (ProblemException e) {
            late = connection.stopClock();
            throw late ? ended(connection, e) : e;
        } finally {
            connection.stopClock();
        }
        return changesRows ? counts(connection, sql) : StatementResult.NOTHING;
    }

    /** A size is over a limit that SQLite's text does not name, and that no second try gets under. */
    private static ProblemException explained(ProblemException e) {
        if (e.problem() instanceof Problem.SqlFailed failed && failed.primaryCode() == SqliteCode.TOOBIG) {
            return failed.followedBy(" (limits.max_value_size, limits.max_sql_length)")
                    .toException();
        }
        return e;
    }

    private static StatementResult counts(EngineConnection connection, SqlStatement sql) {
        long changes = connection.changes();
        boolean inserts = sql.verb() == Verb.INSERT || sql.verb() == Verb.REPLACE;
        if (!inserts || changes == 0) {
            return new StatementResult(changes, null);
        }
        long rowid = connection.lastInsertRowid();
        return new StatementResult(changes, rowid == 0 ? null : rowid);
    }

    /** Says who ended a statement that was interrupted. */
    private ProblemException ended(EngineConnection connection, ProblemException e) {
        if (!(e.problem() instanceof Problem.SqlFailed failed)) {
            return e;
        }
        boolean interrupted = failed.primaryCode() == SqliteCode.INTERRUPT;
        // No other failure may be told as worth a second try: nobody knows what has become of a COMMIT that failed.
        if (connection.isStopping() && (interrupted || failed.primaryCode() == SqliteCode.BUSY)) {
            return new Problem.Refused(ProblemCode.SHUTTING_DOWN, "the server is stopping: the statement was ended")
                    .toException();
        }
        if (interrupted) {
            if (connection.endedByHangUp()) {
                return new Problem.Refused(
                                ProblemCode.CLIENT_GONE, "the statement was ended because its client went away")
                        .toException();
            }
            Problem why = connection.ending();
            if (why != null) {
                return why.toException();
            }
            return new Problem.Refused(
                            ProblemCode.STATEMENT_TIMEOUT,
                            "statement timed out after " + timeout.toMillis() / 1e3
                                    + " s (limits.statement_timeout); sent again it would end the same way")
                    .toException();
        }
        return e;
    }
}
