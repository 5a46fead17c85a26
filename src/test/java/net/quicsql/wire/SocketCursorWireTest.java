package net.quicsql.wire;

import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.SocketClient.onStream;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors over a WebSocket: what is fetched when, and what becomes of a batch that nobody fetches from. */
@ParameterizedClass
@ValueSource(strings = {"hrana3", "hrana3-protobuf"})
class SocketCursorWireTest {
    private static final String COUNT = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT %d)";
    /** A row now and then. */
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c WHERE x % 100000 = 0";

    private static final int MAX_CURSORS = 3;

    @RegisterExtension
    static final WireServer SERVER = WireServer.with(
            "cursor_buffer: 16KiB", "max_cursor_spool: 4MiB", "max_cursors_per_principal: " + MAX_CURSORS);

    private final String subprotocol;
    private SocketClient client;

    SocketCursorWireTest(String subprotocol) {
        this.subprotocol = subprotocol;
    }

    @BeforeEach
    void connect() throws IOException {
        SERVER.client().run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        client = SocketClient.hello(SERVER, subprotocol);
        client.openStream(0);
        client.openStream(1);
    }

    @AfterEach
    void leave() throws Exception {
        client.close();
        Await.until("no request is running", () -> SERVER.level("quicsql.app.requests_in_flight") == 0);
        Await.until("no stream is left", () -> SERVER.level("quicsql.app.open_streams") == 0);
    }

    @Test
    void keepsAFetchUntilThereAreEntries() throws Exception {
        client.execute(1, "BEGIN IMMEDIATE");
        open(0, 7, step("INSERT INTO t(v) VALUES('late') RETURNING v"));
        Await.until("it waits for its turn", () -> SERVER.waitingWriters() == 1);
        int nothing = client.request(fetch(7, 0));
        JsonNode none = client.next();
        assertThat(none.get("request_id").intValue()).isEqualTo(nothing);
        assertThat(none.at("/response/entries")).isEmpty();
        assertThat(none.at("/response/done").booleanValue()).isFalse();
        List<Integer> fetches = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            fetches.add(client.request(fetch(7, 1)));
        }
        int commit = client.request(onStream(1, execute("COMMIT")));
        List<Integer> answered = new ArrayList<>();
        List<String> types = new ArrayList<>();
        boolean done = false;
        while (answered.size() < fetches.size()) {
            JsonNode answer = client.next();
            int id = answer.get("request_id").intValue();
            if (id != commit) {
                answered.add(id);
                answer.at("/response/entries")
                        .forEach(entry -> types.add(entry.get("type").textValue()));
                done = answer.at("/response/done").booleanValue();
            }
        }
        assertThat(answered).isEqualTo(fetches);
        assertThat(types).containsExactly("step_begin", "row", "step_end");
        assertThat(done).isTrue();
    }

    @Test
    void fetchesInPiecesOfAnySize() throws IOException {
        open(0, 1, step(COUNT.formatted(3000) + " SELECT x, 'some text that makes a row longer' FROM c"));
        List<String> rows = new ArrayList<>();
        boolean done = false;
        for (int count = 1; !done; count = count * 3 % 1009) {
            JsonNode page = client.response(fetch(1, count));
            assertThat(page.get("entries").size()).isLessThanOrEqualTo(count);
            page.get("entries")
                    .forEach(entry -> rows.add(entry.at("/row/0/value").textValue()));
            done = page.get("done").booleanValue();
        }
        assertThat(rows).hasSize(3002);
        for (int i = 1; i <= 3000; i++) {
            assertThat(rows.get(i)).isEqualTo(Integer.toString(i));
        }
        for (long count : new long[] {0, 1, Integer.MAX_VALUE}) {
            JsonNode after = client.response(fetch(1, count));
            assertThat(after.get("entries")).isEmpty();
            assertThat(after.get("done").booleanValue()).isTrue();
        }
    }

    @Test
    void answersFetchesThatCameTogetherInOrderAndEachEntryOnce() throws IOException {
        open(0, 1, step(COUNT.formatted(5000) + " SELECT x, hex(zeroblob(100)) FROM c"));
        List<Integer> fetches = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            fetches.add(client.request(fetch(1, 1000)));
        }
        List<String> rows = new ArrayList<>();
        boolean done = false;
        for (int fetch : fetches) {
            JsonNode answer = client.next();
            assertThat(answer.get("request_id").intValue()).isEqualTo(fetch);
            answer.at("/response/entries")
                    .forEach(entry -> rows.add(entry.at("/row/0/value").textValue()));
            done |= answer.at("/response/done").booleanValue();
        }
        while (!done) {
            JsonNode page = client.response(fetch(1, 1000));
            page.get("entries")
                    .forEach(entry -> rows.add(entry.at("/row/0/value").textValue()));
            done = page.get("done").booleanValue();
        }
        assertThat(rows).hasSize(5002);
        assertThat(rows.get(5000)).isEqualTo("5000");
    }

    @Test
    void endsAReadThatNobodyFetchesAnyMore() throws Exception {
        open(0, 1, step(ENDLESS), step("SELECT 2"));
        client.response(fetch(1, 5));
        int pending = client.request(fetch(1, 5));
        client.request("{\"type\":\"close_cursor\",\"cursor_id\":1}");
        List<JsonNode> answers = List.of(client.next(), client.next());
        assertThat(answers).anyMatch(answer -> answer.get("request_id").intValue() == pending);
        // The stream is free again.
        assertThat(client.execute(0, "SELECT 3").at("/rows/0/0/value").textValue())
                .isEqualTo("3");
    }

    @Test
    void endsAReadWhoseStreamIsClosed() throws Exception {
        open(0, 1, step(ENDLESS));
        client.response(fetch(1, 5));
        client.response("{\"type\":\"close_stream\",\"stream_id\":0}");
        client.request(fetch(1, 1));
        assertThat(client.closeCode()).isEqualTo(1008);
    }

    @Test
    void finishesAWriteThatNobodyFetchesAnyMore() throws IOException {
        open(
                0,
                1,
                step(COUNT.formatted(20000) + " INSERT INTO t(v) SELECT x FROM c RETURNING v"),
                step("INSERT INTO t(v) VALUES(0)"));
        client.response("{\"type\":\"close_cursor\",\"cursor_id\":1}");
        assertThat(client.execute(0, "SELECT count(*) FROM t")
                        .at("/rows/0/0/value")
                        .textValue())
                .isEqualTo("20001");
    }

    @Test
    void hasOneCursorForAStreamAtATime() throws IOException {
        open(0, 1, step("SELECT 1"));
        open(1, 2, step("SELECT 2"));
        assertThat(client.error(cursor(0, 3, step("INSERT INTO t(v) VALUES(1)"))))
                .isEqualTo("INVALID_REQUEST");
        assertThat(client.error(fetch(3, 1))).isEqualTo("CURSOR_NOT_OPEN");
        assertThat(client.response(fetch(1, 10)).get("entries")).hasSize(3);
        assertThat(client.response(fetch(2, 10)).get("entries")).hasSize(3);
        client.response("{\"type\":\"close_cursor\",\"cursor_id\":3}");
        client.response("{\"type\":\"close_cursor\",\"cursor_id\":1}");
        open(0, 3, step("SELECT count(*) FROM t"));
        assertThat(client.response(fetch(3, 10)).at("/entries/1/row/0/value").textValue())
                .isEqualTo("0");
    }

    @Test
    void countsCursorsUntilTheirLastEntryWasFetched() throws IOException {
        for (int stream = 2; stream <= MAX_CURSORS + 4; stream++) {
            client.openStream(stream);
        }
        for (int cursor = 1; cursor <= MAX_CURSORS; cursor++) {
            open(cursor, cursor, step(COUNT.formatted(2000) + " SELECT x, 'more than the buffer holds' FROM c"));
        }
        int further = MAX_CURSORS + 1;
        int request = client.request(cursor(further, further, step("INSERT INTO t(v) VALUES(1)")));
        JsonNode refused = client.next();
        assertThat(refused.get("request_id").intValue()).isEqualTo(request);
        assertThat(refused.at("/error/code").textValue()).isEqualTo("TOO_MANY_STREAMS");
        assertThat(refused.at("/error/message").textValue()).contains("limits.max_cursors_per_principal");

        boolean done = client.response(fetch(1, 2001)).get("done").booleanValue();
        assertThat(done).as("the last of 2002 entries is left").isFalse();
        assertThat(client.error(cursor(further + 1, further + 1, step("SELECT 1"))))
                .isEqualTo("TOO_MANY_STREAMS");
        while (!done) {
            done = client.response(fetch(1, 1000)).get("done").booleanValue();
        }
        open(further + 2, further + 2, step("SELECT 1"));
        assertThat(client.response(fetch(1, 10)).get("done").booleanValue()).isTrue();
        // Its number is in use as before, and its place is given back once.
        client.response("{\"type\":\"close_cursor\",\"cursor_id\":1}");
        assertThat(client.error(cursor(further + 3, further + 3, step("SELECT 1"))))
                .isEqualTo("TOO_MANY_STREAMS");
        assertThat(SERVER.client().rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void closesACursorBehindTheFetchesThatCameBefore() throws IOException {
        open(0, 1, step(COUNT.formatted(500) + " SELECT x FROM c"));
        // Behind the batch, so that all its entries are there.
        client.execute(0, "SELECT 1");
        List<Integer> requests = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            requests.add(client.request(fetch(1, 1)));
        }
        requests.add(client.request("{\"type\":\"close_cursor\",\"cursor_id\":1}"));
        for (int i = 0; i < requests.size(); i++) {
            JsonNode answer = client.next();
            assertThat(answer.get("request_id").intValue()).isEqualTo(requests.get(i));
            assertThat(answer.get("type").textValue()).isEqualTo("response_ok");
            if (i > 0 && i < 300) {
                assertThat(answer.at("/response/entries/0/row/0/value").textValue())
                        .isEqualTo(Integer.toString(i));
            }
        }
        open(0, 1, step("SELECT 1"));
    }

    @Test
    void goesOnWithItsTransactionWhateverACursorDid() throws IOException {
        client.execute(0, "BEGIN");
        client.execute(0, "INSERT INTO t(v) VALUES(1)");
        open(0, 1, "{\"stmt\":" + Requests.stmtOf(99) + "}", step("SELECT v FROM t"), step("SELECT * FROM nowhere"));
        JsonNode entries = client.response(fetch(1, 10)).get("entries");
        assertThat(entries.at("/0/error/code").textValue()).isEqualTo("SQL_STORE_NOT_FOUND");
        client.response("{\"type\":\"close_cursor\",\"cursor_id\":1}");
        client.execute(0, "INSERT INTO t(v) VALUES(2)");
        client.execute(0, "COMMIT");
        assertThat(SERVER.client().rows("SELECT count(*) FROM t")).containsExactly("2");
    }

    @Test
    void endsAStepWhoseRowsPassTheSpool() throws IOException {
        open(0, 1, step(COUNT.formatted(100) + " SELECT hex(zeroblob(50000)) FROM c"), step("SELECT 'after'"));
        List<JsonNode> entries = new ArrayList<>();
        boolean done = false;
        while (!done) {
            JsonNode page = client.response(fetch(1, 1000));
            page.get("entries").forEach(entries::add);
            done = page.get("done").booleanValue();
        }
        assertThat(entries.stream()
                        .map(entry -> entry.at("/error/code").asText(""))
                        .filter(code -> !code.isEmpty()))
                .contains("RESPONSE_TOO_LARGE");
        client.response("{\"type\":\"close_cursor\",\"cursor_id\":1}");
        assertThat(SERVER.level("quicsql.buffered_bytes")).isZero();
    }

    private void open(int stream, int cursor, String... steps) throws IOException {
        assertThat(client.response(cursor(stream, cursor, steps)).get("type").textValue())
                .isEqualTo("open_cursor");
    }

    private static String cursor(int stream, int cursor, String... steps) {
        return "{\"type\":\"open_cursor\",\"stream_id\":" + stream + ",\"cursor_id\":" + cursor
                + ",\"batch\":{\"steps\":[" + String.join(",", steps) + "]}}";
    }

    private static String fetch(int cursor, long maxCount) {
        return "{\"type\":\"fetch_cursor\",\"cursor_id\":" + cursor + ",\"max_count\":" + maxCount + "}";
    }
}
