package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.SpoolFile;
import net.quicsql.limits.MemoryShare;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cursor's answer until it can be sent: the beginning in memory where the budget has room, the rest in a temporary file. A
 * spool past its limit, or whose file fails, says that it is full and keeps in memory the little that still comes. One
 * thread at a time.
 */
final class CursorSpool implements CursorOutput, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(CursorSpool.class);

    private final int memoryBytes;
    private final long maxBytes;
    private final AnswerBuffers buffers;
    private final MemoryShare share;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream(0);
    /** What came after the file failed. */
    private final ByteArrayOutputStream tail = new ByteArrayOutputStream(0);

    private @Nullable SpoolFile file;
    private boolean fileFailed;

    /**
     * @param memoryBytes kept in memory before a file is made
     * @param maxBytes full from here on
     */
    CursorSpool(int memoryBytes, long maxBytes, AnswerBuffers buffers) {
        this.memoryBytes = memoryBytes;
        this.maxBytes = maxBytes;
        this.buffers = requireNonNull(buffers, "buffers is null");
        this.share = buffers.share();
    }

    /** Bytes kept. */
    long size() {
        SpoolFile from = file;
        return head.size() + (from == null ? 0 : from.size()) + tail.size();
    }

    @Override
    public void take(Piece piece) {
        try {
            piece.writeTo(sink);
        } catch (IOException e) {
            throw new IllegalStateException("a piece failed that was written to memory", e);
        }
    }

    @Override
    public boolean isFull() {
        return fileFailed || size() >= maxBytes;
    }

    /** Never: what a statement writes must be done whether or not anybody reads about it. */
    @Override
    public boolean isAbandoned() {
        return false;
    }

    /** Never: nothing is sent before everything is done. */
    @Override
    public boolean isWaiting() {
        return false;
    }

    void writeTo(OutputStream out) throws IOException {
        head.writeTo(out);
        @Nullable SpoolFile from = file;
        if (from != null) {
            from.writeTo(out);
        }
        tail.writeTo(out);
    }

    /** Deletes what was kept. Idempotent. */
    @Override
    public void close() {
        @Nullable SpoolFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
        share.close();
    }

    /** Whether so much more may be kept in memory. A growing array is copied, so it counts twice. */
    private boolean hasRoom(int length) {
        long size = head.size() + (long) length;
        if (file != null || size > memoryBytes) {
            return false;
        }
        long wanted = size <= MemoryShare.FREE_BYTES ? 0 : 2 * size;
        return wanted <= share.held() || share.tryTake(wanted - share.held());
    }

    private void keep(byte[] bytes, int offset, int length) {
        if (fileFailed) {
            tail.write(bytes, offset, length);
            return;
        }
        if (hasRoom(length)) {
            head.write(bytes, offset, length);
            return;
        }
        try {
            SpoolFile to = file;
            if (to == null) {
                to = buffers.newFile();
                file = to;
            }
            to.append(bytes, offset, length);
        } catch (IOException e) {
            LOGGER.warn("The temporary file of a cursor could not be written; its rows end there", e);
            fileFailed = true;
            tail.write(bytes, offset, length);
        }
    }

    private final OutputStream sink = new OutputStream() {
        @Override
        public void write(int b) {
            keep(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            keep(bytes, offset, length);
        }
    };
}
