package net.quicsql.http;

import java.io.OutputStream;
import net.quicsql.limits.MemoryShare;

/** Passes text on as it comes. One thread at a time. */
public final class StreamedText extends GrantedText {
    /** Where the text goes. */
    @FunctionalInterface
    public interface Sink {
        void take(byte[] bytes, int offset, int length);
    }

    private final Sink sink;

    StreamedText(MemoryShare share, Sink sink) {
        super(share);
        this.sink = sink;
    }

    @Override
    public void take(byte[] bytes, int offset, int length) {
        sink.take(bytes, offset, length);
    }

    /** What is gone cannot be taken back; the writer merely counts anew. */
    @Override
    public void truncate(long length) {
        if (length != 0) {
            throw new IllegalStateException("text that was passed on cannot be cut back to " + length);
        }
    }

    /** Nothing is kept. */
    @Override
    public void writeTo(OutputStream out) {}
}
