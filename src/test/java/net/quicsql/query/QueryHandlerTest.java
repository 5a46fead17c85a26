package net.quicsql.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.quicsql.access.AccessLevel;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.http.Answer;
import net.quicsql.http.Buffers;
import net.quicsql.json.JsonInput;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryHandlerTest {
    private static final Problem UNIQUE = new Problem.SqlFailed(
            ProblemCode.SQL_CONSTRAINT, 19, 2067, "SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: t.c");

    private final FakeEngine engine = new FakeEngine();
    private final QueryHandler handler =
            new QueryHandler(engine, new JsonInput(1 << 20), QueryLimits.DEFAULT, Buffers.roomy());

    @Test
    void answersOneStatement() {
        Answer answer = handle("{\"sql\":\"select 1\",\"args\":[5]}", null);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
        assertThat(text(answer))
                .isEqualTo("{\"columns\":[\"sql\",\"args\"],\"rows\":[[\"select 1\",1]],"
                        + "\"rows_affected\":1,\"last_insert_id\":9}\n");
    }

    @Test
    void answersABatch() {
        Answer answer = handle("{\"statements\":[{\"sql\":\"select 1\"},{\"sql\":\"select 2\"}]}", null);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(answer))
                .startsWith("{\"results\":[{\"columns\":")
                .contains("select 2")
                .endsWith("}]}\n");
    }

    @Test
    void answersFailedSqlWithStatus200() {
        engine.problem = UNIQUE;
        Answer answer = handle("{\"sql\":\"select 1\"}", "return=minimal");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).isEmpty();
        assertThat(text(answer))
                .isEqualTo("{\"error\":{\"message\":\"UNIQUE constraint failed: t.c\",\"code\":19,"
                        + "\"extended_code\":2067,\"reason\":\"SQLITE_CONSTRAINT_UNIQUE\",\"retryable\":false}}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "status=strict",
                "Status = strict",
                "status=\"strict\"",
                "return=minimal, status=strict",
                "status=strict; x=\"a,b\", respond-async",
            })
    void answersFailedSqlWithAStatusWhenAsked(String prefer) {
        engine.problem = UNIQUE;
        Answer answer = handle("{\"sql\":\"select 1\"}", prefer);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.headers()).containsExactly(Map.entry("Preference-Applied", "status=strict"));
    }

    @ParameterizedTest
    @CsvSource({"status=strictly", "strict", "x-status=strict", "'return=minimal; status=strict'", "''"})
    void appliesNoOtherPreference(String prefer) {
        engine.problem = UNIQUE;

        assertThat(handle("{\"sql\":\"select 1\"}", prefer).status()).isEqualTo(200);
    }

    @Test
    void tellsMachineFailuresByStatus() {
        engine.problem = new Problem.SqlFailed(ProblemCode.SQL_BUSY, 5, 5, "SQLITE_BUSY", "database is locked");
        Answer answer = handle("{\"sql\":\"select 1\"}", null);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsEntry("Retry-After", "1");
        assertThat(text(answer)).contains("\"code\":5,\"extended_code\":5");
    }

    @Test
    void tellsWhichStatementOfABatchFailed() {
        engine.problem = UNIQUE;
        engine.failedIndex = 0;

        assertThat(text(handle("{\"statements\":[{\"sql\":\"select 1\"}]}", null)))
                .isEqualTo(
                        "{\"error\":{\"message\":\"UNIQUE constraint failed: t.c\",\"code\":19,"
                                + "\"extended_code\":2067,\"reason\":\"SQLITE_CONSTRAINT_UNIQUE\",\"retryable\":false},\"failed_index\":0}\n");
        engine.failedIndex = -1;
        assertThat(text(handle("{\"statements\":[{\"sql\":\"select 1\"}]}", null)))
                .endsWith("\"reason\":\"SQLITE_CONSTRAINT_UNIQUE\",\"retryable\":false}}\n");
    }

    @Test
    void tellsWhichStatementOfABatchIsNone() {
        Answer answer = handle("{\"statements\":[{\"sql\":\"select 1\"},{\"sql\":\" \"}]}", null);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(text(answer))
                .isEqualTo(
                        "{\"error\":{\"message\":\"no statement\",\"reason\":\"SQL_NO_STATEMENT\",\"retryable\":false},"
                                + "\"failed_index\":1}\n");
    }

    @Test
    void refusesBodiesThatAreNoQuery() {
        Answer answer = handle("{}", null);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(text(answer))
                .isEqualTo("{\"error\":{\"message\":\"give \\\"sql\\\" or \\\"statements\\\"\","
                        + "\"reason\":\"INVALID_REQUEST\",\"retryable\":false}}\n");
    }

    @Test
    void checksRightsBeforeTheBodyAndTheBodyBeforeTheDatabase() {
        engine.problem = new Problem.Refused(ProblemCode.UNKNOWN_DATABASE, "unknown database");
        Principal stranger = new Principal("bob", Map.of("other", AccessLevel.ADMIN));
        byte[] nonsense = "nonsense".getBytes(StandardCharsets.UTF_8);
        DatabaseName database = new DatabaseName("app");

        assertThat(handler.handle(nonsense, database, stranger, null).status()).isEqualTo(403);
        assertThat(handler.handle(nonsense, database, Principal.anonymous(), null)
                        .status())
                .isEqualTo(400);
        assertThat(handle("{\"sql\":\"select 1\"}", null).status()).isEqualTo(404);
    }

    private Answer handle(String body, @Nullable String prefer) {
        return handler.handle(
                body.getBytes(StandardCharsets.UTF_8), new DatabaseName("app"), Principal.anonymous(), prefer);
    }

    private static String text(Answer answer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            answer.body().writeTo(out);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(answer.body().length()).isEqualTo(out.size());
        return out.toString(StandardCharsets.UTF_8);
    }
}
