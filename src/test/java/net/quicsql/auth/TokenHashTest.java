package net.quicsql.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenHashTest {
    /** {@code printf %s password | sha256sum}. */
    private static final String OF_PASSWORD = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";

    @Test
    void isWhatSha256sumPrints() {
        assertThat(TokenHash.ofToken("password")).isEqualTo(TokenHash.ofHex(OF_PASSWORD));
        assertThat(TokenHash.ofToken("password").hex()).isEqualTo(OF_PASSWORD);
        assertThat(TokenHash.ofToken("password")).hasSameHashCodeAs(TokenHash.ofHex(OF_PASSWORD.toUpperCase()));
        assertThat(TokenHash.ofToken("Password")).isNotEqualTo(TokenHash.ofHex(OF_PASSWORD));
    }

    @Test
    void isMaskedWhenPrinted() {
        assertThat(TokenHash.ofHex(OF_PASSWORD)).asString().doesNotContain("5e88", "d8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5e88", "my-own-token", OF_PASSWORD + "00"})
    void refusesWhatIsNoHashWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> TokenHash.ofHex(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be the SHA-256 of the token, 64 hexadecimal digits")
                .hasNoCause();
    }
}
