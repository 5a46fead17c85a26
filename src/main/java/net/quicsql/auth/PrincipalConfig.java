package net.quicsql.auth;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import net.quicsql.access.AccessLevel;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code auth.principals} of the configuration: who it is, by which token it is known, what it may do.
 * Immutable.
 *
 * @param grants level by database name, {@code *} for every database
 */
public record PrincipalConfig(String name, TokenHash tokenHash, Map<String, AccessLevel> grants) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

    /** @throws IllegalArgumentException a bad name or a grant for what can be no database; the text names the key */
    public PrincipalConfig {
        requireNonNull(name, "name is null");
        requireNonNull(tokenHash, "tokenHash is null");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "auth.principals.name: must be 1 to 64 of A-Z a-z 0-9 . _ @ -, the first a letter or digit");
        }
        for (String database : grants.keySet()) {
            if (!database.equals(Principal.EVERY_DATABASE) && !DatabaseName.isLegal(database)) {
                throw new IllegalArgumentException(
                        "auth.principals.grants (" + name + "): '" + database + "' can be no database's name");
            }
        }
        grants = Map.copyOf(grants);
    }

    /** The entry as it stands in YAML. */
    @JsonCreator
    static PrincipalConfig of(
            @JsonProperty("name") @Nullable String name,
            @JsonProperty("token_sha256") @Nullable String tokenSha256,
            @JsonProperty("grants") @Nullable Map<String, String> grants) {
        if (name == null) {
            throw new IllegalArgumentException("auth.principals.name: is missing");
        }
        if (tokenSha256 == null) {
            throw new IllegalArgumentException("auth.principals.token_sha256 (" + name + "): is missing");
        }
        TokenHash hash;
        try {
            hash = TokenHash.ofHex(tokenSha256);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("auth.principals.token_sha256 (" + name + "): " + e.getMessage(), e);
        }
        Map<String, AccessLevel> levels = new LinkedHashMap<>();
        if (grants != null) {
            grants.forEach((database, level) -> levels.put(database, level(name, database, level)));
        }
        return new PrincipalConfig(name, hash, levels);
    }

    public Principal principal() {
        return new Principal(name, grants);
    }

    private static AccessLevel level(String name, String database, @Nullable String text) {
        for (AccessLevel level : AccessLevel.values()) {
            if (level.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
                return level;
            }
        }
        throw new IllegalArgumentException("auth.principals.grants (" + name + "), '" + database
                + "': must be none, read-only, read-write or admin");
    }
}
