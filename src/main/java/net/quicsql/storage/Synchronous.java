package net.quicsql.storage;

/** When a commit is on the disk. */
public enum Synchronous {
    /** Before the commit is acknowledged. */
    FULL,
    /** At the next checkpoint: a power failure may lose the last commits, but never damages the file. */
    NORMAL
}
