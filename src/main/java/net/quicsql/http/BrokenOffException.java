package net.quicsql.http;

import java.io.IOException;

/** Says that an answer cannot be sent to its end. What was sent must not pass for the whole: the connection is cut. */
public final class BrokenOffException extends IOException {
    private static final long serialVersionUID = 1L;

    public BrokenOffException(Throwable cause) {
        super("the answer broke off", cause);
    }
}
