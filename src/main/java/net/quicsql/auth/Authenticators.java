package net.quicsql.auth;

import java.util.List;
import net.quicsql.access.Principal;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Decides who sent a request, from its Authorization header. Every door asks this one object. Immutable.
 *
 * <p>In open mode (no principal is configured) everybody is {@link Principal#anonymous()}, whatever the header says: stock
 * clients always send some token. Otherwise only a known token is let in; nothing falls back to anonymous.
 */
public final class Authenticators {
    private static final String SCHEME = "Bearer";

    private final BearerAuthenticator bearer;
    private final boolean open;

    public Authenticators(AuthConfig config) {
        bearer = new BearerAuthenticator(config);
        open = config.principals().isEmpty();
    }

    /** Whether everybody is let in. */
    public boolean isOpen() {
        return open;
    }

    /**
     * The sender of a request with this Authorization header, or without one.
     *
     * @throws ProblemException UNAUTHENTICATED; the text says what is wrong and repeats nothing of the header
     */
    public Principal authenticate(@Nullable String authorizationHeader) {
        if (open) {
            return Principal.anonymous();
        }
        String token = token(authorizationHeader == null ? "" : authorizationHeader.strip());
        return bearer.authenticate(token).orElseThrow(() -> refusal("unknown token"));
    }

    /**
     * The sender of a request with these Authorization headers. More than one is refused, for proxies and servers differ
     * in which one counts.
     *
     * @throws ProblemException UNAUTHENTICATED, as {@link #authenticate(String)}
     */
    public Principal authenticate(List<String> authorizationHeaders) {
        if (authorizationHeaders.size() > 1 && !open) {
            throw refusal("more than one Authorization header");
        }
        return authenticate(authorizationHeaders.isEmpty() ? null : authorizationHeaders.get(0));
    }

    private static String token(String header) {
        if (header.isEmpty() || header.equalsIgnoreCase(SCHEME)) {
            throw refusal("no token");
        }
        boolean isBearer = header.length() > SCHEME.length()
                && header.charAt(SCHEME.length()) == ' '
                && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        if (!isBearer) {
            throw refusal("only Bearer tokens are accepted");
        }
        return header.substring(SCHEME.length() + 1);
    }

    private static ProblemException refusal(String what) {
        return new Problem.Unauthenticated("authentication required: " + what).toException();
    }
}
