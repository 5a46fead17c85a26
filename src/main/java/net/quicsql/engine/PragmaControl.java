package net.quicsql.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.problem.ProblemException;
import net.quicsql.session.Lease;
import net.quicsql.session.Session;
import net.quicsql.sql.Column;
import net.quicsql.sql.PragmaDecision;
import net.quicsql.sql.PragmaPolicy;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementKind;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;

/**
 * PRAGMA statements. SQLite acts on a PRAGMA while it prepares it, so nothing reaches it that the policy has not passed.
 * Thread-safe.
 */
final class PragmaControl {
    private final ConnectionUse use;

    PragmaControl(ConnectionUse use) {
        this.use = use;
    }

    StatementResult run(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        PragmaDecision decision = PragmaPolicy.decide(statement.sql().pragma());
        return switch (decision.action()) {
            case READ -> read(session, statement, sink);
            case WRITE -> write(session, mayWrite, statement, sink);
            case ANSWERED -> answer(decision, sink);
            case SESSION_FOREIGN_KEYS -> {
                foreignKeys(session, decision.enabled());
                yield answer(decision, sink);
            }
            case DEFER_FOREIGN_KEYS -> {
                Lease lease = session.lease();
                // Outside a transaction it would end with this very statement.
                yield lease != null && lease.inTransaction()
                        ? use.onLease(session, lease, statement, sink, false)
                        : answer(decision, sink);
            }
            case REFUSED -> throw refused(decision);
        };
    }

    /** The columns of a setter that SQLite never sees. */
    static List<Column> columns(PragmaDecision decision) {
        List<Column> columns = new ArrayList<>(decision.columns().size());
        for (String name : decision.columns()) {
            columns.add(new Column(name, null));
        }
        return columns;
    }

    /**
     * Checks a statement that may be a PRAGMA before anything of its batch runs.
     *
     * @throws ProblemException STATEMENT_REFUSED
     */
    static void requireAllowed(SqlStatement sql) {
        if (sql.kind() == StatementKind.PRAGMA) {
            PragmaDecision decision = PragmaPolicy.decide(sql.pragma());
            if (decision.action() == PragmaDecision.Action.REFUSED) {
                throw refused(decision);
            }
        }
    }

    static ProblemException refused(PragmaDecision decision) {
        return Failures.refused("not authorized: " + decision.reason());
    }

    private StatementResult read(Session session, Statement statement, RowSink sink) {
        Lease lease = session.lease();
        if (lease != null) {
            return use.onLease(session, lease, statement, sink, false);
        }
        Database database = session.database();
        EngineConnection reader = database.borrowReader();
        try {
            // PRAGMA foreign_keys tells the stream's own choice, and the next reader's pragma_foreign_keys must not.
            reader.foreignKeys(session.enforcesForeignKeys());
            try {
                return use.onConnection(reader, statement, sink);
            } finally {
                reader.foreignKeys(database.config().foreignKeys());
            }
        } finally {
            database.giveBackReader(reader);
        }
    }

    private StatementResult write(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        Lease lease = session.lease();
        if (!mayWrite) {
            throw Failures.writeForbidden();
        }
        return lease != null
                ? use.onLease(session, lease, statement, sink, true)
                : use.onWriter(session, statement, sink);
    }

    private static void foreignKeys(Session session, boolean enforced) {
        // Within a transaction SQLite ignores it, and so do we.
        if (!session.inTransaction()) {
            session.enforceForeignKeys(enforced);
            Lease lease = session.lease();
            if (lease != null) {
                lease.connection().foreignKeys(session.enforcesForeignKeys());
            }
        }
    }

    /** Answers for a setter that SQLite never sees. */
    static StatementResult answer(PragmaDecision decision, RowSink sink) {
        sink.columns(columns(decision));
        if (!decision.row().isEmpty()) {
            sink.beginRow();
            for (Object value : decision.row()) {
                if (value instanceof Long number) {
                    sink.integerCell(number);
                } else {
                    sink.textCell(value.toString().getBytes(StandardCharsets.UTF_8));
                }
            }
            sink.endRow();
        }
        return StatementResult.NOTHING;
    }
}
