package net.quicsql.storage;

/** What happens to a database file's journal mode when it is opened. */
public enum JournalChoice {
    /** Converted to a write-ahead log. */
    WAL,
    /** Left as the file has it. */
    KEEP
}
