package net.quicsql.sql;

/** What the first keyword of a statement says about it; the engine routes by this. */
public enum StatementKind {
    /** SELECT, VALUES. */
    READ,
    /** INSERT, REPLACE, UPDATE, DELETE. */
    WRITE,
    /** Common table expressions before a read or a write; see {@link SqlStatement#verb()}. */
    WITH,
    /** EXPLAIN or EXPLAIN QUERY PLAN of anything; see {@link SqlStatement#explained()}. */
    EXPLAIN,
    BEGIN,
    /** COMMIT, END. */
    COMMIT,
    /** ROLLBACK of the whole transaction. */
    ROLLBACK,
    /** ROLLBACK TO a savepoint. */
    ROLLBACK_TO,
    SAVEPOINT,
    RELEASE,
    PRAGMA,
    /** CREATE, DROP, ALTER, REINDEX, ANALYZE. */
    DDL,
    VACUUM,
    ATTACH,
    DETACH,
    /** Not the start of any SQLite statement: SQLite answers with its own error. */
    OTHER
}
