package net.quicsql.hrana;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.SpoolFile;
import net.quicsql.limits.MemoryShare;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cursor's answer until it can be sent: the beginning in memory where the budget has room, the rest in a temporary file. A
 * spool past its limit, or whose file fails, says that it is full and keeps in memory the little that still comes. One
 * thread at a time.
 */
public final class CursorSpool implements CursorOutput, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(CursorSpool.class);

    private final int memoryBytes;
    private final long maxBytes;
    private final MemoryShare share;
    private final SpoolFile file;
    private final Bytes head = new Bytes();
    /** What came after the file failed. */
    private final Bytes tail = new Bytes();

    private boolean fileFailed;

    /**
     * @param memoryBytes kept in memory before a file is made
     * @param maxBytes full from here on
     */
    public CursorSpool(int memoryBytes, long maxBytes, AnswerBuffers buffers) {
        this.memoryBytes = memoryBytes;
        this.maxBytes = maxBytes;
        this.share = buffers.share();
        this.file = buffers.newFile();
    }

    /** Bytes kept. */
    public long size() {
        return head.size() + file.size() + tail.size();
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
        writeTo(out, 0, size());
    }

    /**
     * Writes a part of what was kept.
     *
     * @param start its first byte
     * @param end behind its last byte, at most {@link #size()}
     */
    public void writeTo(OutputStream out, long start, long end) throws IOException {
        long fileStart = head.size();
        long tailStart = fileStart + file.size();
        if (start < fileStart) {
            head.writeTo(out, start, Math.min(end, fileStart));
        }
        if (start < tailStart && end > fileStart) {
            file.writeTo(out, Math.max(start, fileStart) - fileStart, Math.min(end, tailStart) - fileStart);
        }
        if (end > tailStart) {
            tail.writeTo(out, Math.max(start, tailStart) - tailStart, end - tailStart);
        }
    }

    /** Deletes what was kept; nothing may be asked any more. Idempotent. */
    @Override
    public void close() {
        // Whoever has the spool may keep it for long.
        head.drop();
        tail.drop();
        file.close();
        share.close();
    }

    /** Whether so much more may be kept in memory. A growing array is copied, so it counts twice. */
    private boolean hasRoom(int length) {
        long size = head.size() + (long) length;
        if (file.size() > 0 || size > memoryBytes) {
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
            file.append(bytes, offset, length);
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

    /** Bytes of which a part can be written. */
    private static final class Bytes extends ByteArrayOutputStream {
        Bytes() {
            super(0);
        }

        void drop() {
            buf = new byte[0];
            count = 0;
        }

        void writeTo(OutputStream out, long start, long end) throws IOException {
            out.write(buf, (int) start, (int) (end - start));
        }
    }
}
