package net.quicsql.http;

import java.util.function.Function;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** The headers that doors look at, each null where it is absent. Immutable. */
public record RequestHeaders(
        @Nullable String host,
        @Nullable String namespace,
        @Nullable String contentLength,
        @Nullable String contentEncoding,
        @Nullable String prefer) {
    private static final String IDENTITY = "identity";

    /**
     * The headers of a request.
     *
     * @param header a header's value by its name, null where there is none; several of a name are one with commas
     */
    public static RequestHeaders of(Function<String, @Nullable String> header) {
        return new RequestHeaders(
                header.apply("Host"),
                header.apply(DatabaseSelector.NAMESPACE_HEADER),
                header.apply("Content-Length"),
                header.apply("Content-Encoding"),
                header.apply("Prefer"));
    }

    /** A header's value by its name, null where there is none; several of a name mean the same as one with commas. */
    public static @Nullable String joined(HttpFields fields, String name) {
        String value = null;
        for (HttpField field : fields) {
            if (field.is(name)) {
                value = value == null ? field.getValue() : value + "," + field.getValue();
            }
        }
        return value;
    }

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
