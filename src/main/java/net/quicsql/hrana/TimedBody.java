package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import net.quicsql.http.Body;

/** A body that tells when it was sent, or given up. */
final class TimedBody implements Body {
    private final Body body;
    private final Runnable whenClosed;
    private boolean closed;

    TimedBody(Body body, Runnable whenClosed) {
        this.body = requireNonNull(body, "body is null");
        this.whenClosed = requireNonNull(whenClosed, "whenClosed is null");
    }

    @Override
    public long length() {
        return body.length();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        body.writeTo(out);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                body.close();
            } finally {
                whenClosed.run();
            }
        }
    }
}
