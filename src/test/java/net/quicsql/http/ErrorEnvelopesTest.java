package net.quicsql.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorEnvelopesTest {
    private static final Problem NO_TABLE =
            new Problem.SqlFailed(ProblemCode.SQL_FAILED, 1, 1, "SQLITE_ERROR", "no such table: \"t\"");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2",
                "/v3/pipeline",
                "v3/cursor",
                "/v3-protobuf/pipeline",
                "/v1/execute",
                "/app/v2",
                "/app/v2/",
                "/app/v3/pipeline",
                "/app/v3-protobuf/cursor",
                "/app/v1/batch",
                "//app//v3//pipeline",
                "",
                "/",
                "//",
                "/app",
                "/app/",
                "//app//",
                "/-no name-"
            })
    void usesTheHranaEnvelopeOnItsPaths(String path) throws IOException {
        Answer answer = ErrorEnvelopes.error(path, new Problem.Refused(ProblemCode.INVALID_BATON, "bad \"baton\""));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.contentType()).isEqualTo("application/json");
        assertThat(text(answer))
                .isEqualTo("{\"error\":\"bad \\\"baton\\\"\",\"message\":\"bad \\\"baton\\\"\","
                        + "\"code\":\"INVALID_BATON\",\"retryable\":false}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/query", "/query/", "/Health", "/app/query", "/app/x/v3", "/v33/x", "/app/v3x", "/_admin/list"})
    void usesThePlainEnvelopeElsewhere(String path) throws IOException {
        Answer answer = ErrorEnvelopes.error(path, new Problem.NotFound("nothing"));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(text(answer))
                .isEqualTo("{\"error\":{\"message\":\"nothing\",\"reason\":\"NOT_FOUND\",\"retryable\":false}}\n");
    }

    @Test
    void givesSqliteItsNumbersInThePlainEnvelope() throws IOException {
        Answer answer = ErrorEnvelopes.error("/app/query", NO_TABLE);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(answer))
                .isEqualTo("{\"error\":{\"message\":\"no such table: \\\"t\\\"\",\"code\":1,\"extended_code\":1,"
                        + "\"reason\":\"SQLITE_ERROR\",\"retryable\":false}}\n");
    }

    @Test
    void neverTellsAFailureOnAHranaPathWithStatus200() {
        assertThat(ErrorEnvelopes.error("/app/v3/pipeline", NO_TABLE).status()).isEqualTo(422);
    }

    @Test
    void addsTheHeadersThatBelongToAProblem() {
        assertThat(headers(new Problem.MethodNotAllowed("POST"))).containsExactly(Map.entry("Allow", "POST"));
        assertThat(headers(new Problem.Unauthenticated("who?"))).containsKey("WWW-Authenticate");
        assertThat(headers(new Problem.NotFound("x"))).isEmpty();
        assertThat(headers(new Problem.Refused(ProblemCode.RATE_LIMITED, "slow")))
                .containsExactly(Map.entry("Retry-After", "1"));
    }

    private static Map<String, String> headers(Problem problem) {
        return ErrorEnvelopes.error("/app/query", problem).headers();
    }

    private static String text(Answer answer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        answer.body().writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
