package net.quicsql.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * What a handler answers, in terms that Jersey, a plain servlet and a test can all write out. Immutable, but its body may
 * be written once only.
 *
 * @param status HTTP status, 200 to 599
 * @param contentType the exact Content-Type header
 * @param headers further headers by name
 */
public record Answer(int status, String contentType, Map<String, String> headers, Body body) {
    /** Exactly this text: some clients drop an error's text when a parameter such as a charset follows it. */
    public static final String JSON = "application/json";

    public static final String TEXT = "text/plain";

    public Answer {
        requireNonNull(contentType, "contentType is null");
        headers = Map.copyOf(headers);
        requireNonNull(body, "body is null");
    }

    public static Answer of(int status, String contentType, Body body) {
        return new Answer(status, contentType, Map.of(), body);
    }

    /** The same answer, whose body does one thing more when it is closed, at least once. */
    public Answer thenClose(Runnable further) {
        return new Answer(status, contentType, headers, new Body() {
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
                try {
                    body.close();
                } finally {
                    further.run();
                }
            }
        });
    }
}
