package net.quicsql.storage;

/** What a connection may do to its database file; enforced by SQLite itself. */
public enum ConnectionRole {
    /** Opened read-only by SQLite: no statement can change the file. */
    READER,
    /** Opened for reading and writing; writes only by the holder of the writer's turn. */
    WRITER
}
