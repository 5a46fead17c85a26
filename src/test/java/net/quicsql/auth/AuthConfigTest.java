package net.quicsql.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import java.io.IOException;
import java.util.Map;
import net.quicsql.access.AccessLevel;
import net.quicsql.testing.YamlText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthConfigTest {
    private static final String A = TokenHash.ofToken("a").hex();
    private static final String B = TokenHash.ofToken("b").hex();

    @Test
    void hasNoPrincipalsByDefault() throws Exception {
        assertThat(parse("{}")).isEqualTo(AuthConfig.defaults());
        assertThat(AuthConfig.defaults().principals()).isEmpty();
    }

    @Test
    void readsEveryKey() throws Exception {
        AuthConfig config = parse("""
                principals:
                  - name: ada
                    token_sha256: %s
                    grants: {"*": read-only, app: read-write, main: admin, other: none}
                  - {name: bob, token_sha256: %s}
                """.formatted(A, B));

        assertThat(config.principals())
                .containsExactly(
                        new PrincipalConfig(
                                "ada",
                                TokenHash.ofToken("a"),
                                Map.of(
                                        "*", AccessLevel.READ_ONLY,
                                        "app", AccessLevel.READ_WRITE,
                                        "main", AccessLevel.ADMIN,
                                        "other", AccessLevel.NONE)),
                        new PrincipalConfig("bob", TokenHash.ofToken("b"), Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{token_sha256: A}] | auth.principals.name: is missing",
                "[{name: x}] | auth.principals.token_sha256 (x): is missing",
                "[{name: x, token_sha256: secret}] | auth.principals.token_sha256 (x): must be the SHA-256",
                "[{name: '', token_sha256: A}] | auth.principals.name: must be",
                "[{name: x, token_sha256: A}, {name: x, token_sha256: B}] | auth.principals.name: x is there twice",
                "[{name: x, token_sha256: A}, {name: y, token_sha256: A}] | (y): another principal has the same token",
                "[{name: x, token_sha256: A, grants: {app: write}}] | (x), 'app': must be none, read-only,",
                "[{name: x, token_sha256: A, grants: {app: READ_ONLY}}] | (x), 'app': must be none, read-only,",
                "[{name: x, token_sha256: A, grants: {query: admin}}] | (x): 'query' can be no database's name",
                "[{name: x, token_sha256: A, grant: {}}] | Unrecognized field at: principals.[0].grant",
                "[{name: x, token_sha256: A, tokenHash: A}] | Unrecognized field at: principals.[0].tokenHash",
            })
    void refusesBadValuesAndUnknownKeysByTheirName(String principals, String message) {
        String yaml = "principals: " + principals.replace("256: A", "256: " + A).replace("256: B", "256: " + B);

        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }

    private static AuthConfig parse(String yaml) throws IOException, ConfigurationException {
        return YamlText.parse(AuthConfig.class, yaml);
    }
}
