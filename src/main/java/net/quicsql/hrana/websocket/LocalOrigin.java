package net.quicsql.hrana.websocket;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/** Which web pages come from the machine that their browser runs on. Stateless. */
final class LocalOrigin {
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);

    private LocalOrigin() {}

    /**
     * Whether an {@code Origin} header names this machine, by a name that only this machine can have: any other may have
     * been made to point here.
     */
    static boolean isLocal(String origin) {
        try {
            String host = new URI(origin).getHost();
            return host != null && LOOPBACK.matcher(host).matches();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
