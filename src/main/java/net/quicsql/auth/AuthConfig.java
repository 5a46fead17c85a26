package net.quicsql.auth;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code auth} of the configuration. Without principals the server is in open mode: everybody may read and
 * write. Immutable.
 */
public record AuthConfig(List<PrincipalConfig> principals) {

    /** @throws IllegalArgumentException two principals share a name or a token; the text names the key */
    public AuthConfig {
        principals = List.copyOf(principals);
        Set<String> names = new HashSet<>();
        Set<TokenHash> hashes = new HashSet<>();
        for (PrincipalConfig principal : principals) {
            if (!names.add(principal.name())) {
                throw new IllegalArgumentException("auth.principals.name: " + principal.name() + " is there twice");
            }
            if (!hashes.add(principal.tokenHash())) {
                throw new IllegalArgumentException("auth.principals.token_sha256 (" + principal.name()
                        + "): another principal has the same token");
            }
        }
    }

    public static AuthConfig defaults() {
        return of(null);
    }

    /** The section as it stands in YAML. */
    @JsonCreator
    static AuthConfig of(@JsonProperty("principals") @Nullable List<PrincipalConfig> principals) {
        return new AuthConfig(principals == null ? List.of() : principals);
    }
}
