package net.quicsql.http;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
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

    /** The same answer, with a header more. */
    Answer with(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, more, body);
    }

    /** The same answer, whose body does one thing more when it is closed, once. */
    public Answer thenClose(Runnable further) {
        return new Answer(status, contentType, headers, new FollowedBody(body, further));
    }
}
