package net.quicsql.engine;

import java.util.List;
import net.quicsql.problem.ProblemException;
import net.quicsql.session.Lease;
import net.quicsql.session.Session;
import net.quicsql.sql.PragmaDecision;
import net.quicsql.sql.PragmaPolicy;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementKind;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.ConnectionRole;
import net.quicsql.storage.DatabaseMode;
import net.quicsql.storage.EngineConnection;
import net.quicsql.storage.WriterTurn;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a statement of a stream runs, by its first keyword and the stream's state. What may write is enforced by
 * the connection it gets; what SQLite cannot enforce is refused here. Thread-safe.
 */
final class StatementRouter {
    private final ConnectionUse use;
    private final TransactionControl transactions;
    private final PragmaControl pragmas;
    private final TemporaryObjects temporaryObjects;

    StatementRouter(
            ConnectionUse use,
            TransactionControl transactions,
            PragmaControl pragmas,
            TemporaryObjects temporaryObjects) {
        this.use = use;
        this.transactions = transactions;
        this.pragmas = pragmas;
        this.temporaryObjects = temporaryObjects;
    }

    StatementResult run(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        SqlStatement sql = statement.sql();
        requireAllowed(sql);
        return switch (sql.kind()) {
            case READ, OTHER -> read(session, mayWrite, statement, sink);
            case EXPLAIN -> read(session, mayWrite, statement, sink);
            case WRITE -> write(session, mayWrite, statement, sink);
            case WITH ->
                sql.changesRows()
                        ? write(session, mayWrite, statement, sink)
                        : read(session, mayWrite, statement, sink);
            case DDL -> schema(session, mayWrite, statement, sink);
            case PRAGMA -> pragmas.run(session, mayWrite, statement, sink);
            case VACUUM -> vacuum(session, mayWrite, sink);
            case BEGIN, COMMIT, ROLLBACK, ROLLBACK_TO, SAVEPOINT, RELEASE ->
                transactions.run(session, mayWrite, statement, sink);
            case ATTACH, DETACH -> throw attachmentRefused(sql);
        };
    }

    /**
     * Refuses what no connection stops.
     *
     * @throws ProblemException STATEMENT_REFUSED
     */
    static void requireAllowed(SqlStatement sql) {
        for (String function : sql.pragmaFunctions()) {
            if (!PragmaPolicy.pragmaFunctionAllowed(function)) {
                throw Failures.refused("not authorized: " + function + " is not allowed");
            }
        }
        if (sql.namesOwnTable()) {
            throw Failures.refused("not authorized: " + SqlStatement.OWN_TABLE + " is the server's own");
        }
        if (sql.vacuumInto()) {
            throw Failures.refused("not authorized: VACUUM INTO is not allowed");
        }
        if (isAttachment(sql.kind()) || isAttachment(sql.explained())) {
            throw attachmentRefused(sql);
        }
        if (sql.kind() == StatementKind.EXPLAIN) {
            requireExplainable(sql);
        }
    }

    /** A PRAGMA acts while it is prepared, behind EXPLAIN too. */
    private static void requireExplainable(SqlStatement sql) {
        if (sql.explained() == StatementKind.PRAGMA
                && PragmaPolicy.decide(sql.pragma()).action() != PragmaDecision.Action.READ) {
            throw Failures.refused("not authorized: EXPLAIN of this PRAGMA is not allowed");
        }
    }

    private static boolean isAttachment(@Nullable StatementKind kind) {
        return kind == StatementKind.ATTACH || kind == StatementKind.DETACH;
    }

    private static ProblemException attachmentRefused(SqlStatement sql) {
        return Failures.refused("not authorized: " + sql.verb() + " is not allowed");
    }

    /** Whether a statement reads only, whatever the stream's state, and so can run apart from its stream. */
    static boolean isPlainRead(SqlStatement sql) {
        return sql.reads() && !sql.namesLastInsertRowid() && !sql.namesChanges();
    }

    private StatementResult read(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        SqlStatement sql = statement.sql();
        Lease lease = session.lease();
        if (lease != null) {
            return use.onLease(session, lease, statement, sink, false);
        }
        if (sql.namesChanges()) {
            throw Failures.sqliteError("changes() and total_changes() are only known within a transaction: outside of "
                    + "one, statements of many clients share a connection. Use the count in the statement's result");
        }
        if (sql.namesLastInsertRowid()) {
            return readOwnRowid(session, mayWrite, statement, sink);
        }
        try {
            return use.onReader(session, statement, sink);
        } catch (ProblemException e) {
            if (mayWrite && sql.kind() != StatementKind.READ && Failures.isReadOnly(e)) {
                return use.onWriter(session, statement, sink);
            }
            throw e;
        }
    }

    /** {@code last_insert_rowid()} needs a connection that may be primed, which a pooled reader may not. */
    private StatementResult readOwnRowid(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        if (mayWrite) {
            return use.onWriter(session, statement, sink);
        }
        Lease lease = new Lease(session.database(), session.database().lease(ConnectionRole.READER));
        try {
            return use.onLease(session, lease, statement, sink, false);
        } finally {
            lease.end();
        }
    }

    private StatementResult write(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        Lease lease = session.lease();
        if (statement.sql().namesChanges() && lease == null) {
            throw Failures.sqliteError("changes() and total_changes() are only known within a transaction");
        }
        try {
            if (lease != null) {
                return use.onLease(
                        session, lease, statement, sink, !statement.sql().temporary());
            }
            // Who may not write gets SQLite's own refusal, from a connection that cannot.
            return mayWrite ? use.onWriter(session, statement, sink) : use.onReader(session, statement, sink);
        } catch (ProblemException e) {
            throw !mayWrite && Failures.isReadOnly(e) ? Failures.writeForbidden() : e;
        }
    }

    private StatementResult schema(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        if (statement.sql().temporary() && !mayWrite) {
            throw Failures.writeForbidden();
        }
        if (statement.sql().temporary() && session.lease() == null) {
            return temporaryObjects.run(session, mayWrite, statement, sink);
        }
        Lease lease = session.lease();
        if (statement.sql().temporary() && lease != null) {
            temporaryObjects.requireRoom(session, lease);
        }
        StatementResult result = write(session, mayWrite, statement, sink);
        if (lease == null) {
            return result;
        }
        if (statement.sql().temporary()) {
            TemporaryObjects.made(lease);
        }
        if (lease.inTransaction()) {
            lease.schemaTouched();
        } else {
            lease.connection().schemaChangedHere();
        }
        return result;
    }

    private StatementResult vacuum(Session session, boolean mayWrite, RowSink sink) {
        if (!mayWrite) {
            throw Failures.writeForbidden();
        }
        if (session.database().config().mode() == DatabaseMode.RO) {
            throw Failures.readOnlyDatabase();
        }
        if (session.inTransaction()) {
            throw Failures.sqliteError("cannot VACUUM from within a transaction");
        }
        try (WriterTurn turn = session.database().writerTurn(session.principal(), "VACUUM")) {
            EngineConnection connection = session.database().lease(ConnectionRole.WRITER);
            connection.taint();
            try {
                use.vacuum(connection);
            } finally {
                session.database().giveBackLease(connection);
            }
        }
        sink.columns(List.of());
        return StatementResult.NOTHING;
    }
}
