package net.quicsql.wire;

import static net.quicsql.wire.Requests.quote;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The version before Hrana 1, as DBeaver's JDBC driver speaks it: a list of statements at the bare address. */
class StatementsWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with("max_response_size: 1MiB", "max_hrana_body: 1MiB");

    private static final String TOKEN = "Bearer " + WireServer.DEV;
    private static final String SELECT = statements("\"SELECT 42 AS n\"");

    private final HranaClient client = SERVER.client();

    @BeforeEach
    void makeTable() throws IOException {
        client.run(
                "DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE, w); CREATE INDEX i ON t(w)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "", "//", "/app", "/app/", "//app//", "/app?x=1"})
    void answersAtTheBareAddress(String path) throws IOException {
        HttpResponse<String> reply = client.send("POST", path, SELECT, "Authorization", TOKEN);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(HranaClient.contentType(reply)).isEqualTo("application/json");
        JsonNode results = HranaClient.JSON.readTree(reply.body()).at("/0/results");
        assertThat(results.get("columns").toString()).isEqualTo("[\"n\"]");
        assertThat(results.get("rows").toString()).isEqualTo("[[42]]");
        assertThat(results.get("rows_read").intValue()).isZero();
        assertThat(results.get("rows_written").intValue()).isZero();
        assertThat(results.get("query_duration_ms").isNumber()).isTrue();
        assertThat(results).hasSize(5);
    }

    @Test
    void answersEveryStatementWithAnItem() throws IOException {
        assertThat(answer()).isEmpty();
        JsonNode items = answer(
                "\"INSERT INTO t(v) VALUES(1), (2)\"",
                "\"SELECT v FROM t\"",
                "{\"q\":\"DELETE FROM t\",\"more\":[{}]}");
        assertThat(items).hasSize(3);
        assertThat(items.at("/0/results/columns").toString()).isEqualTo("[]");
        assertThat(items.at("/0/results/rows").toString()).isEqualTo("[]");
        assertThat(items.at("/1/results/rows").toString()).isEqualTo("[[1],[2]]");
        assertThat(items.at("/2/results/rows_written").intValue()).isEqualTo(2);
    }

    /** The driver takes this number for an update's count; an index has entries of its own. */
    @Test
    void countsChangedRowsAsRowsWritten() throws IOException {
        JsonNode items = answer(
                "\"INSERT INTO t(v, w) VALUES(1, 1), (2, 2), (3, 3)\"",
                "\"UPDATE t SET w = 0 WHERE v > 1\"",
                "\"SELECT * FROM t\"",
                "\"CREATE TABLE IF NOT EXISTS t(x)\"",
                "\"INSERT INTO t(v) VALUES(4) RETURNING id\"");
        assertThat(items.findValuesAsText("rows_written")).containsExactly("3", "2", "0", "0", "1");
        assertThat(items.at("/4/results/rows").toString()).isEqualTo("[[4]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "null                    | null    | null",
                "true                    | integer | 1",
                "-9223372036854775808    | integer | -9223372036854775808",
                "9223372036854775807     | integer | 9223372036854775807",
                "9007199254740993        | integer | 9007199254740993",
                "9223372036854775808     | real    | 9.223372036854775807E18",
                "1.0                     | real    | 1.0",
                "1e400                   | text    | \"1e400\"",
                "\"\"                    | text    | \"\"",
                "\"a\\u0000b/\\\"😀\"    | text    | \"a\\u0000b/\\\"😀\"",
                "{\"base64\":\"\"}       | blob    | {\"base64\":\"\"}",
                "{\"base64\":\"AA==\"}   | blob    | {\"base64\":\"AA\"}",
                "{\"base64\":\"AA\"}     | blob    | {\"base64\":\"AA\"}",
                "{\"base64\":\"AAH/\"}   | blob    | {\"base64\":\"AAH/\"}",
            })
    void carriesValues(String param, String type, String value) throws IOException {
        for (String params : new String[] {"[" + param + "]", "{\"v\":" + param + "}"}) {
            JsonNode row = answer("{\"q\":\"SELECT typeof(:v), :v\",\"params\":" + params + "}")
                    .at("/0/results/rows/0");
            assertThat(row.get(0).textValue()).isEqualTo(type);
            assertThat(row.get(1)).isEqualTo(HranaClient.JSON.readTree(value));
        }
    }

    @Test
    void staysJsonWhereANumberIsInfinite() throws IOException {
        assertThat(answer("\"SELECT 1e999, -1e999\"").at("/0/results/rows").toString())
                .isEqualTo("[[null,null]]");
    }

    @Test
    void tellsAFailureAsATextInItsPlaceAndRunsNothingBehindIt() throws IOException {
        JsonNode items = answer(
                "\"INSERT INTO t(v) VALUES(1)\"",
                "\"INSERT INTO t(v) VALUES(1)\"",
                "\"INSERT INTO t(v) VALUES(2)\"",
                "\"COMMIT\"");
        assertThat(items).hasSize(4);
        assertThat(items.at("/0/results/rows_written").intValue()).isEqualTo(1);
        assertThat(items.get(1).toString())
                .isEqualTo("{\"error\":\"UNIQUE constraint failed: t.v\",\"code\":\"SQLITE_CONSTRAINT_UNIQUE\"}");
        assertThat(items.get(2).isNull() && items.get(3).isNull()).isTrue();
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELEKT              | SQLITE_ERROR",
                "SELECT * FROM no    | SQLITE_ERROR",
                "SELECT ?            | ARGS_INVALID",
                "''                  | SQL_NO_STATEMENT",
                "SELECT 1; SELECT 2  | SQL_MANY_STATEMENTS",
                "ATTACH 'x' AS x     | STATEMENT_REFUSED",
                "SELECT hex(zeroblob(1000000)) | RESPONSE_TOO_LARGE",
            })
    void tellsEveryFailureOfAStatementInsideTheAnswer(String sql, String code) throws IOException {
        JsonNode items = answer(quote(sql), "\"SELECT 1\"");
        assertThat(items.at("/0/code").textValue()).isEqualTo(code);
        assertThat(items.at("/0/error").textValue()).isNotBlank();
        assertThat(items.get(1).isNull()).isTrue();
    }

    @Test
    void cutsAnAnswerThatGrowsTooLargeAtTheStatementThatMadeItSo() throws IOException {
        String large = "\"INSERT INTO t(v) VALUES(abs(random())) RETURNING hex(zeroblob(300000))\"";
        JsonNode items = answer(large, large, "\"SELECT 1\"");
        assertThat(items.at("/0/results/rows/0/0").textValue()).hasSize(600_000);
        assertThat(items.at("/1/code").textValue()).isEqualTo("RESPONSE_TOO_LARGE");
        assertThat(items.at("/1/error").textValue()).contains("max_response_size", "was run");
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("2");
    }

    @Test
    void runsATransactionThatEndsInItsRequest() throws IOException {
        answer("\"BEGIN\"", "\"INSERT INTO t(v) VALUES(1)\"", "\"COMMIT\"", "\"SAVEPOINT s\"", "\"RELEASE s\"");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
        answer("\"BEGIN IMMEDIATE\"", "\"DELETE FROM t\"", "\"ROLLBACK\"");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    @Test
    void rollsBackTheTransactionInWhichAStatementFails() throws IOException {
        JsonNode items = answer(
                "\"INSERT INTO t(v) VALUES(1)\"",
                "\"BEGIN\"",
                "\"INSERT INTO t(v) VALUES(2)\"",
                "\"INSERT INTO t(v) VALUES(1)\"",
                "\"COMMIT\"");
        assertThat(items.at("/3/error").textValue()).isEqualTo("UNIQUE constraint failed: t.v");
        assertThat(items.get(4).isNull()).isTrue();
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
        assertThat(SERVER.isWriteLocked()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN IMMEDIATE", "SAVEPOINT s"})
    void refusesToLeaveATransactionOpen(String begin) throws IOException {
        HttpResponse<String> reply =
                post(statements("\"INSERT INTO t(v) VALUES(1)\"", quote(begin), "\"INSERT INTO t(v) VALUES(2)\""));
        assertThat(HranaClient.refusal(reply, 400)).isEqualTo("STATEMENT_NOT_ALLOWED");
        assertThat(reply.body()).contains("rolled back");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
        assertThat(SERVER.isWriteLocked()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "{",
                "[]",
                "null",
                "{}",
                "{\"statements\":null}",
                "{\"statements\":\"SELECT 1\"}",
                "{\"statements\":[42]}",
                "{\"statements\":[null]}",
                "{\"statements\":[{}]}",
                "{\"statements\":[{\"q\":null}]}",
                "{\"statements\":[{\"q\":[]}]}",
                "{\"statements\":[{\"q\":\"SELECT ?\",\"params\":1}]}",
                "{\"statements\":[\"SELECT '\\ud800'\"]}",
                "{\"statements\":[],\"statements\":[]}",
                "{\"statements\":[]} x",
            })
    void refusesWhatIsNoListOfStatements(String body) throws IOException {
        assertThat(HranaClient.refusal(post(body), 400)).isIn("INVALID_JSON", "INVALID_REQUEST");
    }

    @Test
    void saysWhereABodyOfTheOtherApiBelongs() throws IOException {
        assertThat(post("{\"sql\":\"SELECT 1\"}").body()).contains("/<database>/query");
    }

    @Test
    void runsNothingWhereAValueCannotBeBound() throws IOException {
        HttpResponse<String> reply =
                post(statements("\"INSERT INTO t(v) VALUES(1)\"", "{\"q\":\"SELECT ?\",\"params\":[1, [2]]}"));
        assertThat(HranaClient.refusal(reply, 400)).isEqualTo("ARGS_INVALID");
        assertThat(reply.body()).contains("statement 1: arg 1:");
        assertThat(client.rows("SELECT v FROM t")).isEmpty();
    }

    @Test
    void asksForTheSameRightsAsEveryDoor() throws IOException {
        assertThat(HranaClient.refusal(client.send("POST", "/app", SELECT), 401))
                .isEqualTo("UNAUTHENTICATED");
        assertThat(HranaClient.refusal(client.send("POST", "/", SELECT, "Authorization", "Bearer x"), 401))
                .isEqualTo("UNAUTHENTICATED");
        String guest = "Bearer " + WireServer.GUEST;
        assertThat(HranaClient.refusal(client.send("POST", "/other", SELECT, "Authorization", guest), 403))
                .isEqualTo("ACCESS_DENIED");
        HttpResponse<String> written = client.send(
                "POST", "/app", statements("\"DELETE FROM t\""), "Authorization", "Bearer " + WireServer.READER);
        assertThat(written.statusCode()).isEqualTo(200);
        assertThat(HranaClient.JSON.readTree(written.body()).at("/0/code").textValue())
                .isEqualTo("SQLITE_READONLY");
    }

    @Test
    void refusesLikeEveryDoor() throws IOException {
        assertThat(HranaClient.refusal(client.send("POST", "/nowhere", SELECT, "Authorization", TOKEN), 404))
                .isEqualTo("UNKNOWN_DATABASE");
        assertThat(client.send("POST", "/ready", SELECT, "Authorization", TOKEN).statusCode())
                .isEqualTo(404);
        assertThat(HranaClient.refusal(post(statements(quote("x".repeat(1_100_000)))), 413))
                .isEqualTo("BODY_TOO_LARGE");
        assertThat(HranaClient.refusal(post(SELECT, "Content-Encoding", "gzip"), 415))
                .isEqualTo("UNSUPPORTED_ENCODING");
        for (String method : new String[] {"PUT", "DELETE", "OPTIONS"}) {
            for (String path : new String[] {"/", "/app", "/app/"}) {
                HttpResponse<String> reply = client.send(method, path, "", "Authorization", TOKEN);
                assertThat(HranaClient.refusal(reply, 405)).isEqualTo("METHOD_NOT_ALLOWED");
                assertThat(reply.headers().firstValue("Allow").orElseThrow()).contains("POST");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"/version, quicsql ", "/app/version, quicsql ", "/nowhere/version/, quicsql ", "/health, ok"})
    void tellsAnybodyWhatItIsAndThatItIsThere(String path, String begin) throws IOException {
        HttpResponse<String> reply = client.send("GET", path, "");
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(HranaClient.contentType(reply)).isEqualTo("text/plain");
        assertThat(reply.body()).startsWith(begin).endsWith("\n");
    }

    @Test
    void tellsTheHealthOfTheServerOnly() throws IOException {
        assertThat(client.send("GET", "/app/health", "").statusCode()).isEqualTo(404);
        assertThat(client.send("POST", "/health", SELECT, "Authorization", TOKEN)
                        .statusCode())
                .isEqualTo(404);
    }

    private HttpResponse<String> post(String body, String... headers) throws IOException {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = TOKEN;
        return client.send("POST", "/app", body, all);
    }

    private JsonNode answer(String... statements) throws IOException {
        HttpResponse<String> reply = post(statements(statements));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return HranaClient.JSON.readTree(reply.body());
    }

    private static String statements(String... statements) {
        return "{\"statements\":[" + String.join(",", statements) + "]}";
    }
}
