package net.quicsql.hrana;

import org.jspecify.annotations.Nullable;

/** The texts that a client has stored under numbers of its own (Hrana 2, "Store an SQL text on the server"). */
@FunctionalInterface
public interface StoredSql {
    /**
     * The text under a number.
     *
     * @throws net.quicsql.problem.ProblemException SQL_STORE_NOT_FOUND
     */
    String get(int sqlId);

    /**
     * The text that a request means.
     *
     * @throws net.quicsql.problem.ProblemException SQL_STORE_NOT_FOUND
     */
    default String textOf(SqlText text) {
        @Nullable String sql = text.sql();
        if (sql != null) {
            return sql;
        }
        @Nullable Integer sqlId = text.sqlId();
        if (sqlId == null) {
            throw new IllegalStateException("a text without sql and sql_id");
        }
        return get(sqlId);
    }
}
