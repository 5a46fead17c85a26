package net.quicsql.hrana.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.hrana.BatchCondition;
import net.quicsql.hrana.BatchStep;
import net.quicsql.hrana.CursorRequest;
import net.quicsql.hrana.PipelineRequest;
import net.quicsql.hrana.SqlText;
import net.quicsql.hrana.Stmt;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.json.JsonInput;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.SqlValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
    private final RequestReader reader = new RequestReader(new JsonInput(32 * 1024 * 1024));

    @Test
    void readsEveryRequest() {
        assertThat(requests("""
                {"type":"execute","stmt":{"sql":"SELECT 1"}},
                {"type":"batch","batch":{"steps":[]}},
                {"type":"sequence","sql":"a; b"},
                {"type":"sequence","sql_id":1},
                {"type":"describe","sql":"c"},
                {"type":"describe","sql_id":-2},
                {"type":"store_sql","sql_id":3,"sql":"d"},
                {"type":"close_sql","sql_id":3},
                {"type":"get_autocommit"},
                {"type":"close"}"""))
                .containsExactly(
                        new StreamRequest.Execute(new Stmt(SqlText.of("SELECT 1"), Arguments.none(), true)),
                        new StreamRequest.ExecuteBatch(new net.quicsql.hrana.Batch(List.of())),
                        new StreamRequest.Sequence(SqlText.of("a; b")),
                        new StreamRequest.Sequence(SqlText.stored(1)),
                        new StreamRequest.Describe(SqlText.of("c")),
                        new StreamRequest.Describe(SqlText.stored(-2)),
                        new StreamRequest.StoreSql(3, "d"),
                        new StreamRequest.CloseSql(3),
                        new StreamRequest.GetAutocommit(),
                        new StreamRequest.Close());
    }

    @Test
    void readsTheBaton() {
        assertThat(pipeline("{\"baton\":\"b\",\"requests\":[]}")).isEqualTo(new PipelineRequest("b", List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"requests\":[]}",
                "{\"baton\":null,\"requests\":[]}",
                "{\"baton\":\"\",\"requests\":[]}",
                " \r\n\t{\"requests\":[],\"more\":{\"a\":[1,{}]},\"baton\":null} \n"
            })
    void takesAMissingNullAndEmptyBatonForNone(String body) {
        assertThat(pipeline(body)).isEqualTo(new PipelineRequest(null, List.of()));
    }

    @Test
    void readsMembersInAnyOrder() {
        assertThat(requests("{\"stmt\":{\"want_rows\":false,\"args\":[{\"value\":\"7\",\"type\":\"integer\"}],"
                        + "\"sql\":\"x\"},\"type\":\"execute\"},"
                        + "{\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"y\"},\"condition\":null}]},\"type\":\"batch\"},"
                        + "{\"sql\":\"z\",\"sql_id\":9,\"type\":\"store_sql\"}"))
                .containsExactly(
                        new StreamRequest.Execute(new Stmt(
                                SqlText.of("x"), new Arguments(List.of(new SqlValue.Integer(7)), List.of()), false)),
                        new StreamRequest.ExecuteBatch(new net.quicsql.hrana.Batch(
                                List.of(new BatchStep(null, new Stmt(SqlText.of("y"), Arguments.none(), true))))),
                        new StreamRequest.StoreSql(9, "z"));
    }

    @Test
    void takesNullForAbsentInStatements() {
        assertThat(stmt("{\"sql\":\"x\",\"sql_id\":null,\"args\":null,\"named_args\":null,\"want_rows\":null,"
                        + "\"replication_index\":null}"))
                .isEqualTo(new Stmt(SqlText.of("x"), Arguments.none(), true));
    }

    @Test
    void ignoresUnknownMembersEverywhere() {
        assertThat(stmt("{\"x\":[{}],\"sql\":\"s\",\"replication_index\":\"5\",\"args\":"
                        + "[{\"y\":{},\"type\":\"null\",\"value\":{\"z\":[]}}],"
                        + "\"named_args\":[{\"q\":0,\"name\":\":a\",\"value\":{\"type\":\"text\",\"value\":\"t\","
                        + "\"base64\":7}}]}"))
                .isEqualTo(new Stmt(
                        SqlText.of("s"),
                        new Arguments(
                                List.of(SqlValue.NULL), List.of(new Arguments.Named(":a", new SqlValue.Text("t")))),
                        true));
    }

    @Test
    void skipsMembersThatATypeDoesNotHave() {
        assertThat(requests("{\"type\":\"close\",\"stmt\":7,\"batch\":[],\"sql\":{},\"sql_id\":\"x\"}"))
                .containsExactly(new StreamRequest.Close());
    }

    @Test
    void readsAStoredStatement() {
        assertThat(stmt("{\"sql_id\":4}")).isEqualTo(new Stmt(SqlText.stored(4), Arguments.none(), true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"0\" | 0",
                "\"-0\" | 0",
                "\"+5\" | 5",
                "\"9223372036854775807\" | 9223372036854775807",
                "\"-9223372036854775808\" | -9223372036854775808",
                "\"00000000000000000000000000001\" | 1",
                "9223372036854775807 | 9223372036854775807",
                "-9223372036854775808 | -9223372036854775808",
                "12 | 12"
            })
    void readsIntegers(String json, long value) {
        assertThat(value("{\"type\":\"integer\",\"value\":" + json + "}")).isEqualTo(new SqlValue.Integer(value));
        assertThat(value("{\"value\":" + json + ",\"type\":\"integer\"}")).isEqualTo(new SqlValue.Integer(value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "\"-\"",
                "\"+\"",
                "\"1.0\"",
                "\"0x1\"",
                "\" 1\"",
                "\"1 \"",
                "\"--1\"",
                "1.0",
                "1e3",
                "true",
                "[]",
                "{}",
                "\"9223372036854775808\"",
                "\"-9223372036854775809\"",
                "\"92233720368547758080\"",
                "\"18446744073709551616\"",
                "9223372036854775808",
                "\"\u0661\""
            })
    void refusesWhatIsNoInteger(String json) {
        assertInvalid(statement("{\"type\":\"integer\",\"value\":" + json + "}"));
        assertInvalid(statement("{\"value\":" + json + ",\"type\":\"integer\"}"));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "-0.0, -0.0", "1.5, 1.5", "1e3, 1000", "123456789012345678901234567890, 1.2345678901234568E29"})
    void readsAnyNumberAsAFloat(String json, double value) {
        assertThat(value("{\"type\":\"float\",\"value\":" + json + "}")).isEqualTo(new SqlValue.Real(value));
        assertThat(value("{\"value\":" + json + ",\"type\":\"float\"}")).isEqualTo(new SqlValue.Real(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "\"Infinity\"", "true", "[]"})
    void refusesWhatIsNoNumberAsAFloat(String json) {
        assertInvalid(statement("{\"type\":\"float\",\"value\":" + json + "}"));
        assertInvalid(statement("{\"value\":" + json + ",\"type\":\"float\"}"));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"'', ''", "AQ, 01", "AQ==, 01", "AQI, 0102", "AQI=, 0102", "AQID, 010203", "+/+/, fbffbf"})
    void readsBlobsPaddedOrNot(String base64, String hex) {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex);
        assertThat(((SqlValue.Blob) value("{\"type\":\"blob\",\"base64\":\"" + base64 + "\"}")).value())
                .isEqualTo(bytes);
        assertThat(((SqlValue.Blob) value("{\"base64\":\"" + base64 + "\",\"type\":\"blob\"}")).value())
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"A\"", "\"A*==\"", "\"-_-_\"", "7", "[]", "null"})
    void refusesWhatIsNoBase64(String json) {
        assertRefused(statement("{\"type\":\"blob\",\"base64\":" + json + "}"));
        assertRefused(statement("{\"base64\":" + json + ",\"type\":\"blob\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "A*==", "-_-_", "AQ=", "AQ=x"})
    void tellsThatBase64IsMalformed(String base64) {
        for (String member : List.of(
                "\"type\":\"blob\",\"base64\":\"" + base64 + "\"", "\"base64\":\"" + base64 + "\",\"type\":\"blob\"")) {
            ProblemException e =
                    catchThrowableOfType(ProblemException.class, () -> pipeline(statement("{" + member + "}")));
            assertThat(e).hasMessageStartingWith("base64 is malformed at line 1");
            assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST);
        }
    }

    @Test
    void tellsABodyThatEndsWithinBase64FromBadBase64() {
        ProblemException e = catchThrowableOfType(
                ProblemException.class,
                () -> pipeline("{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"x\",\"args\":"
                        + "[{\"type\":\"blob\",\"base64\":\"AQ"));
        assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_JSON);
    }

    @Test
    void readsText() {
        assertThat(value("{\"type\":\"text\",\"value\":\"a\\u0000\\\"\\/é😀\"}"))
                .isEqualTo(new SqlValue.Text("a\0\"/é😀"));
        assertThat(value("{\"value\":\"\",\"type\":\"text\"}")).isEqualTo(new SqlValue.Text(""));
        assertThat(value("{\"type\":\"text\",\"value\":\"\\ud83d\\ude00\"}")).isEqualTo(new SqlValue.Text("😀"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":null}",
                "{\"type\":\"number\",\"value\":1}",
                "{\"type\":1}",
                "{\"value\":1}",
                "{\"type\":\"text\"}",
                "{\"type\":\"text\",\"value\":null}",
                "{\"type\":\"text\",\"value\":1}",
                "{\"type\":\"text\",\"value\":\"\\ud800\"}",
                "{\"value\":\"\\udc00\",\"type\":\"text\"}",
                "{\"type\":\"integer\"}",
                "{\"type\":\"float\"}",
                "{\"type\":\"blob\",\"value\":\"AQ==\"}",
                "{\"type\":\"text\",\"base64\":\"AQ==\"}",
                "null",
                "1",
                "\"x\"",
                "[]"
            })
    void refusesWhatIsNoValue(String json) {
        assertInvalid(statement(json));
    }

    @Test
    void readsConditions() {
        String conditions = "{\"type\":\"ok\",\"step\":0}|{\"step\":0,\"type\":\"error\"}"
                + "|{\"type\":\"not\",\"cond\":{\"type\":\"ok\",\"step\":0}}|{\"conds\":[],\"type\":\"and\"}"
                + "|{\"type\":\"or\",\"conds\":[{\"type\":\"is_autocommit\"},{\"type\":\"ok\",\"step\":0}]}"
                + "|{\"type\":\"is_autocommit\",\"step\":null}";
        StringBuilder steps = new StringBuilder("{\"stmt\":{\"sql\":\"x\"}}");
        for (String condition : conditions.split("\\|")) {
            steps.append(",{\"condition\":").append(condition).append(",\"stmt\":{\"sql\":\"x\"}}");
        }
        CursorRequest cursor = reader.cursor(bytes("{\"baton\":null,\"batch\":{\"steps\":[" + steps + "]}}"));
        BatchCondition ok = new BatchCondition.Ok(0);
        assertThat(cursor.batch().steps())
                .extracting(BatchStep::condition)
                .containsExactly(
                        null,
                        ok,
                        new BatchCondition.Error(0),
                        new BatchCondition.Not(ok),
                        new BatchCondition.And(List.of()),
                        new BatchCondition.Or(List.of(new BatchCondition.IsAutocommit(), ok)),
                        new BatchCondition.IsAutocommit());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":\"maybe\"}",
                "{\"type\":\"ok\"}",
                "{\"type\":\"ok\",\"step\":\"0\"}",
                "{\"type\":\"ok\",\"step\":1}",
                "{\"type\":\"ok\",\"step\":2}",
                "{\"type\":\"error\",\"step\":-1}",
                "{\"type\":\"ok\",\"step\":0.0}",
                "{\"type\":\"ok\",\"step\":4294967296}",
                "{\"type\":\"not\"}",
                "{\"type\":\"not\",\"cond\":{\"type\":\"ok\",\"step\":1}}",
                "{\"type\":\"and\"}",
                "{\"type\":\"or\",\"conds\":{}}",
                "{\"type\":\"or\",\"conds\":[{\"type\":\"ok\",\"step\":9}]}",
                "{\"type\":\"and\",\"conds\":[null]}",
                "1"
            })
    void refusesWhatIsNoConditionOfTheSecondStep(String condition) {
        String body = "{\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"x\"}},{\"stmt\":{\"sql\":\"x\"},\"condition\":"
                + condition + "}]}}";
        ProblemException e = catchThrowableOfType(ProblemException.class, () -> reader.cursor(bytes(body)));
        assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "1",
                "null",
                "\"x\"",
                "{}",
                "{\"requests\":null}",
                "{\"requests\":{}}",
                "{\"requests\":[null]}",
                "{\"requests\":[[]]}",
                "{\"requests\":[{}]}",
                "{\"requests\":[{\"type\":null}]}",
                "{\"requests\":[{\"type\":\"Execute\"}]}",
                "{\"requests\":[{\"type\":\"open_stream\"}]}",
                "{\"requests\":[{\"type\":1}]}",
                "{\"baton\":1,\"requests\":[]}",
                "{\"requests\":[{\"type\":\"execute\"}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":null}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"a\",\"sql_id\":1}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":1}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"\\ud800\"}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql_id\":2147483648}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"a\",\"want_rows\":\"no\"}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"a\",\"args\":{}}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"a\",\"named_args\":[{\"name\":\"a\"}]}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"a\",\"named_args\":"
                        + "[{\"value\":{\"type\":\"null\"}}]}}]}",
                "{\"requests\":[{\"type\":\"batch\"}]}",
                "{\"requests\":[{\"type\":\"batch\",\"batch\":{}}]}",
                "{\"requests\":[{\"type\":\"batch\",\"batch\":{\"steps\":[{}]}}]}",
                "{\"requests\":[{\"type\":\"sequence\"}]}",
                "{\"requests\":[{\"type\":\"sequence\",\"sql\":\"a\",\"sql_id\":1}]}",
                "{\"requests\":[{\"type\":\"describe\"}]}",
                "{\"requests\":[{\"type\":\"store_sql\",\"sql\":\"a\"}]}",
                "{\"requests\":[{\"type\":\"store_sql\",\"sql_id\":1}]}",
                "{\"requests\":[{\"type\":\"close_sql\"}]}"
            })
    void refusesWhatIsNoPipeline(String body) {
        assertInvalid(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "{\"requests\":[}",
                "{\"requests\":[]",
                "{\"requests\":[]} x",
                "{\"requests\":[]}{}",
                "{\"requests\":[],\"requests\":[]}",
                "{\"baton\":null,\"requests\":[],\"baton\":null}",
                "{\"requests\":[{\"type\":\"close\",\"type\":\"close\"}]}",
                "{\"requests\":[],}",
                "requests",
                "{\"requests\":[{\"type\":\"close\",\"x\":{\"a\":1,\"a\":2}}]}",
                "{\"x\":NaN,\"requests\":[]}"
            })
    void refusesMalformedJson(String body) {
        ProblemException e = catchThrowableOfType(ProblemException.class, () -> pipeline(body));
        assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_JSON);
    }

    @Test
    void refusesDeepNesting() {
        String deep = "{\"type\":\"not\",\"cond\":".repeat(200) + "{\"type\":\"is_autocommit\"}" + "}".repeat(200);
        assertRefused("{\"requests\":[{\"type\":\"batch\",\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"x\"},"
                + "\"condition\":" + deep + "}]}}]}");
        assertRefused("{\"requests\":[],\"unknown\":" + "[".repeat(200) + "]".repeat(200) + "}");
    }

    @Test
    void boundsTheNumberOfRequests() {
        String body =
                "{\"requests\":[" + "{\"type\":\"close\"},".repeat(RequestReader.MAX_ITEMS) + "{\"type\":\"close\"}]}";
        assertInvalid(body);
    }

    @Test
    void tellsWhereWithoutRepeatingTheText() {
        ProblemException e = catchThrowableOfType(
                ProblemException.class, () -> pipeline("{\"requests\":[\n{\"type\":\"hunter2\"}]}"));
        assertThat(e).hasMessage("unknown request type at line 2, column 9");
    }

    private PipelineRequest pipeline(String body) {
        return reader.pipeline(bytes(body));
    }

    private List<StreamRequest> requests(String requests) {
        return pipeline("{\"requests\":[" + requests + "]}").requests();
    }

    private Stmt stmt(String stmt) {
        return ((StreamRequest.Execute)
                        requests("{\"type\":\"execute\",\"stmt\":" + stmt + "}").get(0))
                .stmt();
    }

    private SqlValue value(String value) {
        return stmt("{\"sql\":\"x\",\"args\":[" + value + "]}")
                .arguments()
                .positional()
                .get(0);
    }

    private static String statement(String value) {
        return "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"x\",\"args\":[" + value + "]}}]}";
    }

    private void assertInvalid(String body) {
        ProblemException e = catchThrowableOfType(ProblemException.class, () -> pipeline(body));
        assertThat(e).isNotNull();
        assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST);
    }

    private void assertRefused(String body) {
        ProblemException e = catchThrowableOfType(ProblemException.class, () -> pipeline(body));
        assertThat(e).isNotNull();
        assertThat(e.problem().code()).isIn(ProblemCode.INVALID_REQUEST, ProblemCode.INVALID_JSON);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
