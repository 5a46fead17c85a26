package net.quicsql.http;

import org.jspecify.annotations.Nullable;

/** The headers that choose a database and size a body, as a door finds them. Immutable; each null where it is absent. */
public record RequestHeaders(
        @Nullable String host,
        @Nullable String namespace,
        @Nullable String contentLength,
        @Nullable String contentEncoding) {
    private static final String IDENTITY = "identity";

    /** Bytes of the body, or {@link BodyReader#UNKNOWN_LENGTH}. */
    public long length() {
        return contentLength == null ? BodyReader.UNKNOWN_LENGTH : Long.parseLong(contentLength);
    }

    /** Whether the body is compressed or otherwise not what the client means. */
    public boolean isEncoded() {
        return contentEncoding != null
                && !contentEncoding.isBlank()
                && !contentEncoding.strip().equalsIgnoreCase(IDENTITY);
    }
}
