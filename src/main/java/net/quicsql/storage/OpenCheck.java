package net.quicsql.storage;

/** What is done about damage that a look through a freshly opened database finds. */
public enum OpenCheck {
    /** The database is closed and refused until its file has changed. */
    QUARANTINE,
    /** The database is served; its health tells. */
    REPORT,
    /** Nobody looks. */
    OFF
}
