package net.quicsql.access;

/** What a principal may do to a database, from nothing to everything; each level includes the ones before it. */
public enum AccessLevel {
    NONE,
    READ_ONLY,
    READ_WRITE,
    ADMIN;

    public boolean mayRead() {
        return this != NONE;
    }

    public boolean mayWrite() {
        return compareTo(READ_WRITE) >= 0;
    }
}
