package net.quicsql.wire;

import static net.quicsql.wire.Requests.integer;
import static net.quicsql.wire.Requests.named;
import static net.quicsql.wire.Requests.not;
import static net.quicsql.wire.Requests.ok;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.Requests.stepIf;
import static net.quicsql.wire.Requests.stmt;
import static net.quicsql.wire.Requests.stmtOf;
import static net.quicsql.wire.Requests.stmtWithNames;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hrana 1: each request alone, its failure a status. */
class StatelessWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with("max_response_size: 1MiB");

    private final HranaClient client = SERVER.client();

    @BeforeEach
    void makeTable() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/app/v1", "/app/v1/", "/nowhere/v1"})
    void tellsAnybodyThatVersion1IsSpoken(String path) throws IOException {
        assertThat(client.send("GET", path, "").statusCode()).isEqualTo(200);
    }

    @Test
    void executesAStatement() throws IOException {
        JsonNode written = answer("v1/execute", execute(stmt("INSERT INTO t(v) VALUES(?) RETURNING v", integer(7))));
        assertThat(written.at("/result/affected_row_count").intValue()).isEqualTo(1);
        assertThat(written.at("/result/last_insert_rowid").textValue()).isEqualTo("1");
        assertThat(written.at("/result/rows").toString()).isEqualTo("[[{\"type\":\"integer\",\"value\":\"7\"}]]");
        JsonNode read = answer(
                "v1/execute", execute(stmtWithNames("SELECT v AS a FROM t WHERE v = :v", named("v", integer(7)))));
        assertThat(members(read)).containsExactly("result");
        assertThat(read.at("/result/cols/0/name").textValue()).isEqualTo("a");
        assertThat(read.at("/result/rows/0/0/value").textValue()).isEqualTo("7");
    }

    @Test
    void runsABatch() throws IOException {
        String steps = String.join(
                ",",
                step("INSERT INTO t(v) VALUES(1)"),
                step("INSERT INTO t(v) VALUES(1)"),
                stepIf(ok(1), "SELECT 1"),
                stepIf(not(ok(1)), "SELECT v FROM t"));
        JsonNode answer = answer("v1/batch", "{\"batch\":{\"steps\":[" + steps + "]}}");
        assertThat(members(answer)).containsExactly("result");
        JsonNode results = answer.at("/result/step_results");
        JsonNode errors = answer.at("/result/step_errors");
        assertThat(results).hasSize(4);
        assertThat(errors).hasSize(4);
        assertThat(results.get(0).isObject()).isTrue();
        assertThat(errors.get(1).get("code").textValue()).isEqualTo("SQLITE_CONSTRAINT_UNIQUE");
        assertThat(results.get(2).isNull() && errors.get(2).isNull()).isTrue();
        assertThat(results.at("/3/rows/0/0/value").textValue()).isEqualTo("1");
        assertThat(answer("v1/batch", "{\"batch\":{\"steps\":[]}}").toString())
                .isEqualTo("{\"result\":{\"step_results\":[],\"step_errors\":[]}}");
    }

    @Test
    void endsTheTransactionThatARequestLeavesOpen() throws IOException {
        answer("v1/execute", execute(stmt("BEGIN IMMEDIATE")));
        String steps = step("BEGIN IMMEDIATE") + "," + step("INSERT INTO t(v) VALUES(1)");
        answer("v1/batch", "{\"batch\":{\"steps\":[" + steps + "]}}");
        assertThat(SERVER.isWriteLocked()).isFalse();
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
        answer("v1/batch", "{\"batch\":{\"steps\":[" + steps + "," + step("COMMIT") + "]}}");
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("1");
    }

    @ParameterizedTest
    @CsvSource({
        "SELEKT,                        422, SQLITE_ERROR",
        "SELECT * FROM nowhere,         422, SQLITE_ERROR",
        "SELECT ?,                      400, ARGS_INVALID",
        "'',                            400, SQL_NO_STATEMENT",
        "SELECT 1; SELECT 2,            400, SQL_MANY_STATEMENTS",
        "ATTACH 'x' AS x,               403, STATEMENT_REFUSED",
    })
    void tellsAFailureByItsStatus(String sql, int status, String code) throws IOException {
        HttpResponse<String> reply = client.post("v1/execute", execute(stmt(sql)));
        assertThat(HranaClient.refusal(reply, status)).isEqualTo(code);
    }

    @Test
    void tellsConflictsAndLargeAnswersByTheirStatus() throws IOException {
        client.run("INSERT INTO t VALUES(1, 1)");
        assertThat(HranaClient.refusal(client.post("v1/execute", execute(stmt("INSERT INTO t VALUES(2, 1)"))), 409))
                .isEqualTo("SQLITE_CONSTRAINT_UNIQUE");
        assertThat(HranaClient.refusal(client.post("v1/execute", execute(stmt("SELECT hex(zeroblob(1000000))"))), 413))
                .isEqualTo("RESPONSE_TOO_LARGE");
        HttpResponse<String> reader =
                SERVER.client(WireServer.APP, WireServer.READER).post("v1/execute", execute(stmt("DELETE FROM t")));
        assertThat(HranaClient.refusal(reader, 403)).isEqualTo("SQLITE_READONLY");
    }

    @Test
    void refusesAConditionOnItselfOrALaterStep() throws IOException {
        String steps = step("INSERT INTO t(v) VALUES(1)") + "," + stepIf(ok(1), "SELECT 1");
        assertThat(HranaClient.refusal(client.post("v1/batch", "{\"batch\":{\"steps\":[" + steps + "]}}"), 400))
                .isEqualTo("INVALID_REQUEST");
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void refusesWhatIsNoRequestOfVersion1() throws IOException {
        for (String path : new String[] {"v1/execute", "v1/batch"}) {
            assertThat(HranaClient.refusal(client.post(path, ""), 400)).isEqualTo("INVALID_JSON");
            assertThat(HranaClient.refusal(client.post(path, "{"), 400)).isEqualTo("INVALID_JSON");
            assertThat(HranaClient.refusal(client.post(path, "{}"), 400)).isEqualTo("INVALID_REQUEST");
            assertThat(HranaClient.refusal(client.send("POST", "/app/" + path, "{}"), 401))
                    .isEqualTo("UNAUTHENTICATED");
            assertThat(HranaClient.refusal(client.send("GET", "/app/" + path, ""), 405))
                    .isEqualTo("METHOD_NOT_ALLOWED");
        }
        assertThat(HranaClient.refusal(client.post("v1/execute", execute(stmtOf(1))), 400))
                .isEqualTo("SQL_STORE_NOT_FOUND");
    }

    private JsonNode answer(String path, String body) throws IOException {
        HttpResponse<String> reply = client.post(path, body);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(HranaClient.contentType(reply)).isEqualTo("application/json");
        return HranaClient.JSON.readTree(reply.body());
    }

    private static String execute(String stmt) {
        return "{\"stmt\":" + stmt + "}";
    }

    private static List<String> members(JsonNode object) {
        List<String> members = new ArrayList<>();
        object.fieldNames().forEachRemaining(members::add);
        return members;
    }
}
