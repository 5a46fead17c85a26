package net.quicsql.hrana;

import net.quicsql.hrana.SqlStreams.SqlStream;
import net.quicsql.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Finds out what text a request means. Stateless. */
final class SqlTexts {
    private SqlTexts() {}

    /**
     * @throws net.quicsql.problem.ProblemException SQL_STORE_NOT_FOUND
     */
    static String text(SqlText text, SqlStream stream) {
        @Nullable String sql = text.sql();
        if (sql != null) {
            return sql;
        }
        @Nullable Integer sqlId = text.sqlId();
        if (sqlId == null) {
            throw new IllegalStateException("a text without sql and sql_id");
        }
        return stream.storedSql(sqlId);
    }

    /**
     * @throws net.quicsql.problem.ProblemException SQL_STORE_NOT_FOUND, SQL_NO_STATEMENT, SQL_MANY_STATEMENTS,
     *     SQL_INVALID_TEXT
     */
    static Statement statement(Stmt stmt, SqlStreams streams, SqlStream stream) {
        return new Statement(streams.statement(text(stmt.text(), stream)), stmt.arguments());
    }
}
