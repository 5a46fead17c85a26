package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import net.quicsql.http.Body;

/** Sends what a cursor's batch did, after it was done. One thread at a time. */
final class SpooledBody implements Body {
    private final byte[] prelude;
    private final CursorSpool spool;

    SpooledBody(byte[] prelude, CursorSpool spool) {
        this.prelude = requireNonNull(prelude, "prelude is null");
        this.spool = requireNonNull(spool, "spool is null");
    }

    @Override
    public long length() {
        return prelude.length + spool.size();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(prelude);
        spool.writeTo(out);
    }

    @Override
    public void close() {
        spool.close();
    }
}
