package net.quicsql.hrana;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.engine.EngineFixture;
import net.quicsql.hrana.json.JsonEncoding;
import net.quicsql.http.Body;
import net.quicsql.http.Buffers;
import net.quicsql.limits.LimitsConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The handlers over a real engine. */
class HranaEngineTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private EngineFixture fixture;
    private PipelineHandler pipelines;
    private CursorHandler cursors;

    @BeforeEach
    void setUp() throws IOException {
        fixture = new EngineFixture(Files.createDirectory(folder.resolve("data")));
        HranaLimits limits = HranaLimits.of(LimitsConfig.defaults());
        JsonEncoding encoding = new JsonEncoding(limits.maxBodyBytes(), Buffers.roomy());
        pipelines = new PipelineHandler(fixture.engine(), encoding, limits);
        cursors = new CursorHandler(fixture.engine(), encoding, limits, Buffers.in(folder));
        pipeline(null, "execute", "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT UNIQUE)");
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void keepsATransactionBetweenPipelines() throws IOException {
        JsonNode begun =
                pipeline(null, "execute", "BEGIN", "execute", "INSERT INTO t(v) VALUES('a')", "get_autocommit");
        assertThat(begun.at("/results/1/response/result/last_insert_rowid").asText())
                .isEqualTo("1");
        assertThat(begun.at("/results/1/response/result/affected_row_count").asInt())
                .isEqualTo(1);
        assertThat(begun.at("/results/2/response/is_autocommit").asBoolean()).isFalse();
        JsonNode ended = pipeline(baton(begun), "execute", "COMMIT", "get_autocommit", "close", "close");
        assertThat(ended.at("/results/1/response/is_autocommit").asBoolean()).isTrue();
        assertThat(ended.at("/results/3/error/code").asText()).isEqualTo("STREAM_CLOSED");
        assertThat(ended.get("baton").isNull()).isTrue();
        assertThat(rows(cursor(null, "SELECT v FROM t"))).containsExactly("a");
    }

    @Test
    void goesOnWithACursorsBatonBeforeItsRowsAreRead() throws IOException {
        pipeline(null, "execute", "INSERT INTO t(v) VALUES('a')");
        try (Body unread = answer(null, "SELECT v FROM t")) {
            assertThat(unread.length()).isEqualTo(Body.UNKNOWN_LENGTH);
            JsonNode first = JSON.readTree(text(unread).lines().findFirst().orElseThrow());
            JsonNode next = pipeline(baton(first), "execute", "DELETE FROM t");
            assertThat(next.at("/results/0/response/result/affected_row_count").asInt())
                    .isEqualTo(1);
        }
    }

    @Test
    void keepsWhatACursorWroteThoughNobodyReadsIt() throws IOException {
        answer(null, "INSERT INTO t(v) VALUES('a'),('b') RETURNING id").close();
        assertThat(rows(cursor(null, "SELECT v FROM t ORDER BY id"))).containsExactly("a", "b");
    }

    @Test
    void writesNothingWhoseAnswerCannotBeKept() throws IOException {
        HranaLimits limits = HranaLimits.of(LimitsConfig.defaults());
        JsonEncoding encoding = new JsonEncoding(limits.maxBodyBytes(), Buffers.in(folder.resolve("missing")));
        pipelines = new PipelineHandler(fixture.engine(), encoding, limits);
        String rows = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c LIMIT 400)"
                + " INSERT INTO t(v) SELECT printf('%08d%.*c', x, 10000, 'x') FROM c RETURNING v";

        JsonNode alone = pipeline(null, "execute", rows, "execute", "SELECT count(*) FROM t");
        assertThat(alone.at("/results/0/error/code").asText()).isEqualTo("OVERLOADED");
        assertThat(alone.at("/results/1/response/result/rows/0/0/value").asText())
                .isEqualTo("0");

        JsonNode inside = pipeline(null, "execute", "BEGIN", "execute", rows, "get_autocommit", "execute", "ROLLBACK");
        assertThat(inside.at("/results/1/error/code").asText()).isEqualTo("OVERLOADED");
        assertThat(inside.at("/results/2/response/is_autocommit").asBoolean()).isFalse();
        assertThat(inside.at("/results/3/type").asText()).isEqualTo("ok");
        assertThat(rows(cursor(null, "SELECT v FROM t"))).isEmpty();
    }

    @Test
    void readsItsOwnTransactionByCursor() throws IOException {
        JsonNode begun = pipeline(null, "execute", "BEGIN", "execute", "INSERT INTO t(v) VALUES('a')");
        List<JsonNode> entries = cursor(baton(begun), "SELECT v FROM t");
        assertThat(rows(entries)).containsExactly("a");
        pipeline(baton(entries.get(0)), "execute", "ROLLBACK", "close");
        assertThat(rows(cursor(null, "SELECT v FROM t"))).isEmpty();
    }

    @Test
    void sendsManyRowsByCursor() throws IOException {
        List<JsonNode> entries = cursor(
                null, "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c LIMIT 20000) SELECT x FROM c");
        assertThat(rows(entries)).hasSize(20_000).endsWith("20000");
        assertThat(entries.get(entries.size() - 1).get("type").asText()).isEqualTo("step_end");
    }

    @Test
    void reportsEachStepsOwnError() throws IOException {
        List<JsonNode> entries = cursor(
                null,
                "INSERT INTO t(v) VALUES('a')",
                "INSERT INTO t(v) VALUES('a')",
                "SELECT * FROM nowhere",
                "",
                "SELECT 1; SELECT 2",
                "SELECT v FROM t");
        assertThat(entries.stream()
                        .filter(entry -> entry.path("type").asText().equals("step_error"))
                        .map(entry -> entry.get("step").asText() + " "
                                + entry.at("/error/code").asText()))
                .containsExactly(
                        "1 SQLITE_CONSTRAINT_UNIQUE", "2 SQLITE_ERROR", "3 SQL_NO_STATEMENT", "4 SQL_MANY_STATEMENTS");
        assertThat(rows(entries)).containsExactly("a");
    }

    private JsonNode pipeline(String baton, String... requests) throws IOException {
        StringBuilder body = new StringBuilder("{\"baton\":").append(JSON.writeValueAsString(baton));
        body.append(",\"requests\":[");
        for (int i = 0; i < requests.length; i++) {
            body.append(i > 0 ? "," : "")
                    .append("{\"type\":\"")
                    .append(requests[i])
                    .append('"');
            if (requests[i].equals("execute")) {
                i++;
                body.append(",\"stmt\":{\"sql\":")
                        .append(JSON.writeValueAsString(requests[i]))
                        .append('}');
            }
            body.append('}');
        }
        body.append("]}");
        return JSON.readTree(text(pipelines
                .handle(body.toString().getBytes(StandardCharsets.UTF_8), EngineFixture.APP, EngineFixture.DEV)
                .body()));
    }

    private List<JsonNode> cursor(String baton, String... statements) throws IOException {
        try (Body body = answer(baton, statements)) {
            List<JsonNode> entries = new ArrayList<>();
            for (String line : text(body).split("\n")) {
                entries.add(JSON.readTree(line));
            }
            return entries;
        }
    }

    private Body answer(String baton, String... statements) throws IOException {
        StringBuilder body = new StringBuilder("{\"baton\":").append(JSON.writeValueAsString(baton));
        body.append(",\"batch\":{\"steps\":[");
        for (int i = 0; i < statements.length; i++) {
            body.append(i > 0 ? "," : "")
                    .append("{\"stmt\":{\"sql\":")
                    .append(JSON.writeValueAsString(statements[i]))
                    .append("}}");
        }
        body.append("]}}");
        return cursors.handle(body.toString().getBytes(StandardCharsets.UTF_8), EngineFixture.APP, EngineFixture.DEV)
                .body();
    }

    private static String baton(JsonNode answer) {
        return answer.get("baton").asText();
    }

    private static List<String> rows(List<JsonNode> entries) {
        List<String> rows = new ArrayList<>();
        for (JsonNode entry : entries) {
            if (entry.path("type").asText().equals("row")) {
                rows.add(entry.at("/row/0/value").asText());
            }
        }
        return rows;
    }

    private static String text(Body body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        body.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
