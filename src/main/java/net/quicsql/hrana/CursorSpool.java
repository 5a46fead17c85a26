package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cursor's answer until it can be sent: the beginning in memory, the rest in a temporary file that has no name. A
 * spool past its limit, or whose file fails, says that it is full and keeps in memory the little that still comes. One
 * thread at a time.
 */
final class CursorSpool implements CursorOutput, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(CursorSpool.class);

    /** Bytes read from the file at a time. */
    private static final int COPY_BYTES = 64 * 1024;

    private final int memoryBytes;
    private final long maxBytes;
    private final Path directory;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream(0);
    /** What came after the file failed. */
    private final ByteArrayOutputStream tail = new ByteArrayOutputStream(0);

    private @Nullable FileChannel file;
    private long fileBytes;
    private boolean fileFailed;

    /**
     * @param memoryBytes kept in memory before a file is made
     * @param maxBytes full from here on
     * @param directory an existing directory for the file
     */
    CursorSpool(int memoryBytes, long maxBytes, Path directory) {
        this.memoryBytes = memoryBytes;
        this.maxBytes = maxBytes;
        this.directory = requireNonNull(directory, "directory is null");
    }

    /** Bytes kept. */
    long size() {
        return head.size() + fileBytes + tail.size();
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
        @Nullable FileChannel from = file;
        if (from != null) {
            copy(from, out);
        }
        tail.writeTo(out);
    }

    /** Deletes what was kept. Idempotent. */
    @Override
    public void close() {
        @Nullable FileChannel open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOGGER.warn("The temporary file of a cursor could not be closed", e);
            }
        }
    }

    private void copy(FileChannel from, OutputStream out) throws IOException {
        byte[] bytes = new byte[(int) Math.min(COPY_BYTES, fileBytes)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long at = 0;
        while (at < fileBytes) {
            buffer.clear().limit((int) Math.min(bytes.length, fileBytes - at));
            int count = from.read(buffer, at);
            if (count < 0) {
                throw new IOException("the temporary file of a cursor is shorter than what was written to it");
            }
            out.write(bytes, 0, count);
            at += count;
        }
    }

    private void keep(byte[] bytes, int offset, int length) {
        if (fileFailed) {
            tail.write(bytes, offset, length);
            return;
        }
        if (file == null && head.size() + (long) length <= memoryBytes) {
            head.write(bytes, offset, length);
            return;
        }
        try {
            FileChannel to = file;
            if (to == null) {
                to = createFile();
                file = to;
            }
            long at = fileBytes;
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                at += to.write(buffer, at);
            }
            fileBytes = at;
        } catch (IOException e) {
            // Half a piece may be in the file; it counts only when it is there whole.
            LOGGER.warn("The temporary file of a cursor could not be written; its rows end there", e);
            fileFailed = true;
            tail.write(bytes, offset, length);
        }
    }

    /** Readable by its owner only; on Unix its name is gone as soon as it is open. */
    private FileChannel createFile() throws IOException {
        Path path = Files.createTempFile(directory, "cursor-", ".spool");
        try {
            return FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
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
