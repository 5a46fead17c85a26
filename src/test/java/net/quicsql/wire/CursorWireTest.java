package net.quicsql.wire;

import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.cursor;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.failed;
import static net.quicsql.wire.Requests.integer;
import static net.quicsql.wire.Requests.ok;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.Requests.stepIf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors: their lines, their batons, and readers that leave. */
class CursorWireTest {
    /** More than the sockets between server and client hold. */
    private static final int MANY_ROWS = 400_000;

    private static final String MANY = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT "
            + MANY_ROWS + ") SELECT x, 'some text to make the row longer' FROM c";

    @RegisterExtension
    static final WireServer SERVER =
            WireServer.with("cursor_buffer: 16KiB", "max_cursor_spool: 1MiB", "max_response_size: 1MiB");

    private final HranaClient client = SERVER.client();

    @BeforeEach
    void makeTable() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
    }

    @Test
    void sendsAPreludeAndThenEntriesInOrder() throws IOException {
        HttpResponse<String> reply = client.post(
                "v3/cursor", cursor(null, step("INSERT INTO t(v) VALUES('a'),('b')"), step("SELECT id, v FROM t")));
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(HranaClient.contentType(reply)).isEqualTo("text/plain");
        List<String> lines = reply.body().lines().toList();
        assertThat(reply.body()).endsWith("}\n").doesNotContain("replication_index");
        assertThat(lines.get(0)).startsWith("{\"baton\":\"").endsWith("\",\"base_url\":null}");
        assertThat(lines.subList(1, lines.size()))
                .containsExactly(
                        "{\"type\":\"step_begin\",\"step\":0,\"cols\":[]}",
                        "{\"type\":\"step_end\",\"affected_row_count\":2,\"last_insert_rowid\":\"2\"}",
                        "{\"type\":\"step_begin\",\"step\":1,\"cols\":[{\"name\":\"id\",\"decltype\":\"INTEGER\"},"
                                + "{\"name\":\"v\",\"decltype\":null}]}",
                        "{\"type\":\"row\",\"row\":[{\"type\":\"integer\",\"value\":\"1\"},"
                                + "{\"type\":\"text\",\"value\":\"a\"}]}",
                        "{\"type\":\"row\",\"row\":[{\"type\":\"integer\",\"value\":\"2\"},"
                                + "{\"type\":\"text\",\"value\":\"b\"}]}",
                        "{\"type\":\"step_end\",\"affected_row_count\":0,\"last_insert_rowid\":null}");
    }

    @Test
    void sendsTheSameEntriesOfReadsAlone() throws IOException {
        CursorEntries entries = client.cursor(null, step("SELECT ?", integer(7)), step("SELECT 8 WHERE 0"));
        assertThat(entries.texts()).containsExactly("begin 0", "row 7", "end 0", "begin 1", "end 0");
    }

    @Test
    void ignoresUnknownMembersAndTakesNullForAbsent() throws IOException {
        String body =
                "{'x':[{}],'batch':{'replication_index':null,'steps':[{'condition':null,'y':1,'stmt':{'sql':'SELECT ?',"
                        + "'sql_id':null,'args':[{'type':'null','value':null}],'named_args':null,'want_rows':null,'z':{}}}]},"
                        + "'baton':null}";
        HttpResponse<String> reply = client.post("v3/cursor", body.replace('\'', '"'));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(CursorEntries.of(reply.body()).texts()).containsExactly("begin 0", "row NULL", "end 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, -1, Integer.MAX_VALUE})
    void refusesAConditionOnItselfOrALaterStep(int step) throws IOException {
        String body = cursor(null, step("INSERT INTO t(v) VALUES(1)"), stepIf(ok(step), "SELECT 1"));
        assertThat(HranaClient.refusal(client.post("v3/cursor", body), 400)).isEqualTo("INVALID_REQUEST");
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void sendsNothingOfSkippedSteps() throws IOException {
        CursorEntries entries = client.cursor(
                null,
                step("SELECT 1"),
                stepIf(failed(0), "SELECT 2"),
                stepIf(ok(1), "SELECT 3"),
                stepIf(ok(0), "SELECT 4"),
                stepIf("{\"type\":\"is_autocommit\"}", "SELECT 5"));
        assertThat(entries.texts())
                .containsExactly("begin 0", "row 1", "end 0", "begin 3", "row 4", "end 0", "begin 4", "row 5", "end 0");
    }

    @Test
    void reportsAStepThatFailsBeforeItsRows() throws IOException {
        CursorEntries entries = client.cursor(
                null, step("SELECT * FROM nowhere"), step("SELEKT"), step(""), step("SELECT ?"), step("SELECT 1"));
        assertThat(entries.texts())
                .containsExactly(
                        "error 0 SQLITE_ERROR",
                        "error 1 SQLITE_ERROR",
                        "error 2 SQL_NO_STATEMENT",
                        "error 3 ARGS_INVALID",
                        "begin 4",
                        "row 1",
                        "end 0");
        assertThat(client.pipeline(entries.baton(), execute("SELECT 1")).codes())
                .containsExactly("ok");
    }

    @Test
    void reportsAStepThatFailsAfterSomeRows() throws IOException {
        String fails = "SELECT 1 UNION ALL SELECT abs(-9223372036854775808)";
        CursorEntries detached = client.cursor(null, step(fails), step("SELECT 2"));
        assertThat(detached.texts())
                .containsExactly("begin 0", "row 1", "error 0 SQLITE_ERROR", "begin 1", "row 2", "end 0");
        CursorEntries spooled = client.cursor(null, step("DELETE FROM t"), step(fails));
        assertThat(spooled.texts()).containsExactly("begin 0", "end 0", "begin 1", "row 1", "error 1 SQLITE_ERROR");
    }

    @Test
    void goesOnWithTheBatonBeforeTheBodyIsRead() throws IOException {
        try (BufferedReader lines = open(null, step(MANY))) {
            String baton =
                    HranaClient.JSON.readTree(lines.readLine()).get("baton").textValue();
            Results next = client.pipeline(baton, execute("INSERT INTO t(v) VALUES('a')"), GET_AUTOCOMMIT);
            assertThat(next.codes()).containsExactly("ok", "ok");
            assertThat(client.pipeline(next.baton(), execute("SELECT v FROM t")).rows(0))
                    .containsExactly("'a'");
            assertThat(lines.lines().count()).isEqualTo(MANY_ROWS + 2);
        }
    }

    @Test
    void goesOnWithTheBatonOfABodyThatWasAbandoned() throws IOException {
        String baton;
        try (BufferedReader lines = open(null, step(MANY))) {
            baton = HranaClient.JSON.readTree(lines.readLine()).get("baton").textValue();
        }
        HranaStream stream = client.stream(baton).run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES(1)", "COMMIT");
        assertThat(stream.cursor(step("SELECT v FROM t")).rows()).containsExactly("1");
    }

    @Test
    void goesOnInATransactionBeforeTheBodyIsRead() throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES('a')");
        try (BufferedReader lines = open(stream.baton(), step("SELECT v FROM t"))) {
            String baton =
                    HranaClient.JSON.readTree(lines.readLine()).get("baton").textValue();
            Results next = client.pipeline(baton, GET_AUTOCOMMIT, execute("COMMIT"));
            assertThat(next.autocommit(0)).isFalse();
            assertThat(lines.lines().count()).isEqualTo(3);
        }
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'a'");
    }

    @Test
    void writesEverythingThoughTheReaderStopsEarly() throws IOException {
        String insert = "INSERT INTO t(v) WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 5000)"
                + " SELECT x FROM c RETURNING id, 'some text to make the row longer'";
        try (BufferedReader lines = open(null, step(insert))) {
            assertThat(lines.readLine()).contains("baton");
        }
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("5000");
    }

    @Test
    void keepsWhatItWroteInATransactionThoughTheReaderStopsEarly() throws IOException {
        HranaStream stream = client.stream().run("BEGIN");
        String insert = "INSERT INTO t(v) WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 5000)"
                + " SELECT x FROM c RETURNING id, 'some text to make the row longer'";
        String baton;
        try (BufferedReader lines = open(stream.baton(), step(insert))) {
            baton = HranaClient.JSON.readTree(lines.readLine()).get("baton").textValue();
        }
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
        Results ended = client.pipeline(baton, GET_AUTOCOMMIT, execute("COMMIT"), GET_AUTOCOMMIT);
        assertThat(ended.autocommit(0)).isFalse();
        assertThat(ended.autocommit(2)).isTrue();
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("5000");
    }

    /** A server that compresses, or gathers what it sends, would keep a reader waiting for rows that are there. */
    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip", "gzip, deflate, br, zstd"})
    void sendsRowsWhileTheNextOneIsLookedForThoughTheClientTakesCompression(String accepted) throws Exception {
        long before = SERVER.counter("quicsql.app.hangups");
        String slow = "SELECT 'first' UNION ALL SELECT count(*) FROM (WITH RECURSIVE c(x) AS"
                + " (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c)";
        String body = cursor(null, step(slow));
        try (RawConnection connection = new RawConnection(SERVER.port())) {
            connection.send("POST /app/v3/cursor HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: " + accepted
                    + "\r\nAuthorization: Bearer " + WireServer.DEV + "\r\nContent-Length: " + body.length()
                    + "\r\n\r\n"
                    + body);
            StringBuilder received = new StringBuilder();
            while (received.indexOf("\"first\"") < 0) {
                int next = connection.socket().getInputStream().read();
                assertThat(next).as(received.toString()).isNotNegative();
                received.append((char) next);
            }
            assertThat(received.toString()).doesNotContainIgnoringCase("Content-Encoding");
        }
        // The statement had not ended, or nobody could have hung up on it.
        Await.until("the read is ended", () -> SERVER.counter("quicsql.app.hangups") > before);
    }

    @Test
    void streamsReadsThatAreLargerThanAnyBuffer() throws IOException {
        long lines = 0;
        try (BufferedReader reader = open(null, step(MANY))) {
            JsonNode last = null;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines++;
                if (lines > MANY_ROWS + 2) {
                    last = HranaClient.JSON.readTree(line);
                }
            }
            assertThat(last).isNotNull();
            assertThat(last.get("type").textValue()).isEqualTo("step_end");
        }
        assertThat(lines).isEqualTo(MANY_ROWS + 3);
    }

    @Test
    void endsRowsThatMustBeKeptAndFindNoRoomWithAnError() throws IOException {
        HranaStream stream = client.stream().run("BEGIN");
        CursorEntries entries = stream.cursor(step(MANY), step("SELECT 1"));
        JsonNode last = entries.entries().get(entries.entries().size() - 1);
        List<String> texts = entries.texts();
        assertThat(texts).contains("error 0 RESPONSE_TOO_LARGE");
        assertThat(texts.size()).isLessThan(MANY_ROWS);
        assertThat(last.get("type").textValue()).isEqualTo("step_error");
        assertThat(stream.isAutocommit()).isFalse();
        stream.close();
    }

    @Test
    void answersAPipelineWhoseResultIsTooLargeWithAnError() throws IOException {
        Results results = client.pipeline(null, execute("SELECT 1"), execute(MANY), execute("SELECT 2"));
        assertThat(results.codes()).containsExactly("ok", "RESPONSE_TOO_LARGE", "ok");
        assertThat(results.message(1)).contains("limits.max_response_size");
        assertThat(results.rows(2)).containsExactly("2");
    }

    @Test
    void opensAndEndsTransactionsByCursor() throws IOException {
        HranaStream stream = client.stream();
        assertThat(stream.cursor(step("BEGIN"), step("INSERT INTO t(v) VALUES(1) RETURNING v"))
                        .texts())
                .containsExactly("begin 0", "end 0", "begin 1", "row 1", "end 1");
        assertThat(stream.isAutocommit()).isFalse();
        stream.cursor(step("ROLLBACK"));
        assertThat(stream.isAutocommit()).isTrue();
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void refusesBadCursorsAsPipelinesAreRefused() throws IOException {
        for (String body : new String[] {"", "{", "{}", "{\"batch\":{}}", "{\"batch\":{\"steps\":[{}]}}"}) {
            assertThat(HranaClient.refusal(client.post("v3/cursor", body), 400))
                    .isIn("INVALID_JSON", "INVALID_REQUEST");
        }
        String forged = cursor("forged", step("SELECT 1"));
        assertThat(HranaClient.refusal(client.post("v3/cursor", forged), 400)).isEqualTo("INVALID_BATON");
        HttpResponse<String> unknown =
                SERVER.client("nowhere", WireServer.DEV).post("v3/cursor", cursor(null, step("SELECT 1")));
        assertThat(HranaClient.refusal(unknown, 404)).isEqualTo("UNKNOWN_DATABASE");
    }

    private BufferedReader open(String baton, String... steps) throws IOException {
        HttpResponse<InputStream> reply = client.post("v3/cursor", cursor(baton, steps), BodyHandlers.ofInputStream());
        assertThat(reply.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
    }
}
