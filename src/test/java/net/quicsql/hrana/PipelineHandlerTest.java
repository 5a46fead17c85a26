package net.quicsql.hrana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.hrana.json.JsonEncoding;
import net.quicsql.http.Answer;
import net.quicsql.http.Buffers;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;

class PipelineHandlerTest {
    private static final String EMPTY_RESULT = "{\"cols\":[],\"rows\":[],\"affected_row_count\":0,"
            + "\"last_insert_rowid\":null,\"rows_read\":0,\"rows_written\":0,\"query_duration_ms\":0.000}";
    private static final String EXECUTED =
            "{\"type\":\"ok\",\"response\":{\"type\":\"execute\",\"result\":" + EMPTY_RESULT + "}}";
    private static final String CLOSED = "{\"type\":\"ok\",\"response\":{\"type\":\"close\"}}";

    private final FakeStreams streams = new FakeStreams();
    private final PipelineHandler handler = new PipelineHandler(
            streams,
            new JsonEncoding(1_000_000, Buffers.roomy()),
            new HranaLimits(1_000_000, 10_000, 1_000, 10_000),
            () -> 0L);

    @Test
    void runsNothing() throws IOException {
        assertThat(answer("{\"requests\":[]}")).isEqualTo("{\"baton\":\"next\",\"base_url\":null,\"results\":[]}");
        assertThat(streams.log).containsExactly("open app null", "release");
    }

    @Test
    void goesOnWithAStream() throws IOException {
        answer("{\"baton\":\"b\",\"requests\":[]}");
        assertThat(streams.log).containsExactly("open app b", "release");
    }

    @Test
    void answersRequestsAfterCloseWithErrors() throws IOException {
        String error = "{\"type\":\"error\",\"error\":{\"message\":\"closed\",\"code\":\"STREAM_CLOSED\"}}";
        assertThat(results(execute("X"), "{\"type\":\"close\"}", execute("X"), "{\"type\":\"close\"}"))
                .isEqualTo("{\"baton\":null,\"base_url\":null,\"results\":["
                        + String.join(",", EXECUTED, CLOSED, error, error) + "]}");
    }

    @Test
    void goesOnAfterAFailedRequest() throws IOException {
        assertThat(results(execute("FAIL"), execute("BAD"), execute("X")))
                .isEqualTo("{\"baton\":\"next\",\"base_url\":null,\"results\":["
                        + "{\"type\":\"error\",\"error\":{\"message\":\"failed\",\"code\":\"SQLITE_ERROR\"}},"
                        + "{\"type\":\"error\",\"error\":{\"message\":\"no statement\",\"code\":\"SQL_NO_STATEMENT\"}},"
                        + EXECUTED + "]}");
    }

    @Test
    void hidesWhatWentWrongInside() throws IOException {
        assertThat(results(execute("CRASH"), execute("X")))
                .containsPattern(
                        "\"message\":\"internal error \\(id [0-9a-f]+\\)\",\"code\":\"INTERNAL\"}},\\{\"type\":\"ok\"")
                .doesNotContain("driver");
        assertThat(streams.log).endsWith("release");
    }

