package net.quicsql.wire;

import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.SocketClient.onStream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done over a WebSocket, in each subprotocol. */
@ParameterizedClass
@ValueSource(strings = {"hrana1", "hrana2", "hrana3", "hrana3-protobuf"})
class SocketWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    private final String subprotocol;
    private SocketClient client;

    SocketWireTest(String subprotocol) {
        this.subprotocol = subprotocol;
    }

    @BeforeEach
    void connect() throws IOException {
        SERVER.client().run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        client = SocketClient.hello(SERVER, subprotocol);
    }

    @AfterEach
    void leave() {
        client.close();
    }

    @Test
    void runsStatements() throws IOException {
        client.openStream(0);
        JsonNode inserted =
                client.execute(0, "INSERT INTO t(v) VALUES(?), (?)", Requests.integer(7), Requests.text("seven"));
        assertThat(inserted.get("affected_row_count").intValue()).isEqualTo(2);
        assertThat(inserted.get("last_insert_rowid").textValue()).isEqualTo("2");
        JsonNode read = client.execute(0, "SELECT v FROM t ORDER BY id");
        assertThat(read.at("/cols/0/name").textValue()).isEqualTo("v");
        assertThat(read.at("/rows/0/0/value").textValue()).isEqualTo("7");
        assertThat(read.at("/rows/1/0/value").textValue()).isEqualTo("seven");
    }

    @Test
    void goesOnAfterAnError() throws IOException {
        client.openStream(0);
        assertThat(client.error(onStream(0, execute("SELECT * FROM nowhere")))).isEqualTo("SQLITE_ERROR");
        assertThat(client.execute(0, "SELECT 1").at("/rows/0/0/value").textValue())
                .isEqualTo("1");
    }

    @Test
    void runsBatchSequenceDescribeAndGetAutocommit() throws IOException {
        client.openStream(0);
        JsonNode batch = client.response(onStream(
                        0, Requests.batch(Requests.step("BEGIN"), Requests.step("INSERT INTO t(v) VALUES(1)"))))
                .get("result");
        assertThat(batch.get("step_results")).hasSize(2);
        assertThat(client.response(onStream(0, Requests.GET_AUTOCOMMIT))
                        .get("is_autocommit")
                        .booleanValue())
                .isFalse();
        client.response(onStream(0, Requests.sequence("INSERT INTO t(v) VALUES(2); COMMIT")));
        assertThat(client.response(onStream(0, Requests.GET_AUTOCOMMIT))
                        .get("is_autocommit")
                        .booleanValue())
                .isTrue();
        JsonNode description = client.response(onStream(0, Requests.describe("SELECT v FROM t WHERE id = :id")))
                .get("result");
        assertThat(description.at("/params/0/name").textValue()).isEqualTo(":id");
        assertThat(description.at("/cols/0/name").textValue()).isEqualTo("v");
        assertThat(SERVER.client().rows("SELECT count(*) FROM t")).containsExactly("2");
    }

    /** A stream stays with whoever opened it, whether it has been used before the client says who it is now, or not. */
    @Test
    void answersPingsAndHelloAgain() throws Exception {
        byte[] content = "are you there".getBytes(StandardCharsets.UTF_8);
        assertThat(client.ping(content)).isEqualTo(content);
        client.openStream(0);
        client.openStream(1);
        client.execute(0, "BEGIN");
        client.execute(0, "INSERT INTO t(v) VALUES('before')");
        client.send(SocketClient.hello(WireServer.READER));
        assertThat(client.next().get("type").textValue()).isEqualTo("hello_ok");
        client.openStream(2);
        assertThat(client.error(onStream(2, execute("INSERT INTO t(v) VALUES('reader')"))))
                .isEqualTo("SQLITE_READONLY");
        client.execute(0, "INSERT INTO t(v) VALUES('after')");
        client.execute(0, "COMMIT");
        client.execute(1, "INSERT INTO t(v) VALUES('unused')");

        client.send(SocketClient.hello(WireServer.DEV));
        assertThat(client.next().get("type").textValue()).isEqualTo("hello_ok");
        assertThat(client.error(onStream(2, execute("INSERT INTO t(v) VALUES('reader')"))))
                .isEqualTo("SQLITE_READONLY");
        assertThat(SERVER.client().rows("SELECT v FROM t ORDER BY id"))
                .containsExactly("'before'", "'after'", "'unused'");
    }

    @Test
    void sharesStoredSqlAmongItsStreams() throws IOException {
        client.openStream(0);
        client.openStream(1);
        client.response(Requests.storeSql(5, "SELECT 5"));
        for (int stream : new int[] {0, 1}) {
            JsonNode result = client.response(onStream(stream, Requests.executeStmt(Requests.stmtOf(5))))
                    .get("result");
            assertThat(result.at("/rows/0/0/value").textValue()).isEqualTo("5");
        }
        assertThat(client.error(Requests.storeSql(5, "SELECT 6"))).isEqualTo("SQL_STORE_DUPLICATE");
        client.response(Requests.closeSql(5));
        client.response(Requests.closeSql(5));
        assertThat(client.error(onStream(0, Requests.executeStmt(Requests.stmtOf(5)))))
                .isEqualTo("SQL_STORE_NOT_FOUND");
    }

    /** What the TypeScript client sends for one statement, without waiting in between. */
    @Test
    void answersRequestsThatCameTogether() throws IOException {
        for (int round = 0; round < 20; round++) {
            int first = client.request("{\"type\":\"open_stream\",\"stream_id\":3}");
            client.request(Requests.storeSql(9, "SELECT " + round));
            int execute = client.request(onStream(3, Requests.executeStmt(Requests.stmtOf(9))));
            client.request(Requests.closeSql(9));
            client.request("{\"type\":\"close_stream\",\"stream_id\":3}");
            List<Integer> onStream = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                JsonNode answer = client.next();
                assertThat(answer.get("type").textValue()).isEqualTo("response_ok");
                int id = answer.get("request_id").intValue();
                if (id != first + 1 && id != first + 3) {
                    onStream.add(id);
                }
                if (id == execute) {
                    assertThat(answer.at("/response/result/rows/0/0/value").textValue())
                            .isEqualTo(Integer.toString(round));
                }
            }
            assertThat(onStream).containsExactly(first, execute, first + 4);
        }
    }

    @Test
    void letsOneStreamWaitForAnotherOfTheSameConnection() throws Exception {
        client.openStream(0);
        client.openStream(1);
        client.execute(0, "BEGIN IMMEDIATE");
        int waiting = client.request(onStream(1, execute("INSERT INTO t(v) VALUES('second')")));
        Await.until("it waits for its turn", () -> SERVER.waitingWriters() == 1);
        client.execute(0, "INSERT INTO t(v) VALUES('first')");
        int commit = client.request(onStream(0, execute("COMMIT")));
        List<Integer> answered = List.of(
                client.next().get("request_id").intValue(),
                client.next().get("request_id").intValue());
        assertThat(answered).containsExactlyInAnyOrder(waiting, commit);
        assertThat(SERVER.client().rows("SELECT v FROM t ORDER BY id")).containsExactly("'first'", "'second'");
    }

    @Test
    void fetchesACursor() throws IOException {
        client.openStream(0);
        client.response(onStream(
                0,
                "{\"cursor_id\":7,\"type\":\"open_cursor\",\"batch\":{\"steps\":["
                        + Requests.step(
                                "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < 2500)"
                                        + " SELECT x, 'a' FROM c")
                        + "," + Requests.step("SELECT * FROM nowhere") + ","
                        + Requests.step("INSERT INTO t(v) VALUES(1) RETURNING id") + "]}}"));
        List<JsonNode> entries = new ArrayList<>();
        boolean done = false;
        while (!done) {
            JsonNode fetched = client.response("{\"type\":\"fetch_cursor\",\"cursor_id\":7,\"max_count\":1000}");
            assertThat(fetched.get("entries").size()).isLessThanOrEqualTo(1000);
            fetched.get("entries").forEach(entries::add);
            done = fetched.get("done").booleanValue();
        }
        assertThat(entries).hasSize(1 + 2500 + 1 + 1 + 3);
        assertThat(entries.get(2500).at("/row/0/value").textValue()).isEqualTo("2500");
        assertThat(entries.get(2501).get("type").textValue()).isEqualTo("step_end");
        assertThat(entries.get(2502).get("type").textValue()).isEqualTo("step_error");
        assertThat(entries.get(2504).at("/row/0/value").textValue()).isEqualTo("1");
        JsonNode after = client.response("{\"type\":\"fetch_cursor\",\"cursor_id\":7,\"max_count\":1000}");
        assertThat(after.get("entries")).isEmpty();
        assertThat(after.get("done").booleanValue()).isTrue();
        client.response("{\"type\":\"close_cursor\",\"cursor_id\":7}");
        assertThat(client.execute(0, "SELECT 1").get("rows")).hasSize(1);
    }

    @Test
    void answersAFetchWithTheRowsThatAreThereWhileTheNextOneIsLookedFor() throws IOException {
        client.openStream(0);
        client.openStream(1);
        client.response(onStream(
                0,
                "{\"cursor_id\":7,\"type\":\"open_cursor\",\"batch\":{\"steps\":["
                        + Requests.step("SELECT 'first' UNION ALL SELECT count(*) FROM (WITH RECURSIVE c(x) AS"
                                + " (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c)")
                        + "]}}"));
        // Meanwhile the first row is there, and nobody has asked for it.
        client.execute(
                1,
                "SELECT count(*) FROM (WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 500000)"
                        + " SELECT x FROM c)");
        List<String> types = new ArrayList<>();
        while (types.size() < 2) {
            client.response("{\"type\":\"fetch_cursor\",\"cursor_id\":7,\"max_count\":10}")
                    .get("entries")
                    .forEach(entry -> types.add(entry.get("type").textValue()));
        }
        // Nothing of the statement's end, for it has not ended.
        assertThat(types).containsExactly("step_begin", "row");
    }

    @Test
    void sendsLargeAnswersBesideSmallOnes() throws IOException {
        client.openStream(0);
        client.openStream(1);
        int large = client.request(onStream(0, execute("SELECT hex(zeroblob(2000000))")));
        List<Integer> small = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            small.add(client.request(onStream(1, execute("SELECT " + i))));
        }
        List<Integer> inOrder = new ArrayList<>();
        for (int i = 0; i <= small.size(); i++) {
            JsonNode answer = client.next();
            if (answer.get("request_id").intValue() == large) {
                assertThat(answer.at("/response/result/rows/0/0/value").textValue())
                        .hasSize(4_000_000);
            } else {
                inOrder.add(answer.get("request_id").intValue());
            }
        }
        assertThat(inOrder).isEqualTo(small);
    }

    @Test
    void tellsAtOnceThatThereIsNoSuchDatabase() throws Exception {
        try (SocketClient lost = SocketClient.connect(SERVER.port(), "/nowhere/", subprotocol)) {
            lost.send(SocketClient.hello(WireServer.DEV));
            JsonNode answer = lost.next();
            assertThat(answer.get("type").textValue()).isEqualTo("hello_error");
            assertThat(answer.at("/error/code").textValue()).isEqualTo("UNKNOWN_DATABASE");
            assertThat(lost.closeCode()).isEqualTo(1000);
        }
    }

    @Test
    void isNotServedOnTheAdminPort() {
        assertThatThrownBy(() -> SocketClient.connect(SERVER.adminPort(), "/app", subprotocol))
                .hasCauseInstanceOf(WebSocketHandshakeException.class)
                .hasRootCauseMessage("Unexpected HTTP response status code 404");
    }

    @Test
    void fetchesNothingBehindTheEndOfACursor() throws IOException {
        client.openStream(0);
        client.response(onStream(
                0,
                "{\"cursor_id\":7,\"type\":\"open_cursor\",\"batch\":{\"steps\":[" + Requests.step("SELECT 1")
                        + "]}}"));
        String fetch = "{\"type\":\"fetch_cursor\",\"cursor_id\":7,\"max_count\":10}";
        int entries = 0;
        boolean done = false;
        while (!done) {
            JsonNode fetched = client.response(fetch);
            entries += fetched.get("entries").size();
            done = fetched.get("done").booleanValue();
        }
        assertThat(entries).isEqualTo(3);
        // As a client does that asks ahead.
        int first = client.request(fetch);
        client.request(fetch);
        client.request(fetch);
        for (int i = 0; i < 3; i++) {
            JsonNode answer = client.next();
            assertThat(answer.get("request_id").intValue()).isEqualTo(first + i);
            assertThat(answer.at("/response/entries").isArray()).isTrue();
            assertThat(answer.at("/response/entries")).isEmpty();
            assertThat(answer.at("/response/done").booleanValue()).isTrue();
        }
    }

    @Test
    void rollsBackEveryStreamOfAClientThatLeaves() throws Exception {
        for (int stream : new int[] {0, 1, 2}) {
            client.openStream(stream);
        }
        client.execute(0, "BEGIN");
        client.execute(0, "SELECT * FROM t");
        client.execute(1, "SAVEPOINT s");
        client.execute(1, "SELECT * FROM t");
        client.execute(2, "BEGIN IMMEDIATE");
        client.execute(2, "INSERT INTO t(v) VALUES('lost')");
        client.abort();
        Await.until("the lock is free", () -> !SERVER.isWriteLocked());
        SERVER.client().run("INSERT INTO t(v) VALUES('kept')");
        Await.until("the snapshots are given back", () -> !SERVER.isLogInUse());
        assertThat(SERVER.client().rows("SELECT v FROM t")).containsExactly("'kept'");
    }

    @Test
    void rollsBackWhenItsClientLeaves() throws Exception {
        client.openStream(0);
        client.execute(0, "BEGIN IMMEDIATE");
        client.execute(0, "INSERT INTO t(v) VALUES('lost')");
        assertThat(SERVER.isWriteLocked()).isTrue();
        client.abort();
        Await.until("the lock is free", () -> !SERVER.isWriteLocked());
        assertThat(SERVER.client().rows("SELECT count(*) FROM t")).containsExactly("0");
    }
}
