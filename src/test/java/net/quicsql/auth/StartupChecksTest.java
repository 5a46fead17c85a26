package net.quicsql.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.quicsql.access.AccessLevel;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.auth.StartupChecks.Exposure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartupChecksTest {
    private static final AuthConfig NOBODY = AuthConfig.defaults();

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void servesTheConfiguredPrincipals() throws Exception {
        AuthConfig configured = with("a-token-of-my-own");

        assertThat(effective(configured, Exposure.OTHERS)).isEqualTo(configured);
        assertThat(effective(configured, Exposure.LOOPBACK)).isEqualTo(configured);
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev-token", "dev-reader"})
    void takesWellKnownTokensOnLoopbackOnly(String token) throws Exception {
        AuthConfig configured = with(token);

        assertThat(effective(configured, Exposure.LOOPBACK)).isEqualTo(configured);
        assertThatThrownBy(() -> effective(configured, Exposure.OTHERS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("auth.principals.token_sha256 (somebody): " + token + " is a well-known token")
                .hasMessageNotContaining("\n");
    }

    @Test
    void isOpenOnLoopbackWithoutPrincipals() throws Exception {
        assertThat(effective(NOBODY, Exposure.LOOPBACK)).isEqualTo(NOBODY);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void makesAnAdminTokenOnceWhereOthersCanReachTheServer() throws Exception {
        Path data = directory.resolve("data");
        AuthConfig first = StartupChecks.effective(NOBODY, Exposure.OTHERS, data, console());
        Matcher token =
                Pattern.compile("^ +(qs_[A-Za-z0-9_-]{43})$", Pattern.MULTILINE).matcher(output());

        assertThat(token.find()).isTrue();
        Principal administrator = new Authenticators(first).authenticate("Bearer " + token.group(1));
        assertThat(administrator.name()).isEqualTo("admin");
        assertThat(administrator.levelFor(new DatabaseName("app"))).isEqualTo(AccessLevel.ADMIN);

        printed.reset();
        AuthConfig second = StartupChecks.effective(NOBODY, Exposure.OTHERS, data, console());
        assertThat(second).isEqualTo(first);
        assertThat(output()).isEmpty();

        Path file = data.resolve("admin-token.sha256");
        assertThat(file).hasContent(TokenHash.ofToken(token.group(1)).hex());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(data)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void staysClosedOnLoopbackOnceThereIsAnAdminToken() throws Exception {
        AuthConfig made = effective(NOBODY, Exposure.OTHERS);

        assertThat(effective(NOBODY, Exposure.LOOPBACK)).isEqualTo(made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no hash", "5e88"})
    void doesNotStartWithADamagedHash(String content) throws Exception {
        Files.writeString(directory.resolve("admin-token.sha256"), content);

        assertThatThrownBy(() -> effective(NOBODY, Exposure.OTHERS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("admin-token.sha256 does not hold an admin token's hash");
    }

    private static AuthConfig with(String token) {
        return new AuthConfig(List.of(new PrincipalConfig("somebody", TokenHash.ofToken(token), Map.of())));
    }

    private AuthConfig effective(AuthConfig configured, Exposure exposure) throws IOException {
        return StartupChecks.effective(configured, exposure, directory, console());
    }

    private PrintStream console() {
        return new PrintStream(printed, true, StandardCharsets.UTF_8);
    }

    private String output() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
