package net.quicsql.engine;

import java.util.function.LongSupplier;
import net.quicsql.execution.AutocommitWrite;
import net.quicsql.execution.GroupCommit;
import net.quicsql.execution.StatementRunner;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.session.Abort;
import net.quicsql.session.Lease;
import net.quicsql.session.Session;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.SqliteCode;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementKind;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.ConnectionRole;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;
import net.quicsql.storage.WriterTurn;
import org.jspecify.annotations.Nullable;

/**
 * The three places where a statement may run, each with its rules: a pooled reader, the database's writer in the writer's
 * turn, and the connection leased to the stream. Thread-safe.
 */
final class ConnectionUse {
    private final StatementRunner runner;
    private final GroupCommit groups;
    private final LongSupplier nanoClock;
    private final long statementTimeoutMillis;

    ConnectionUse(StatementRunner runner, GroupCommit groups, LongSupplier nanoClock, long statementTimeoutMillis) {
        this.runner = runner;
        this.groups = groups;
        this.nanoClock = nanoClock;
        this.statementTimeoutMillis = statementTimeoutMillis;
    }

    long now() {
        return nanoClock.getAsLong();
    }

    /** Runs on a pooled reader: for statements that neither change nor depend on anything of the connection. */
    StatementResult onReader(Session session, Statement statement, RowSink sink) {
        Database database = session.database();
        EngineConnection reader = database.borrowReader();
        try {
            return runner.run(reader, statement, sink);
        } finally {
            database.giveBackReader(reader);
        }
    }

    /** Runs in autocommit on the database's writer, in the writer's turn or in that of somebody who takes it along. */
    StatementResult onWriter(Session session, Statement statement, RowSink sink) {
        Database database = session.database();
        AutocommitWrite write = groups.write(statement, sink, session.enforcesForeignKeys(), ownRowid(session));
        WriterTurn turn = database.writerTurn(session.principal(), purpose(statement.sql()), write);
        if (turn != null) {
            groups.lead(database, turn, write);
        }
        return remember(session, write.outcome());
    }

    /** Runs on the stream's own connection, taking the writer's turn before the first write. */
    StatementResult onLease(Session session, Lease lease, Statement statement, RowSink sink, boolean writes) {
        EngineConnection connection = lease.connection();
        SqlStatement sql = statement.sql();
        lease.ran(sql);
        if (sql.dependsOnLastRowid() || sql.verb().changesRows() || sql.namesChanges()) {
            prime(session, lease);
        }
        boolean needsTurn = writes && connection.role() == ConnectionRole.WRITER && !lease.hasTurn();
        Runnable first = needsTurn ? () -> takeTurn(session, lease, sql) : StatementRunner.NOTHING_FIRST;
        try {
            StatementResult result = runner.run(connection, statement, sink, first);
            lease.read();
            return remember(session, result);
        } catch (ProblemException e) {
            afterFailure(session, lease, sql, e, needsTurn);
            throw Failures.explained(e, session.abort() != null);
        } finally {
            if (!lease.inTransaction()) {
                lease.releaseTurn();
            }
        }
    }

    /**
     * Looks where a statement's failure has left the stream's transaction. One that is gone is either SQLite's doing, as
     * the client's own statement asked, or it aborts the stream.
     */
    void afterFailure(Session session, Lease lease, SqlStatement sql, ProblemException e, boolean tookTurn) {
        doubt(lease, e);
        if (!lease.inTransaction()) {
            return;
        }
        if (lease.connection().isAutocommit()) {
            Abort abort = abortAfter(e, sql);
            session.abort(abort);
            if (abort != null) {
                session.database().metrics().transactionAborted();
            }
            session.giveBackAfterTransaction();
        } else if (tookTurn && Failures.isBusy(e)) {
            // The lock was not had, so nobody need wait for this transaction.
            lease.releaseTurn();
        }
    }

    /** Keeps a connection from the next transaction, which would be the one in line, where a failure says so. */
    private static void doubt(Lease lease, ProblemException e) {
        if (Failures.leavesDoubt(e)) {
            lease.connection().taint();
        }
    }

    private @Nullable Abort abortAfter(ProblemException e, SqlStatement sql) {
        if (sql.kind() == StatementKind.COMMIT
                && e.problem() instanceof Problem.SqlFailed failed
                && failed.primaryCode() == SqliteCode.IOERR) {
            return Abort.of(Abort.Cause.COMMIT_FAILED);
        }
        if (e.problem() instanceof Problem.Refused refused && refused.code() == ProblemCode.STATEMENT_TIMEOUT) {
            return new Abort(Abort.Cause.STATEMENT_TIMEOUT, statementTimeoutMillis, statementTimeoutMillis);
        }
        return Failures.abortAfter(e);
    }

    void takeTurn(Session session, Lease lease, SqlStatement sql) {
        WriterTurn turn = lease.hasRead()
                ? session.database().upgradeTurn(session.principal(), purpose(sql))
                : turn(session, sql);
        boolean inPlace = false;
        try {
            session.database().requireInPlace(lease.connection());
            inPlace = true;
        } finally {
            if (!inPlace) {
                turn.close();
            }
        }
        lease.hold(turn);
    }

    /** Waits for the right to write. */
    WriterTurn turn(Session session, SqlStatement sql) {
        return session.database().writerTurn(session.principal(), purpose(sql));
    }

    /** Runs the statement that begins a transaction. */
    void begin(Lease lease, Statement statement, RowSink sink) {
        lease.ran(statement.sql());
        try {
            runner.run(lease.connection(), statement, sink);
        } catch (ProblemException e) {
            doubt(lease, e);
            throw e;
        }
    }

    /** Runs on a connection that the caller has chosen and prepared. */
    StatementResult onConnection(EngineConnection connection, Statement statement, RowSink sink) {
        return runner.run(connection, statement, sink);
    }

    /** Rebuilds the database on a connection of its own. */
    void vacuum(EngineConnection connection) {
        connection.startClock(runner.newDeadline());
        try {
            connection.vacuum();
        } finally {
            connection.stopClock();
        }
    }

    /**
     * Makes a leased connection answer {@code last_insert_rowid()} and {@code changes()} as the stream's own would. Before
     * its first change, for priming counts as one.
     */
    void prime(Session session, Lease lease) {
        if (!lease.isPrimed()) {
            lease.connection().primeLastInsertRowid(ownRowid(session));
            lease.connection().primeChanges();
            lease.primed();
        }
    }

    private static long ownRowid(Session session) {
        Long last = session.lastInsertRowid();
        return last == null ? 0 : last;
    }

    private static StatementResult remember(Session session, StatementResult result) {
        Long rowid = result.lastInsertRowid();
        if (rowid != null) {
            session.lastInsertRowid(rowid);
        }
        return result;
    }

    private static String purpose(SqlStatement sql) {
        return sql.transactionKeyword() ? "an open transaction" : "a write (" + sql.verb() + ")";
    }
}
