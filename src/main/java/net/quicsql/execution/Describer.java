package net.quicsql.execution;

import java.util.List;
import net.quicsql.sql.Column;
import net.quicsql.sql.Description;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.StatementKind;
import net.quicsql.storage.EngineConnection;
import net.quicsql.storage.EngineStatement;

/** Says what a statement would return, by preparing and never stepping it. Stateless. */
public final class Describer {
    private Describer() {}

    /**
     * Prepares a statement on a connection whose schema is fresh.
     *
     * @throws net.quicsql.problem.ProblemException SQL_FAILED where SQLite refuses the text
     */
    public static Description describe(EngineConnection connection, SqlStatement sql) {
        EngineStatement prepared = connection.prepare(sql.text());
        try {
            return describe(sql, prepared.columns());
        } finally {
            connection.done(prepared);
        }
    }

    /** The description of a statement whose columns are known without SQLite. */
    public static Description describe(SqlStatement sql, List<Column> columns) {
        return new Description(sql.parameters(), columns, sql.kind() == StatementKind.EXPLAIN, isReadOnly(sql));
    }

    /** What {@code sqlite3_stmt_readonly} would say, as far as the statement's kind tells. */
    private static boolean isReadOnly(SqlStatement sql) {
        return switch (sql.kind()) {
            case READ, EXPLAIN, COMMIT, ROLLBACK, ROLLBACK_TO, SAVEPOINT, RELEASE -> true;
            case BEGIN ->
                switch (sql.transactionMode()) {
                    case UNSPECIFIED, DEFERRED, READONLY -> true;
                    case IMMEDIATE, EXCLUSIVE -> false;
                };
            case WITH -> !sql.verb().changesRows();
            case PRAGMA -> sql.pragma() != null && sql.pragma().argument() == null;
            case WRITE, DDL, VACUUM, ATTACH, DETACH, OTHER -> false;
        };
    }
}
