package net.quicsql.engine;

import java.util.List;
import java.util.Optional;
import net.quicsql.limits.TransactionPlaces;
import net.quicsql.limits.TransactionPlaces.Place;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.session.Lease;
import net.quicsql.session.Session;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.RowDiscard;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlScanner;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementKind;
import net.quicsql.sql.StatementResult;
import net.quicsql.sql.TransactionMode;
import net.quicsql.storage.BeginMode;
import net.quicsql.storage.ConnectionRole;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;
import net.quicsql.storage.WriterTurn;
import org.jspecify.annotations.Nullable;

/** BEGIN, COMMIT, ROLLBACK and savepoints of streams: leases a connection for as long as a transaction lasts. Thread-safe. */
final class TransactionControl {
    private static final Statement PLAIN_BEGIN = statement("BEGIN");
    private static final Statement IMMEDIATE_BEGIN = statement("BEGIN IMMEDIATE");

    private final ConnectionUse use;
    private final TransactionPlaces places;

    TransactionControl(ConnectionUse use, TransactionPlaces places) {
        this.use = use;
        this.places = places;
    }

    StatementResult run(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        Lease lease = session.lease();
        SqlStatement sql = statement.sql();
        if (lease != null && lease.inTransaction()) {
            return inside(session, lease, statement, sink);
        }
        return switch (sql.kind()) {
            case BEGIN, SAVEPOINT -> begin(session, mayWrite, statement, sink);
            case COMMIT -> throw Failures.sqliteError("cannot commit - no transaction is active");
            case ROLLBACK -> throw Failures.sqliteError("cannot rollback - no transaction is active");
            default -> throw Failures.sqliteError("no such savepoint: " + sql.savepointName());
        };
    }

    private StatementResult inside(Session session, Lease lease, Statement statement, RowSink sink) {
        SqlStatement sql = statement.sql();
        Statement sent = sql.transactionMode() == TransactionMode.READONLY ? PLAIN_BEGIN : statement;
        boolean mayCommit = sql.kind() == StatementKind.COMMIT || sql.kind() == StatementKind.RELEASE;
        if (mayCommit && (lease.hasTurn() || lease.connection().isRetired())) {
            session.database().requireInPlace(lease.connection());
        }
        // Answers behind it: no lack of room for one may look as if a COMMIT that took effect had failed.
        StatementResult result = use.onLease(session, lease, sent, RowDiscard.INSTANCE, false);
        boolean over = sql.kind() == StatementKind.COMMIT || sql.kind() == StatementKind.ROLLBACK;
        if (sql.kind() == StatementKind.ROLLBACK_TO) {
            // Takes a change of the schema back as well as making one.
            lease.schemaTouched();
        }
        if (over || sql.kind() == StatementKind.RELEASE && lease.connection().isAutocommit()) {
            session.giveBackAfterTransaction();
        }
        answer(sql, sink);
        return result;
    }

    private static void answer(SqlStatement sql, RowSink sink) {
        try {
            sink.columns(List.of());
        } catch (ProblemException e) {
            throw new Problem.Refused(
                            ProblemCode.RESPONSE_TOO_LARGE,
                            sql.verb() + " took effect, but there is no room for its answer. Do not send it again")
                    .toException();
        }
    }

    private StatementResult begin(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        Place place = place(session);
        boolean begun = false;
        boolean readOnly = !mayWrite || statement.sql().transactionMode() == TransactionMode.READONLY;
        @Nullable Lease lease = session.lease();
        boolean fresh = lease == null;
        try {
            if (lease == null) {
                lease = lease(session, readOnly, statement.sql());
            }
            start(session, lease, readOnly, statement, sink);
            DatabaseMetrics metrics = session.database().metrics();
            metrics.transactionOpened();
            lease.transactionBegan(use.now(), () -> {
                place.giveBack();
                metrics.transactionClosed();
            });
            session.lease(lease);
            begun = true;
            return StatementResult.NOTHING;
        } finally {
            if (!begun) {
                place.giveBack();
                if (lease != null) {
                    undo(lease, fresh);
                }
            }
        }
    }

