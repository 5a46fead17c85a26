package net.quicsql.storage;

import java.util.Locale;

/** The right to write to one database, until closed. May be closed by another thread than the one that acquired it. */
public final class WriterTurn implements AutoCloseable {
    private final WriterQueue queue;
    private final String principal;
    private final String purpose;
    private final long sinceNanos;

    WriterTurn(WriterQueue queue, String principal, String purpose, long sinceNanos) {
        this.queue = queue;
        this.principal = principal;
        this.purpose = purpose;
        this.sinceNanos = sinceNanos;
    }

    /** Hands the turn on. Idempotent. */
    @Override
    public void close() {
        queue.release(this);
    }

    String describe(long nowNanos) {
        return String.format(
                Locale.ROOT,
                "; held for %.1f s by %s (%s)",
                (nowNanos - sinceNanos) / 1e9,
                principal.isEmpty() ? "an anonymous client" : "principal '" + principal + "'",
                purpose);
    }
}
