package net.quicsql.fault;

/**
 * A system call on a file that had an effect. Immutable, but for the bytes, which nobody changes.
 *
 * @param path what it worked on
 * @param began when it was called, in microseconds since 1970
 * @param ended when it returned
 * @param offset where a write begins, what length a truncation leaves
 * @param bytes what a write wrote; empty for the others
 */
record DiskEvent(Kind kind, String path, long began, long ended, long offset, byte[] bytes) {
    enum Kind {
        /** A file was opened and made if it was missing. */
        MAKE,
        WRITE,
        TRUNCATE,
        SYNC,
        UNLINK
    }
}