    @Test
    void runsEveryRequest() throws IOException {
        assertThat(results(
                        "{\"type\":\"store_sql\",\"sql_id\":1,\"sql\":\"S\"}",
                        "{\"type\":\"execute\",\"stmt\":{\"sql_id\":1}}",
                        "{\"type\":\"sequence\",\"sql_id\":1}",
                        "{\"type\":\"describe\",\"sql\":\"D\"}",
                        "{\"type\":\"close_sql\",\"sql_id\":1}",
                        "{\"type\":\"execute\",\"stmt\":{\"sql_id\":1}}",
                        "{\"type\":\"get_autocommit\"}"))
                .isEqualTo("{\"baton\":\"next\",\"base_url\":null,\"results\":["
                        + "{\"type\":\"ok\",\"response\":{\"type\":\"store_sql\"}},"
                        + EXECUTED
                        + ",{\"type\":\"ok\",\"response\":{\"type\":\"sequence\"}},"
                        + "{\"type\":\"ok\",\"response\":{\"type\":\"describe\",\"result\":{\"params\":[],\"cols\":[],"
                        + "\"is_explain\":false,\"is_readonly\":true}}},"
                        + "{\"type\":\"ok\",\"response\":{\"type\":\"close_sql\"}},"
                        + "{\"type\":\"error\",\"error\":{\"message\":\"unknown\",\"code\":\"SQL_STORE_NOT_FOUND\"}},"
                        + "{\"type\":\"ok\",\"response\":{\"type\":\"get_autocommit\",\"is_autocommit\":true}}]}");
        assertThat(streams.log).containsExactly("open app null", "S", "sequence S", "release");
    }

    @Test
    void runsABatchAsItsConditionsSay() throws IOException {
        String batch = "{\"type\":\"batch\",\"batch\":{\"steps\":["
                + step("BEGIN", "null") + ","
                + step("FAIL", "{\"type\":\"ok\",\"step\":0}") + ","
                + step("SKIPPED", "{\"type\":\"ok\",\"step\":1}") + ","
                + step("RUN", "{\"type\":\"error\",\"step\":1}") + ","
                + step("SKIPPED", "{\"type\":\"error\",\"step\":2}") + ","
                + step("BAD", "null") + ","
                + step("SKIPPED", "{\"type\":\"is_autocommit\"}") + ","
                + step("COMMIT", "{\"type\":\"not\",\"cond\":{\"type\":\"is_autocommit\"}}") + ","
                + step("LAST", "{\"type\":\"is_autocommit\"}") + ","
                + step("CRASH", "null") + "]}}";
        String answer = results(batch);
        assertThat(streams.log)
                .containsExactly("open app null", "BEGIN", "FAIL", "RUN", "COMMIT", "LAST", "CRASH", "release");
        assertThat(answer)
                .contains("\"step_results\":["
                        + String.join(
                                ",",
                                EMPTY_RESULT,
                                "null",
                                "null",
                                EMPTY_RESULT,
                                "null",
                                "null",
                                "null",
                                EMPTY_RESULT,
                                EMPTY_RESULT,
                                "null")
                        + "],\"step_errors\":[null,{\"message\":\"failed\",\"code\":\"SQLITE_ERROR\"},null,null,null,"
                        + "{\"message\":\"no statement\",\"code\":\"SQL_NO_STATEMENT\"},null,null,null,{\"message\":"
                        + "\"internal error");
    }

    @Test
    void runsNothingOfABodyThatIsWrong() {
        assertThatThrownBy(() -> answer("{\"requests\":[" + execute("X") + ",{\"type\":\"what\"}]}"))
                .isInstanceOf(ProblemException.class);
        assertThat(streams.log).isEmpty();
    }

    @Test
    void throwsWhatOpeningThrows() {
        streams.refusal = new Problem.Refused(ProblemCode.INVALID_BATON, "no");
        assertThatThrownBy(() -> answer("{\"baton\":\"x\",\"requests\":[]}")).isInstanceOf(ProblemException.class);
    }

    private String results(String... requests) throws IOException {
        return answer("{\"requests\":[" + String.join(",", requests) + "]}");
    }

    private String answer(String body) throws IOException {
        Answer answer =
                handler.handle(body.getBytes(StandardCharsets.UTF_8), new DatabaseName("app"), Principal.anonymous());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        answer.body().writeTo(out);
        assertThat(answer.body().length()).isEqualTo(out.size());
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String execute(String sql) {
        return "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}";
    }

    private static String step(String sql, String condition) {
        return "{\"condition\":" + condition + ",\"stmt\":{\"sql\":\"" + sql + "\"}}";
    }
}
