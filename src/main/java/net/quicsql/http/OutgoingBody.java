package net.quicsql.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Writes the body of an answer to Jetty. What comes before the end waits for the client, as in servlets; the end does not, so
 * that a thread is free as soon as the last bytes are handed over. One thread at a time.
 */
final class OutgoingBody extends OutputStream {
    /** Writes to the socket are dear: smaller parts wait for each other. The size of Jetty's own buffers for servlets. */
    private static final int BUFFER_BYTES = 32 * 1024;

    private static final int FIRST_BYTES = 2 * 1024;

    private final Response response;
    private final long length;
    private final Blocker.Shared blocker = new Blocker.Shared();
    /** Bytes taken so far, sent or not. */
    private long taken;

    private byte @Nullable [] buffer;
    private int buffered;
    /** The last bytes of a body of known length, where nothing waits before them. */
    private @Nullable ByteBuffer end;

    /**
     * @param length bytes of the whole body, negative if unknown
     */
    OutgoingBody(Response response, long length) {
        this.response = response;
        this.length = length;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /**
     * Takes bytes. Those that end a body of known length must not be changed before the callback of {@link #finish} is called.
     */
    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return;
        }
        taken += count;
        boolean fits = count <= BUFFER_BYTES - buffered;
        boolean last = taken == length;
        if (fits && !(last && buffered == 0)) {
            append(bytes, offset, count);
            return;
        }
        // A short beginning and a long end are two writes: copying them together would cost more.
        flush();
        if (last) {
            end = ByteBuffer.wrap(bytes, offset, count);
        } else if (count <= BUFFER_BYTES) {
            append(bytes, offset, count);
        } else {
            send(ByteBuffer.wrap(bytes, offset, count));
        }
    }

    @Override
    public void flush() throws IOException {
        if (buffered > 0) {
            send(ByteBuffer.wrap(buffer(), 0, buffered));
            buffered = 0;
        }
    }

    /** Sends what is left, and completes the callback when the response is complete. */
    void finish(Callback callback) {
        response.write(true, buffered == 0 ? end : ByteBuffer.wrap(buffer(), 0, buffered), callback);
    }

    private void append(byte[] bytes, int offset, int count) {
        if (buffer == null || buffer.length < buffered + count) {
            int room = buffer == null ? Math.max(count, firstBytes()) : BUFFER_BYTES;
            buffer = buffer == null ? new byte[room] : Arrays.copyOf(buffer, room);
        }
        System.arraycopy(bytes, offset, buffer, buffered, count);
        buffered += count;
    }

    /** Short bodies are the most. */
    private int firstBytes() {
        return length >= 0 ? (int) Math.min(length, BUFFER_BYTES) : FIRST_BYTES;
    }

    private byte[] buffer() {
        byte[] bytes = buffer;
        if (bytes == null) {
            throw new IllegalStateException("nothing is buffered");
        }
        return bytes;
    }

    private void send(ByteBuffer bytes) throws IOException {
        try (Blocker.Callback written = blocker.callback()) {
            response.write(false, bytes, written);
            written.block();
        }
    }
}
