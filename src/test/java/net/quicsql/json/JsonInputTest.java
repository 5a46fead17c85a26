package net.quicsql.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonInputTest {
    private final JsonInput input = new JsonInput(1_000_000);

    @Test
    void readsOneValue() {
        assertThat(text("\"a\\u00e9\\ud83d\\ude00\"")).isEqualTo("aé😀");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "\"a",
                "nul",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "[1,]",
                "NaN",
                "01",
                "\"\\x\"",
                "\"\t\"",
                "1 2",
                "{} {}",
                "[] x",
                "/* */ 1"
            })
    void refusesMalformedText(String json) {
        assertProblem(() -> tokens(json), ProblemCode.INVALID_JSON);
    }

    @Test
    void refusesBytesThatAreNoUnicode() {
        byte[][] bodies = {{'"', (byte) 0xFF, '"'}, {0, 0, 1, 2, 3, 4}, {(byte) 0xFF, (byte) 0xFE, 0, 0, 5, 6, 7}};
        for (byte[] body : bodies) {
            assertProblem(() -> tokens(body), ProblemCode.INVALID_JSON);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"\u00c0\u0080\"}",
                "{\"a\":\"\u00c1\u0081\"}",
                "{\"a\":\"\u00e0\u0080\u00af\"}",
                "{\"a\":\"\u00f0\u0080\u0080\u00af\"}",
                "{\"a\":\"\u00ed\u00a0\u0080\"}",
                "{\"a\":\"\u00f4\u0090\u0080\u0080\"}",
                "{\"a\":\"\u0080\"}",
                "{\"a\":\"\u00e2\u0082\"}",
                "{\"\u00c1\u0081\":1  }"
            })
    void refusesWhatIsNotUtf8AndTellsWhere(String latin) {
        byte[] body = latin.getBytes(StandardCharsets.ISO_8859_1);
        int offset = latin.startsWith("{\"a") ? 6 : 2;
        assertThatThrownBy(() -> input.read(body, JsonInputTest::skipped))
                .hasMessage("the body is not UTF-8 text: see the byte at offset " + offset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
    void refusesOtherEncodings(String charset) {
        byte[] body = "{\"a\":1}".getBytes(Charset.forName(charset));
        assertThatThrownBy(() -> tokens(body)).hasMessageStartingWith("the body is not UTF-8 text");
    }

    @Test
    void takesAByteOrderMarkOfUtf8() {
        assertThat(tokens("\uFEFF{\"a\":1}")).isEqualTo(4);
        assertThatThrownBy(() -> tokens("\uFEFF")).hasMessage("the body is empty");
        assertProblem(() -> tokens("\uFEFF\uFEFF1"), ProblemCode.INVALID_JSON);
    }

    @Test
    void limitsNestingAndNumbers() {
        assertThat(tokens("[".repeat(100) + "]".repeat(100))).isEqualTo(200);
        assertProblem(() -> tokens("[".repeat(101) + "]".repeat(101)), ProblemCode.INVALID_JSON);
        assertThat(tokens("1".repeat(1000))).isEqualTo(1);
        assertProblem(() -> tokens("1".repeat(1001)), ProblemCode.INVALID_JSON);
        assertProblem(() -> tokens("0." + "1".repeat(1001)), ProblemCode.INVALID_JSON);
    }

    @Test
    void readsStringsAsLongAsTheLimit() {
        String exact = "x".repeat(1_000_000);
        assertThat(text('"' + exact + '"')).isEqualTo(exact);
        assertProblem(() -> text('"' + exact + "x\""), ProblemCode.INVALID_JSON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\ud800\"", "\"\\udc00\"", "\"a\\ud83d\"", "\"\\ud83dx\"", "\"\\ude00\\ud83d\""})
    void refusesHalfOfASurrogatePair(String json) {
        assertProblem(() -> text(json), ProblemCode.INVALID_REQUEST);
    }

    @Test
    void refusesHalfOfASurrogatePairWrittenAsBytes() {
        byte[] body = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};
        assertThatThrownBy(() -> input.read(body, JsonInputTest::firstText)).isInstanceOf(ProblemException.class);
    }

    @Test
    void refusesATokenThatIsNoString() {
        assertProblem(() -> text("1"), ProblemCode.INVALID_REQUEST);
    }

    @Test
    void tellsThePlaceAndNotTheText() {
        assertThatThrownBy(() -> tokens("{\"secret\":\n  hunter2}"))
                .isInstanceOf(ProblemException.class)
                .hasMessageMatching("malformed JSON at line 2, column \\d+");
        assertThatThrownBy(() -> tokens("{\"secret\":1,\"secret\":2}"))
                .hasMessageMatching("a field is given twice in an object at line 1, column \\d+");
    }

    private static boolean skipped(JsonParser parser) throws java.io.IOException {
        parser.nextToken();
        parser.skipChildren();
        return true;
    }

    private String text(String json) {
        return input.read(json.getBytes(StandardCharsets.UTF_8), JsonInputTest::firstText);
    }

    private static String firstText(JsonParser parser) throws java.io.IOException {
        parser.nextToken();
        return JsonInput.text(parser);
    }

    private int tokens(String json) {
        return tokens(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Counts the tokens of a body's only value. */
    private int tokens(byte[] body) {
        return input.read(body, parser -> {
            if (parser.nextToken() == null) {
                throw JsonInput.empty();
            }
            int count = 1;
            while (!parser.getParsingContext().inRoot()) {
                parser.nextToken();
                count++;
            }
            if (parser.currentToken().isNumeric()) {
                parser.getNumberValue();
            }
            return count;
        });
    }

    private static void assertProblem(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ProblemCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }
}
