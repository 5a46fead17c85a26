package net.quicsql.storage;

/** What a plain BEGIN means. */
public enum BeginMode {
    /** SQLite's way: the transaction takes the write lock with its first write. */
    DEFERRED,
    /** The transaction takes the write lock at once. */
    IMMEDIATE
}
