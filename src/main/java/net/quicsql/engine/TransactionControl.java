package net.quicsql.engine;

import java.util.List;
import java.util.Optional;
import net.quicsql.limits.TransactionPlaces;
import net.quicsql.limits.TransactionPlaces.Place;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.session.Lease;
import net.quicsql.session.Session;
import net.quicsql.sql.Arguments;
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
        if (sql.kind() == StatementKind.COMMIT && lease.hasTurn()) {
            session.database().requireInPlace();
        }
        StatementResult result = use.onLease(session, lease, sent, sink, false);
        boolean over = sql.kind() == StatementKind.COMMIT || sql.kind() == StatementKind.ROLLBACK;
        if (sql.kind() == StatementKind.ROLLBACK_TO) {
            // Takes a change of the schema back as well as making one.
            lease.schemaTouched();
        }
        if (over || sql.kind() == StatementKind.RELEASE && lease.connection().isAutocommit()) {
            use.endTransaction(session, lease);
        }
        return result;
    }

    private StatementResult begin(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        Place place = place(session);
        boolean begun = false;
        boolean readOnly = !mayWrite || statement.sql().transactionMode() == TransactionMode.READONLY;
        @Nullable Lease lease = session.lease();
        boolean fresh = lease == null;
        try {
            if (lease == null) {
                lease = lease(session, readOnly);
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
            try {
                lease.transactionEnded();
            } finally {
                if (fresh) {
                    lease.end();
                }
            }
        }
    }

    private Lease lease(Session session, boolean readOnly) {
        Database database = session.database();
        return new Lease(database, database.lease(readOnly ? ConnectionRole.READER : ConnectionRole.WRITER));
    }

    private void start(Session session, Lease lease, boolean readOnly, Statement statement, RowSink sink) {
        EngineConnection connection = lease.connection();
        SqlStatement sql = statement.sql();
        connection.foreignKeys(session.enforcesForeignKeys());
        boolean immediate = sql.transactionMode() == TransactionMode.IMMEDIATE
                || sql.transactionMode() == TransactionMode.EXCLUSIVE
                || sql.transactionMode() == TransactionMode.UNSPECIFIED
                        && sql.kind() == StatementKind.BEGIN
                        && session.database().config().begin() == BeginMode.IMMEDIATE;
        boolean writes = immediate && !readOnly && connection.role() == ConnectionRole.WRITER;
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
        use.begin(session, lease, sent, sink, writes);
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
