package net.quicsql.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import net.quicsql.access.AccessLevel;
import net.quicsql.access.Principal;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorsTest {
    private final Authenticators closed = new Authenticators(new AuthConfig(List.of(
            new PrincipalConfig("ada", TokenHash.ofToken("ada-token"), Map.of("*", AccessLevel.ADMIN)),
            new PrincipalConfig("bob", TokenHash.ofToken("bob-token"), Map.of("app", AccessLevel.READ_ONLY)))));

    private final Authenticators open = new Authenticators(AuthConfig.defaults());

    @ParameterizedTest
    @CsvSource({
        "Bearer ada-token, ada",
        "bearer ada-token, ada",
        "BEARER bob-token, bob",
    })
    void knowsAPrincipalByItsToken(String header, String name) {
        assertThat(closed.authenticate(header).name()).isEqualTo(name);
    }

    @Test
    void givesThePrincipalItsGrants() {
        assertThat(closed.authenticate("Bearer bob-token"))
                .isEqualTo(new Principal("bob", Map.of("app", AccessLevel.READ_ONLY)));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "Bearer", "Bearer ", "bearer  "})
    void refusesARequestWithoutAToken(String header) {
        assertThat(refusal(header)).hasMessage("authentication required: no token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer wrong",
                "Bearer ada-toke",
                "Bearer ada-token1",
                "Bearer Ada-token",
                "Bearer  ada-token",
                "Bearer ada-token ada-token",
                "Bearer ada-token, Bearer bob-token",
            })
    void refusesAWrongToken(String header) {
        assertThat(refusal(header))
                .hasMessage("authentication required: unknown token")
                .message()
                .doesNotContain("ada");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YWRhOmFkYS10b2tlbg==", "ada-token", "Bearerada-token", "Bearer\tada-token"})
    void refusesOtherSchemes(String header) {
        assertThat(refusal(header)).hasMessage("authentication required: only Bearer tokens are accepted");
    }

    @Test
    void refusesTwoHeadersEvenWhereBothAreRight() {
        ProblemException refused = catchThrowableOfType(
                ProblemException.class, () -> closed.authenticate(List.of("Bearer ada-token", "Bearer ada-token")));

        assertThat(refused.problem().code()).isEqualTo(ProblemCode.UNAUTHENTICATED);
        assertThat(closed.authenticate(List.of("Bearer ada-token")).name()).isEqualTo("ada");
        assertThat(catchThrowableOfType(ProblemException.class, () -> closed.authenticate(List.of())))
                .hasMessage("authentication required: no token");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "Bearer ", "Bearer whatever", "Basic eDp5"})
    void letsEverybodyInInOpenMode(String header) {
        assertThat(open.isOpen()).isTrue();
        assertThat(open.authenticate(header)).isEqualTo(Principal.anonymous());
        assertThat(open.authenticate(List.of("Bearer a", "Bearer b"))).isEqualTo(Principal.anonymous());
        assertThat(closed.isOpen()).isFalse();
    }

    private ProblemException refusal(String header) {
        ProblemException refused = catchThrowableOfType(ProblemException.class, () -> closed.authenticate(header));
        assertThat(refused.problem().code()).isEqualTo(ProblemCode.UNAUTHENTICATED);
        return refused;
    }
}
