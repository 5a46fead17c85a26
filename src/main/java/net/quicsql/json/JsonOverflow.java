package net.quicsql.json;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Where a {@link JsonWriter} puts text for which its buffer has no room, and whom it asks before it takes much memory. One
 * thread at a time.
 */
public interface JsonOverflow extends AutoCloseable {
    /** A buffer of so many bytes may be had without asking. */
    int FREE_BYTES = 64 * 1024;

    /** Whether the buffer may become so large; if not, what it has is handed over and it is filled anew. */
    boolean mayGrowTo(int bytes);

    /** Takes the text that follows what was taken before. */
    void take(byte[] bytes, int offset, int length);

    /** Drops what was taken behind an earlier length. */
    void truncate(long length);

    /** Writes all that was taken and not dropped. */
    void writeTo(OutputStream out) throws IOException;

    /**
     * A long value is in memory beside the buffer until {@link #valueWritten}.
     *
     * @throws net.quicsql.problem.ProblemException there is no room for it; nothing of it is written
     */
    void beginValue(int bytes);

    void valueWritten(int bytes);

    /** Gives everything back. Idempotent. */
    @Override
    void close();
}
