package net.quicsql.storage;

/** Whether anybody may write to a database. */
public enum DatabaseMode {
    RW,
    RO
}
