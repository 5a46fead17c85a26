package net.quicsql.sql;

/** The keyword that says what a statement does, after common table expressions and behind EXPLAIN. */
public enum Verb {
    SELECT,
    VALUES,
    INSERT,
    REPLACE,
    UPDATE,
    DELETE,
    BEGIN,
    COMMIT,
    END,
    ROLLBACK,
    SAVEPOINT,
    RELEASE,
    PRAGMA,
    CREATE,
    DROP,
    ALTER,
    REINDEX,
    ANALYZE,
    VACUUM,
    ATTACH,
    DETACH,
    /** No keyword that starts a statement, or a WITH or EXPLAIN that is not followed by one. */
    OTHER;

    /** Whether this verb changes rows: INSERT, REPLACE, UPDATE, DELETE. */
    public boolean changesRows() {
        return this == INSERT || this == REPLACE || this == UPDATE || this == DELETE;
    }
}
