package net.quicsql.auth;

import io.dropwizard.auth.Authenticator;
import java.util.List;
import java.util.Optional;
import net.quicsql.access.Principal;

/** Finds the principal that a token belongs to, in a time that does not tell which one it is. Immutable. */
public final class BearerAuthenticator implements Authenticator<String, Principal> {
    private final List<Entry> entries;

    public BearerAuthenticator(AuthConfig config) {
        entries = config.principals().stream()
                .map(principal -> new Entry(principal.tokenHash(), principal.principal()))
                .toList();
    }

    @Override
    public Optional<Principal> authenticate(String token) {
        TokenHash presented = TokenHash.ofToken(token);
        Optional<Principal> found = Optional.empty();
        for (Entry entry : entries) {
            // No early exit: the time taken would tell how far down the list the token is.
            if (entry.hash().matches(presented)) {
                found = entry.found();
            }
        }
        return found;
    }

    private record Entry(TokenHash hash, Optional<Principal> found) {
        Entry(TokenHash hash, Principal principal) {
            this(hash, Optional.of(principal));
        }
    }
}
