package net.quicsql.http;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The server's address as its client knows it, to be told in messages that are there to be copied. Stateless. */
final class ServerAddress {
    /** A name or number with or without a port; whatever else a client sends is not sent back. */
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]{2,45}](:[0-9]{1,5})?");

    private ServerAddress() {}

    /**
     * The address with a slash at its end.
     *
     * @param hostHeader as sent; null where there is none
     */
    static String of(@Nullable String hostHeader) {
        String host = hostHeader != null && HOST.matcher(hostHeader).matches() ? hostHeader : "<host>";
        return "http://" + host + "/";
    }
}
