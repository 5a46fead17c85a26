package net.quicsql.auth;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must hold of principals and addresses before the server listens. Nobody who can reach the server from elsewhere
 * gets in without a token, or with a token that is printed in the documentation. Stateless.
 */
public final class StartupChecks {
    private static final Logger LOG = LoggerFactory.getLogger(StartupChecks.class);

    /** The tokens of the configuration that is shipped for a first try. */
    private static final List<String> KNOWN_TOKENS = List.of("dev-token", "dev-reader");

    private StartupChecks() {}

    /** Whether only this machine can reach the addresses that the server listens on. */
    public enum Exposure {
        LOOPBACK,
        OTHERS
    }

    /**
     * The principals to serve with. These are the configured ones; where none is, the administrator whose token an earlier
     * start made; where there is no such token either, nobody on loopback (open mode), else an administrator with a new
     * token, which is printed and nowhere kept.
     *
     * @param console where a new token is printed, once
     * @throws IllegalArgumentException the configured principals may not be served on these addresses
     */
    public static AuthConfig effective(
            AuthConfig configured, Exposure exposure, Path dataDirectory, PrintStream console) throws IOException {
        if (!configured.principals().isEmpty()) {
            checkKnownTokens(configured, exposure);
            return configured;
        }
        Optional<PrincipalConfig> administrator = AdminToken.load(dataDirectory);
        if (administrator.isPresent()) {
            return new AuthConfig(List.of(administrator.get()));
        }
        if (exposure == Exposure.LOOPBACK) {
            LOG.warn("open mode: auth.principals is empty, so every program on this machine may read and write every"
                    + " database");
            return configured;
        }
        return new AuthConfig(List.of(makeAdministrator(dataDirectory, console)));
    }

    private static void checkKnownTokens(AuthConfig configured, Exposure exposure) {
        for (String token : KNOWN_TOKENS) {
            TokenHash hash = TokenHash.ofToken(token);
            for (PrincipalConfig principal : configured.principals()) {
                if (principal.tokenHash().matches(hash)) {
                    if (exposure == Exposure.OTHERS) {
                        throw new IllegalArgumentException(
                                "auth.principals.token_sha256 (" + principal.name() + "): "
                                        + token + " is a well-known token and may be used on a loopback address only;"
                                        + " make a token of your own, or set server.applicationConnectors.bindHost to 127.0.0.1");
                    }
                    LOG.warn(
                            "principal {} has the well-known token {}: good for a first try on this machine only",
                            principal.name(),
                            token);
                }
            }
        }
    }

    private static PrincipalConfig makeAdministrator(Path dataDirectory, PrintStream console) throws IOException {
        String token = AdminToken.generate();
        PrincipalConfig administrator = AdminToken.store(dataDirectory, TokenHash.ofToken(token));
        // Not through the log: logs are shipped and kept.
        console.println();
        console.println("No principals are configured, so an admin token was made. It is shown this once:");
        console.println();
        console.println("    " + token);
        console.println();
        console.flush();
        LOG.warn(
                "an admin token was made and printed to standard output; remove {} for a new one",
                dataDirectory.resolve(AdminToken.FILE_NAME));
        return administrator;
    }
}
