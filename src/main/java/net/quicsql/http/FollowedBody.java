package net.quicsql.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;

/** A body after whose end, written or not, something else is done, once. One thread at a time. */
final class FollowedBody implements Body {
    private final Body body;
    private final Runnable further;
    private boolean closed;

    FollowedBody(Body body, Runnable further) {
        this.body = requireNonNull(body, "body is null");
        this.further = requireNonNull(further, "further is null");
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
                further.run();
            }
        }
    }
}
