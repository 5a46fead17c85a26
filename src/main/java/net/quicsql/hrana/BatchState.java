package net.quicsql.hrana;

/** How far a batch has come; what conditions look at. One thread at a time. */
public interface BatchState {
    /** Whether a step ran and succeeded; false for a step that was skipped. */
    boolean isOk(int step);

    /** Whether a step ran and failed; false for a step that was skipped. */
    boolean isError(int step);

    /** Whether the stream is outside any transaction now. */
    boolean isAutocommit();
}
