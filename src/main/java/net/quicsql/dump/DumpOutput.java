package net.quicsql.dump;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import net.quicsql.engine.Snapshot;
import net.quicsql.limits.MemoryShare;

/**
 * Where a dump's text goes: to the client in pieces, with the clock of what is read stopped meanwhile. Throws {@link
 * UncheckedIOException} once the client has gone, through whatever reads. One thread at a time.
 */
final class DumpOutput {
    private static final int BUFFER_BYTES = 32 * 1024;

    private final OutputStream out;
    private final Snapshot snapshot;
    private final MemoryShare share;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int length;

    DumpOutput(OutputStream out, Snapshot snapshot, MemoryShare share) {
        this.out = requireNonNull(out, "out is null");
        this.snapshot = requireNonNull(snapshot, "snapshot is null");
        this.share = requireNonNull(share, "share is null");
    }

    void write(byte b) {
        if (length == BUFFER_BYTES) {
            flush();
        }
        buffer[length++] = b;
    }

    void write(byte[] bytes, int offset, int count) {
        int at = offset;
        int end = offset + count;
        while (at < end) {
            if (length == BUFFER_BYTES) {
                flush();
            }
            int part = Math.min(BUFFER_BYTES - length, end - at);
            System.arraycopy(bytes, at, buffer, length, part);
            length += part;
            at += part;
        }
    }

    void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(bytes, 0, bytes.length);
    }

    void line(String text) {
        text(text);
        write((byte) '\n');
    }

    /** Counts a value that is in memory until it is written; those that everybody has are free. */
    void beginValue(int bytes) {
        if (bytes > MemoryShare.FREE_BYTES) {
            share.take(bytes);
        }
    }

    void endValue(int bytes) {
        if (bytes > MemoryShare.FREE_BYTES) {
            share.giveBack(bytes);
        }
    }

    void flush() {
        snapshot.pauseClock();
        try {
            out.write(buffer, 0, length);
            out.flush();
            length = 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            snapshot.resumeClock();
        }
    }
}
