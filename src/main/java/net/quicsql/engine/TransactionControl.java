package net.quicsql.engine;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import net.quicsql.access.DatabaseName;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
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
    private final int maxTransactionsPerDatabase;
    private final Map<DatabaseName, Semaphore> permits = new ConcurrentHashMap<>();

    TransactionControl(ConnectionUse use, int maxTransactionsPerDatabase) {
        this.use = use;
        this.maxTransactionsPerDatabase = maxTransactionsPerDatabase;
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
        Runnable permit = permit(session.database());
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
                permit.run();
                metrics.transactionClosed();
            });
            session.lease(lease);
            begun = true;
            return StatementResult.NOTHING;
        } finally {
            if (!begun) {
                permit.run();
                if (lease != null) {
                    undo(lease);
                    if (fresh) {
                        lease.end();
                    }
                }
            }
        }
    }

    /** Brings a connection back to where it was before a begin that failed, be it after SQLite had begun. */
    private static void undo(Lease lease) {
        if (!lease.connection().isAutocommit()) {
            lease.connection().rollback();
        }
        lease.transactionEnded();
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

    private Runnable permit(Database database) {
        Semaphore semaphore =
                permits.computeIfAbsent(database.name(), name -> new Semaphore(maxTransactionsPerDatabase));
        if (!semaphore.tryAcquire()) {
            throw new Problem.Refused(
                            ProblemCode.TOO_MANY_STREAMS,
                            "too many open transactions: this database allows " + maxTransactionsPerDatabase
                                    + " at a time (limits.max_transactions_per_database)")
                    .toException();
        }
        AtomicBoolean given = new AtomicBoolean();
        return () -> {
            if (given.compareAndSet(false, true)) {
                semaphore.release();
            }
        };
    }

    private static Statement statement(String text) {
        List<SqlStatement> statements = SqlScanner.scan(text).statements();
        return new Statement(statements.get(0), Arguments.none());
    }
}
