package net.quicsql.sql;

/** What a BEGIN asks for. */
public enum TransactionMode {
    /** Plain BEGIN, or not a BEGIN at all. */
    UNSPECIFIED,
    DEFERRED,
    IMMEDIATE,
    EXCLUSIVE,
    /** The libSQL extension that SQLite itself does not enforce: {@code BEGIN READONLY}. */
    READONLY
}
