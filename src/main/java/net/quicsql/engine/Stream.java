package net.quicsql.engine;

import java.util.List;
import net.quicsql.limits.ClientLooks;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.metrics.Operation;
import net.quicsql.metrics.OperationMetrics;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.session.Abort;
import net.quicsql.session.Session;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementKind;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/**
 * One stream for the length of one request: a connection to a database as its client sees it. One thread at a time. Every
 * request ends with {@link #release}.
 *
 * <p>A stream whose transaction the server or the machine has ended is aborted, as in PostgreSQL: every statement fails
 * until a ROLLBACK (which succeeds) or a COMMIT (which fails) brings it back to autocommit.
 */
public final class Stream {
    private final StreamEngine engine;
    private final Session session;
    private final boolean mayWrite;
    private final long startedNanos;
    private boolean closed;

    Stream(StreamEngine engine, Session session, boolean mayWrite) {
        this.engine = engine;
        this.session = session;
        this.mayWrite = mayWrite;
        this.startedNanos = engine.nanoClock().getAsLong();
    }

    /**
     * Runs a statement and pushes its rows.
     *
     * @throws ProblemException STREAM_CLOSED, TRANSACTION_TIMEOUT, TRANSACTION_LOST, SESSION_STATE_LOST, ARGS_INVALID,
     *     STATEMENT_REFUSED, STATEMENT_TIMEOUT, or SQLite's failure of the statement
     */
    public StatementResult execute(Statement statement, RowSink sink) {
        requireOpen();
        long started = engine.nanoClock().getAsLong();
        OperationMetrics execute = metrics().operation(Operation.EXECUTE);
        try {
            engine.sessions().abortIfTooOld(session);
            Abort abort = session.abort();
            return abort != null
                    ? executeAborted(abort, statement.sql(), sink)
                    : engine.router().run(session, mayWrite, statement, sink);
        } catch (ProblemException e) {
            execute.failed(e.problem().code());
            throw e;
        } finally {
            execute.finished(engine.nanoClock().getAsLong() - started);
        }
    }

    /**
     * Runs the statements of a script in order, without arguments, and throws their rows away; stops at the first failure,
     * what ran before it stays.
     */
    public void sequence(String script) {
        requireOpen();
        engine.sequence(this, script);
    }

    /** Describes the first statement of a text without running it. */
    public Description describe(String sql) {
        requireOpen();
        long started = engine.nanoClock().getAsLong();
        OperationMetrics describe = metrics().operation(Operation.DESCRIBE);
        try {
            return describeNow(sql);
        } catch (ProblemException e) {
            describe.failed(e.problem().code());
            throw e;
        } finally {
            describe.finished(engine.nanoClock().getAsLong() - started);
        }
    }

    /** Whether no transaction is open; false on an aborted stream. */
    public boolean isAutocommit() {
        requireOpen();
        return session.abort() == null && !session.inTransaction();
    }

    /**
     * Keeps a text under the client's number for the stream's later requests.
     *
     * @throws ProblemException SQL_STORE_DUPLICATE, SQL_STORE_TOO_MANY or SQL_STORE_TOO_LARGE
     */
    public void storeSql(int sqlId, String sql) {
        requireOpen();
        Abort abort = session.abort();
        if (abort != null && !isTransactionStatement(sql)) {
            throw abort.problem().toException();
        }
        engine.storedTexts().store(session, sqlId, sql);
    }

    /**
     * The text stored under a number.
     *
     * @throws ProblemException SQL_STORE_NOT_FOUND
     */
    public String storedSql(int sqlId) {
        requireOpen();
        return engine.storedTexts().get(session, sqlId);
    }

    /** Forgets a stored text; a number that is not in use is no error. */
    public void closeSql(int sqlId) {
        requireOpen();
        engine.storedTexts().close(session, sqlId);
    }

    /** Closes the stream for good and rolls back what is open. Idempotent. */
    public void close() {
        if (!closed) {
            closed = true;
            engine.sessions().close(session);
        }
    }

    /**
     * Ends this request; to be called exactly once. A stream that is idle and in autocommit keeps nothing.
     *
     * @return the baton of the next request; null where the stream was closed, or left in a transaction by its client
     */
    public @Nullable String release() {
        if (closed) {
            return null;
        }
        if (isLeftInTransaction()) {
            engine.sessions().abandon(session);
            return null;
        }
        return engine.sessions().park(session);
    }

    /** Asked only where it is likely enough to be worth a system call: nobody hangs up within an instant. */
    private boolean isLeftInTransaction() {
        return session.inTransaction()
                && engine.nanoClock().getAsLong() - startedNanos > ClientLooks.PERIOD_NANOS
                && session.database().client().isGone();
    }

    /** Where requests on this stream are counted. */
    public DatabaseMetrics metrics() {
        return session.database().metrics();
    }

    /** Whether all of these are reads that do not depend on the stream, so that {@link #detach} may be called. */
    public boolean canDetach(List<SqlStatement> statements) {
        if (closed || session.lease() != null || session.abort() != null) {
            return false;
        }
        for (SqlStatement statement : statements) {
            if (!StatementRouter.isPlainRead(statement)) {
                return false;
            }
        }
        return true;
    }

    /** Releases the stream at once and lets its reads go on apart from it; replaces {@link #release}. */
    public DetachedReads detach() {
        requireOpen();
        return new DetachedReads(
                engine.runner(),
                session.database(),
                engine.sessions().park(session),
                engine.nanoClock(),
                engine.maxTransactionLifetime());
    }

    private Description describeNow(String sql) {
        SqlStatement first = engine.texts().first(sql);
        Abort abort = session.abort();
        // Clients describe before they run, and a ROLLBACK must still be possible.
        if (abort != null && !first.transactionKeyword()) {
            throw abort.problem().toException();
        }
        return engine.descriptions().describe(session, first);
    }

    private StatementResult executeAborted(Abort abort, SqlStatement sql, RowSink sink) {
        if (sql.kind() == StatementKind.ROLLBACK) {
            session.abort(null);
            sink.columns(List.of());
            return StatementResult.NOTHING;
        }
        if (sql.kind() == StatementKind.COMMIT) {
            session.abort(null);
        }
        throw abort.problem().toException();
    }

    private boolean isTransactionStatement(String sql) {
        List<SqlStatement> statements = engine.texts().script(sql).statements();
        return statements.size() == 1 && statements.get(0).transactionKeyword();
    }

    private void requireOpen() {
        if (closed) {
            throw new Problem.Refused(ProblemCode.STREAM_CLOSED, "the stream was closed by an earlier request")
                    .toException();
        }
    }
}
