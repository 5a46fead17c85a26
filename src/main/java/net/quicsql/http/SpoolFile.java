package net.quicsql.http;

import static java.util.Objects.requireNonNull;

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
 * A temporary file, made when something is written to it: without a name, gone when it is closed or the process ends, and
 * readable by its owner only. One thread at a time.
 */
public final class SpoolFile implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(SpoolFile.class);

    /** Bytes read from the file at a time. */
    private static final int COPY_BYTES = 64 * 1024;

    private final Path directory;
    private @Nullable FileChannel channel;
    private long size;

    /**
     * A file that is not there yet.
     *
     * @param directory an existing directory
     */
    public SpoolFile(Path directory) {
        this.directory = requireNonNull(directory, "directory is null");
    }

    /** Bytes appended and not dropped. */
    public long size() {
        return size;
    }

    /** Appends bytes, all or, where this fails, none. */
    public void append(byte[] bytes, int offset, int length) throws IOException {
        FileChannel to = channel;
        if (to == null) {
            to = create();
            channel = to;
        }
        long at = size;
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
            at += to.write(buffer, at);
        }
        size = at;
    }

    /** Drops what stands behind a length, and gives its room on the disk back. */
    public void truncate(long newSize) throws IOException {
        if (newSize < size) {
            requireNonNull(channel).truncate(newSize);
            size = newSize;
        }
    }

    public void writeTo(OutputStream out) throws IOException {
        writeTo(out, 0, size);
    }

    /**
     * Writes a part.
     *
     * @param start its first byte
     * @param end behind its last byte, at most {@link #size()}
     */
    public void writeTo(OutputStream out, long start, long end) throws IOException {
        byte[] bytes = new byte[(int) Math.min(COPY_BYTES, end - start)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long at = start;
        while (at < end) {
            buffer.clear().limit((int) Math.min(bytes.length, end - at));
            int count = requireNonNull(channel).read(buffer, at);
            if (count < 0) {
                throw new IOException("a temporary file is shorter than what was written to it");
            }
            out.write(bytes, 0, count);
            at += count;
        }
    }

    /** Deletes the file. Idempotent. */
    @Override
    public void close() {
        FileChannel open = channel;
        channel = null;
        size = 0;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOGGER.warn("A temporary file could not be closed", e);
            }
        }
    }

    /** On Unix the name is gone as soon as the file is open. */
    private FileChannel create() throws IOException {
        Path path = Files.createTempFile(directory, "quicsql-", ".spool");
        try {
            return FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }
}
