package net.quicsql.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.IO;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request from Jetty, waiting for it, as servlets read it: with the least rate that the connector asks of
 * clients, which Jetty looks at for servlets only. One thread at a time.
 */
final class IncomingBody extends InputStream {
    private final Request request;
    private Content.@Nullable Chunk chunk;
    private boolean askedFor;
    /** What ended an earlier wait: Jetty would take no second one. */
    private @Nullable IOException broken;

    /** No exception kept for whoever might still read: every request would pay for its stack trace. */
    private boolean closed;

    private long arrived;
    private long firstByteNanos;

    IncomingBody(Request request) {
        this.request = requireNonNull(request, "request is null");
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        Content.Chunk next = next();
        if (Content.Chunk.isFailure(next)) {
            chunk = Content.Chunk.next(next);
            throw IO.rethrow(next.getFailure());
        }
        int length = Math.min(next.remaining(), count);
        if (length == 0) {
            drop(next);
            return -1;
        }
        next.getByteBuffer().get(bytes, offset, length);
        if (!next.hasRemaining()) {
            drop(next);
        }
        return length;
    }

    /** Bytes that have arrived and can be read without a wait; 0 at the end too. */
    @Override
    public int available() {
        if (chunk == null) {
            askedFor = true;
            Content.Chunk next = request.read();
            if (next != null) {
                count(next);
            }
            chunk = next;
        }
        return chunk == null || Content.Chunk.isFailure(chunk) ? 0 : chunk.remaining();
    }

    /** Whether all of it was read, as far as that is known without a wait. */
    boolean isFinished() {
        return available() == 0 && chunk != null && chunk.isLast() && !Content.Chunk.isFailure(chunk);
    }

    /** Whether anybody has tried to read it, so that a client that asks before it sends was told to go on. */
    boolean isAskedFor() {
        return askedFor;
    }

    /** Gives back what was not read. Idempotent; nothing can be read afterwards. */
    @Override
    public void close() {
        if (chunk != null) {
            drop(chunk);
        }
        closed = true;
    }

    private void drop(Content.Chunk read) {
        read.release();
        chunk = Content.Chunk.next(read);
    }

    /** The chunk that has the next bytes, is the end, or a failure. Comes again until all of it was read. */
    private Content.Chunk next() throws IOException {
        askedFor = true;
        while (true) {
            Content.Chunk next = chunk;
            if (next == null) {
                next = request.read();
                if (next == null) {
                    await();
                    continue;
                }
                count(next);
                chunk = next;
            }
            if (next.hasRemaining() || next.isLast() || Content.Chunk.isFailure(next)) {
                return next;
            }
            drop(next);
        }
    }

    private void await() throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        if (broken != null) {
            throw new IOException(broken);
        }
        try (Blocker.Runnable available = Blocker.runnable()) {
            request.demand(available);
            available.block();
        } catch (IOException e) {
            broken = e;
            throw e;
        }
    }

    /** Looks at the rate when something comes, as Jetty does; where nothing comes at all the idle timeout ends the wait. */
    private void count(Content.Chunk next) {
        int length = next.remaining();
        if (length == 0 || next.isLast()) {
            return;
        }
        long now = System.nanoTime();
        if (arrived == 0) {
            firstByteNanos = now;
        }
        arrived += length;
        long rate = leastRate();
        if (rate > 0 && arrived < rate * TimeUnit.NANOSECONDS.toMillis(now - firstByteNanos) / 1000) {
            next.release();
            throw new HttpException.RuntimeException(
                    HttpStatus.REQUEST_TIMEOUT_408, "Request content data rate < " + rate + " B/s");
        }
    }

    /** Bytes a second, 0 for none. Jetty would have its users limit rates elsewhere; Dropwizard's key is still this one. */
    @SuppressWarnings("removal")
    private long leastRate() {
        return request.getConnectionMetaData().getHttpConfiguration().getMinRequestDataRate();
    }
}
