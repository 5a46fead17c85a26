package net.quicsql.storage;

/**
 * How far a write-ahead log is copied back, as SQLite tells it. Immutable.
 *
 * @param log committed frames in the log since it was last begun anew, a page each; negative where SQLite cannot tell now
 * @param copied how many of these are in the database file too
 */
record WalFrames(int log, int copied) {
    static final WalFrames NONE = new WalFrames(0, 0);

    /** What precedes each page in the log. */
    private static final int FRAME_HEADER_BYTES = 24;

    boolean isKnown() {
        return log >= 0 && copied >= 0;
    }

    int uncopied() {
        return log - copied;
    }

    boolean isCopied() {
        return uncopied() == 0;
    }

    /** Bytes of the log that hold something: the file itself keeps its size when it is begun anew. */
    long bytes(int pageBytes) {
        return bytes(log, pageBytes);
    }

    long uncopiedBytes(int pageBytes) {
        return bytes(uncopied(), pageBytes);
    }

    private static long bytes(int frames, int pageBytes) {
        return (long) frames * (pageBytes + FRAME_HEADER_BYTES);
    }
}
