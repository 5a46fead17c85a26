package net.quicsql.http;

import org.jspecify.annotations.Nullable;

/** The headers that choose a database and size a body, as a door finds them. Immutable; each null where it is absent. */
public record RequestHeaders(
        @Nullable String host,
        @Nullable String namespace,
        @Nullable String contentLength) {

    /** Bytes of the body, or {@link BodyReader#UNKNOWN_LENGTH}. */
    public long length() {
        return contentLength == null ? BodyReader.UNKNOWN_LENGTH : Long.parseLong(contentLength);
    }
}
