package net.quicsql.storage;

/** Where a database lives. */
public enum DatabaseKind {
    /** A file in the data directory, or where its setting says. */
    FILE,
    /** Gone when the server stops. */
    MEMORY
}
