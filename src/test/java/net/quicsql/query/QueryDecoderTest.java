package net.quicsql.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.json.JsonInput;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.SqlValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryDecoderTest {
    private final QueryDecoder decoder = new QueryDecoder(new JsonInput(1 << 20));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | Null[]",
                "true | Integer[value=1]",
                "false | Integer[value=0]",
                "0 | Integer[value=0]",
                "-0 | Integer[value=0]",
                "9223372036854775807 | Integer[value=9223372036854775807]",
                "-9223372036854775808 | Integer[value=-9223372036854775808]",
                "9223372036854775808 | Real[value=9.223372036854776E18]",
                "-9223372036854775809 | Real[value=-9.223372036854776E18]",
                "1.0 | Real[value=1.0]",
                "100e0 | Real[value=100.0]",
                "1E2 | Real[value=100.0]",
                "-0.0 | Real[value=-0.0]",
                "1e-400 | Real[value=0.0]",
                "1e400 | Text[value=1e400]",
                "-1e400 | Text[value=-1e400]",
                "\"\" | Text[value=]",
                "\"\\u00e9\\ud83d\\ude00\" | Text[value=é😀]",
            })
    void bindsEachKindOfValue(String json, String expected) {
        QueryRequest.Single request = single("{\"sql\":\"s\",\"args\":[" + json + "]}");

        assertThat(request.arguments().named()).isEmpty();
        assertThat(request.arguments().positional()).hasSize(1);
        SqlValue value = request.arguments().positional().get(0);
        assertThat(value.toString()).isEqualTo(expected);
    }

    @Test
    void bindsAnIntegerBeyondTheRangeOfDoublesAsItsDigits() {
        String digits = "9".repeat(400);

        assertThat(single("{\"sql\":\"s\",\"args\":[" + digits + "]}")
                        .arguments()
                        .positional())
                .containsExactly(new SqlValue.Text(digits));
    }

    @ParameterizedTest
    @CsvSource({"'',0", "AA==,1", "AA,1", "AAA=,2", "AAA,2", "AAAA,3", "+/+/,3"})
    void readsBlobsWithAndWithoutPadding(String base64, int length) {
        Arguments arguments = single("{\"sql\":\"s\",\"args\":[{\"base64\":\"" + base64 + "\"}]}")
                .arguments();

        assertThat(((SqlValue.Blob) arguments.positional().get(0)).value()).hasSize(length);
    }

    @Test
    void readsArgumentsByName() {
        Arguments arguments = single("{\"args\":{\":a\":1,\"b\":{\"base64\":\"AA\"},\"$c\":null},\"sql\":\"s\"}")
                .arguments();

        assertThat(arguments.positional()).isEmpty();
        assertThat(arguments.named()).extracting(Arguments.Named::name).containsExactly(":a", "b", "$c");
        assertThat(arguments.named().get(1).value()).isInstanceOf(SqlValue.Blob.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sql\":\"s\"}",
                " {\"sql\":\"s\",\"args\":null}\n",
                "{\"sql\":\"s\",\"args\":[]}",
                "{\"sql\":\"s\",\"args\":{}}",
                "{\"sql\":\"s\",\"statements\":null}",
                "{\"statements\":[],\"sql\":\"s\"}",
            })
    void takesNullAndEmptyForAbsent(String body) {
        assertThat(single(body)).isEqualTo(new QueryRequest.Single("s", Arguments.none()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"statements\":[{\"sql\":\"a\"},{\"args\":[1],\"sql\":\"b\"}]}",
                "{\"sql\":\"\",\"statements\":[{\"sql\":\"a\"},{\"sql\":\"b\",\"args\":[1]}]}",
                "{\"args\":[[{}]],\"statements\":[{\"sql\":\"a\",\"args\":null},{\"sql\":\"b\",\"args\":[1]}]}",
                "{\"statements\":[{\"sql\":\"a\"},{\"sql\":\"b\",\"args\":[1]}],\"args\":[{\"base64\":[]}],\"sql\":null}",
            })
    void readsBatchesAndIgnoresArgumentsBesideThem(String body) {
        assertThat(decode(body))
                .isEqualTo(new QueryRequest.Batch(List.of(
                        new QueryRequest.Single("a", Arguments.none()),
                        new QueryRequest.Single("b", new Arguments(List.of(new SqlValue.Integer(1)), List.of())))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "{\"sql\":\"s\"",
                "{\"sql\":\"s\"}}",
                "{\"sql\":\"s\"}]",
                "{\"sql\":\"s\"} {}",
                "{\"sql\":\"s\"}x",
                "{\"sql\":\"s\",}",
                "{\"sql\":'s'}",
                "{sql:\"s\"}",
                "{\"sql\":\"s\",\"sql\":\"t\"}",
                "{\"sql\":\"s\",\"args\":[],\"args\":[]}",
                "{\"statements\":[{\"sql\":\"s\",\"sql\":\"t\"}]}",
                "{\"sql\":\"s\",\"args\":{\"a\":1,\"a\":2}}",
                "{\"sql\":\"s\",\"args\":[NaN]}",
                "{\"sql\":\"s\",\"args\":[01]}",
                "{\"sql\":\"s\",\"args\":[.5]}",
                "{\"sql\":\"a\nb\"}",
            })
    void refusesWhatIsNoJson(String body) {
        assertRefused(body, ProblemCode.INVALID_JSON);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "\"s\"",
                "1",
                "{}",
                "{\"sql\":\"\"}",
                "{\"statements\":[]}",
                "{\"args\":[1]}",
                "{\"sql\":\"s\",\"statements\":[{\"sql\":\"s\"}]}",
                "{\"sql\":1}",
                "{\"sql\":[\"s\"]}",
                "{\"sql\":\"s\",\"args\":1}",
                "{\"sql\":\"s\",\"args\":\"x\"}",
                "{\"sql\":\"s\",\"more\":1}",
                "{\"SQL\":\"s\"}",
                "{\"statements\":{}}",
                "{\"statements\":[1]}",
                "{\"statements\":[null]}",
                "{\"statements\":[\"s\"]}",
                "{\"statements\":[{}]}",
                "{\"statements\":[{\"sql\":\"\"}]}",
                "{\"statements\":[{\"sql\":\"s\",\"x\":1}]}",
                "{\"statements\":[{\"sql\":\"s\",\"statements\":[]}]}",
                "{\"sql\":\"\\ud800\"}",
                "{\"sql\":\"s\",\"args\":[\"\\udc00\\ud800\"]}",
            })
    void refusesWhatIsNoQuery(String body) {
        assertRefused(body, ProblemCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[1]",
                "{}",
                "{\"x\":1}",
                "{\"base64\":1}",
                "{\"base64\":null}",
                "{\"base64\":\"A\"}",
                "{\"base64\":\"AA=\"}",
                "{\"base64\":\"A A=\"}",
                "{\"base64\":\"__--\"}",
                "{\"base64\":\"AA\",\"x\":[{}]}",
                "{\"x\":{\"y\":[]},\"base64\":\"AA\"}",
            })
    void tellsWhichArgumentCannotBeBound(String value) {
        String message = "expected null, a boolean, a number, a string or {\"base64\":\"…\"}";

        assertArgumentRefused("{\"sql\":\"s\",\"args\":[1," + value + ",[]]}", "arg 1: " + message);
        assertArgumentRefused("{\"args\":{\"a\":1,\"b\":" + value + "},\"sql\":\"s\"}", "arg b: " + message);
        assertArgumentRefused(
                "{\"statements\":[{\"sql\":\"s\"},{\"args\":[" + value + "],\"sql\":\"s\"}]}",
                "statement 1: arg 0: " + message);
    }

    @Test
    void refusesBytesThatAreNoUtf8() {
        byte[] body = "{\"sql\":\"?\"}".getBytes(StandardCharsets.ISO_8859_1);
        body[8] = (byte) 0xFF;

        assertThatThrownBy(() -> decoder.decode(body))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_JSON));
    }

    private void assertArgumentRefused(String body, String message) {
        assertRefused(body, ProblemCode.ARGS_INVALID);
        assertThatThrownBy(() -> decode(body)).hasMessage(message);
    }

    private void assertRefused(String body, ProblemCode code) {
        assertThatThrownBy(() -> decode(body))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }

    private QueryRequest.Single single(String body) {
        return (QueryRequest.Single) decode(body);
    }

    private QueryRequest decode(String body) {
        return decoder.decode(body.getBytes(StandardCharsets.UTF_8));
    }
}
