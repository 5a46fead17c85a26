package net.quicsql.sql;

/** What the tokens of a statement say about it, as bits. */
final class Trait {

    static final int RETURNING = 1;
    static final int NAMES_LAST_INSERT_ROWID = 1 << 1;
    static final int NAMES_CHANGES = 1 << 2;
    static final int NAMES_INTO = 1 << 3;
    static final int CONFLICT_WORD = 1 << 4;
    static final int TEMPORARY = 1 << 5;
    static final int SCHEMA_TABLE = 1 << 6;
    static final int NAMES_OWN_TABLE = 1 << 7;

    private Trait() {}
}