    /** Brings a connection back to where it was before a begin that failed, be it after SQLite had begun. */
    private static void undo(Lease lease, boolean fresh) {
        try {
            if (!lease.connection().isAutocommit()) {
                lease.connection().rollback();
            }
        } finally {
            if (fresh) {
                lease.giveBack();
            } else {
                lease.transactionEnded();
            }
        }
    }

    /**
     * A connection for a transaction. One that takes SQLite's lock at once is given its connection with the writer's turn and
     * not before: who waits in line needs none, and one connection that all of them use in turn has the latest pages in its
     * cache.
     */
    private Lease lease(Session session, boolean readOnly, SqlStatement sql) {
        Database database = session.database();
        if (!takesLock(session, readOnly, sql) || !database.lendsWriters()) {
            return new Lease(database, database.lease(readOnly ? ConnectionRole.READER : ConnectionRole.WRITER));
        }
        WriterTurn turn = use.turn(session, sql);
        boolean held = false;
        try {
            Lease lease = new Lease(database, database.lease(ConnectionRole.WRITER));
            // Where the file may not be written any more it is a reader, which locks nothing.
            if (lease.connection().role() == ConnectionRole.WRITER) {
                lease.hold(turn);
                held = true;
            }
            return lease;
        } finally {
            if (!held) {
                turn.close();
            }
        }
    }

    /** Whether a statement begins a transaction that has SQLite's lock from its beginning. */
    private static boolean takesLock(Session session, boolean readOnly, SqlStatement sql) {
        TransactionMode mode = sql.transactionMode();
        boolean immediate = mode == TransactionMode.IMMEDIATE
                || mode == TransactionMode.EXCLUSIVE
                || mode == TransactionMode.UNSPECIFIED
                        && sql.kind() == StatementKind.BEGIN
                        && session.database().config().begin() == BeginMode.IMMEDIATE;
        return immediate && !readOnly;
    }

    private void start(Session session, Lease lease, boolean readOnly, Statement statement, RowSink sink) {
        EngineConnection connection = lease.connection();
        SqlStatement sql = statement.sql();
        connection.foreignKeys(session.enforcesForeignKeys());
        boolean writes = takesLock(session, readOnly, sql) && connection.role() == ConnectionRole.WRITER;
        if (readOnly && connection.role() == ConnectionRole.WRITER) {
            // Priming writes a temporary table.
            use.prime(session, lease);
            lease.queryOnly();
        }
        Statement sent = statement;
        if (sql.transactionMode() == TransactionMode.READONLY) {
            sent = PLAIN_BEGIN;
        } else if (writes && sql.transactionMode() == TransactionMode.UNSPECIFIED) {
            sent = IMMEDIATE_BEGIN;
        }
        // A stream with temporary objects comes with its connection; a file may have become writable just now.
        if (writes && !lease.hasTurn()) {
            use.takeTurn(session, lease, sql);
        }
        use.begin(lease, sent, sink);
    }

    /** A place under the limits on open transactions; waits for one in line. */
    private Place place(Session session) {
        Optional<Place> free = places.poll(session.database().name(), session.principal());
        if (free.isPresent()) {
            return free.get();
        }
        DatabaseMetrics metrics = session.database().metrics();
        long started = use.now();
        metrics.transactionWaitBegan();
        try {
            return places.await(
                    session.database().name(),
                    session.principal(),
                    session.database().client()::isGone);
        } catch (ProblemException e) {
            if (e.problem().code() == ProblemCode.CLIENT_GONE) {
                metrics.hungUp();
            }
            throw e;
        } finally {
            metrics.transactionWaitEnded(use.now() - started);
        }
    }

    private static Statement statement(String text) {
        List<SqlStatement> statements = SqlScanner.scan(text).statements();
        return new Statement(statements.get(0), Arguments.none());
    }
}
