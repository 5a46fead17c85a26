package net.quicsql.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "Z", "0", "9.db", "A-b_c.D", "queries", "a--", "a.."})
    void takesLettersDigitsAndAFewSigns(String text) {
        assertThat(new DatabaseName(text).value()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ".", "-", "_a", ".a", "a/b", "a b", "a\u0000", "ä", "aä", "a\u0130", "a:b", "query", "QUERY", "v3"
            })
    void refusesEverythingElse(String text) {
        assertThat(DatabaseName.parse(text)).isEmpty();
        assertThatThrownBy(() -> new DatabaseName(text)).isInstanceOf(ProblemException.class);
    }

    @Test
    void takesUpTo64Characters() {
        assertThat(DatabaseName.isLegal("a".repeat(64))).isTrue();
        assertThat(DatabaseName.isLegal("a".repeat(65))).isFalse();
    }
}
