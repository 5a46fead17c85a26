package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.failed;
import static net.quicsql.wire.Requests.integer;
import static net.quicsql.wire.Requests.ok;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.Requests.stepIf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.quicsql.hrana.protobuf.HranaMessages.CursorEntry;
import net.quicsql.hrana.protobuf.HranaMessages.CursorRespBody;
import net.quicsql.hrana.protobuf.HranaMessages.ExecuteStreamReq;
import net.quicsql.hrana.protobuf.HranaMessages.PipelineReqBody;
import net.quicsql.hrana.protobuf.HranaMessages.PipelineRespBody;
import net.quicsql.hrana.protobuf.HranaMessages.Stmt;
import net.quicsql.hrana.protobuf.HranaMessages.StreamRequest;
import net.quicsql.hrana.protobuf.HranaMessages.Value;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hrana 3 in Protobuf: what it has of its own beside what tests of both doors show. */
class ProtobufWireTest {
    private static final int MANY_ROWS = 400_000;

    private static final String MANY = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT "
            + MANY_ROWS + ") SELECT x, 'some text to make the row longer' FROM c";

    @RegisterExtension
    static final WireServer SERVER = WireServer.with(
            "max_hrana_body: 1MiB", "cursor_buffer: 16KiB", "max_cursor_spool: 1MiB", "max_response_size: 1MiB");

    private final HranaClient json = SERVER.client();
    private final HranaClient client = SERVER.client(Door.PROTOBUF);

    @BeforeEach
    void makeTable() throws IOException {
        json.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
    }

    // ---- Doors

    @ParameterizedTest
    @ValueSource(strings = {"/v3-protobuf", "/v3-protobuf/", "/app/v3-protobuf", "/nowhere/v3-protobuf"})
    void tellsAnybodyThatProtobufIsSpoken(String path) throws IOException {
        HttpResponse<String> reply = client.send("GET", path, "");
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-protobuf", "application/json", "text/plain", "nonsense"})
    void answersWithAnyContentType(String type) throws IOException {
        HttpResponse<byte[]> reply = client.post(
                "v3-protobuf/pipeline",
                BodyPublishers.ofByteArray(ProtobufMessages.pipeline(null, execute("SELECT 42"), CLOSE)),
                BodyHandlers.ofByteArray(),
                "Content-Type",
                type,
                "Accept",
                "text/html");
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(HranaClient.contentType(reply)).isEqualTo("application/x-protobuf");
        PipelineRespBody body = PipelineRespBody.parseFrom(reply.body());
        assertThat(body.getResults(0)
                        .getOk()
                        .getExecute()
                        .getResult()
                        .getRows(0)
                        .getValues(0)
                        .getInteger())
                .isEqualTo(42);
        assertThat(body.hasBaton()).isFalse();
        assertThat(body.hasBaseUrl()).isFalse();
    }

    @Test
    void findsTheDatabaseAsOtherDoorsDo() throws IOException {
        SERVER.client(WireServer.OTHER, WireServer.DEV).run("CREATE TABLE IF NOT EXISTS only_here(x)");
        String count = new String(
                ProtobufMessages.pipeline(null, execute("SELECT count(*) FROM only_here"), CLOSE),
                StandardCharsets.ISO_8859_1);
        String token = "Bearer " + WireServer.DEV;
        assertThat(client.send(
                                "POST",
                                "/v3-protobuf/pipeline",
                                count,
                                "Authorization",
                                token,
                                "x-namespace",
                                WireServer.OTHER)
                        .body())
                .doesNotContain("no such table");
        assertThat(client.send("POST", "//v3-protobuf//pipeline/", count, "Authorization", token)
                        .body())
                .contains("no such table");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipeline", "cursor"})
    void refusesAsOtherDoorsDo(String endpoint) throws IOException {
        String path = "/app/v3-protobuf/" + endpoint;
        byte[] bytes = endpoint.equals("cursor") ? ProtobufMessages.cursor(null) : ProtobufMessages.pipeline(null);
        String nothing = new String(bytes, StandardCharsets.US_ASCII);
        assertThat(HranaClient.refusal(client.send("POST", path, ""), 401)).isEqualTo("UNAUTHENTICATED");
        assertThat(HranaClient.refusal(client.send("GET", path, ""), 405)).isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(HranaClient.refusal(client.send("OPTIONS", path, ""), 405)).isEqualTo("METHOD_NOT_ALLOWED");
        HranaClient guest = SERVER.client(WireServer.OTHER, WireServer.GUEST);
        assertThat(HranaClient.refusal(guest.post("v3-protobuf/" + endpoint, ""), 403))
                .isEqualTo("ACCESS_DENIED");
        HranaClient nowhere = SERVER.client("nowhere", WireServer.DEV);
        assertThat(HranaClient.refusal(nowhere.post("v3-protobuf/" + endpoint, nothing), 404))
                .isEqualTo("UNKNOWN_DATABASE");
        assertThat(HranaClient.refusal(client.post("v3-protobuf/" + endpoint, "x".repeat(1024 * 1024 + 1)), 413))
                .isEqualTo("BODY_TOO_LARGE");
        assertThat(HranaClient.refusal(
                        client.post("v3-protobuf/" + endpoint, nothing, "Content-Encoding", "gzip"), 415))
                .isEqualTo("UNSUPPORTED_ENCODING");
    }

    // ---- Streams

    @Test
    void takesABatonOfTheOtherDoor() throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES('both')");
        HranaStream same = json.stream(stream.baton()).run("INSERT INTO t(v) VALUES('doors')");
        client.stream(same.baton()).run("COMMIT");
        assertThat(client.rows("SELECT v FROM t ORDER BY id")).containsExactly("'both'", "'doors'");
    }

    @Test
    void opensAStreamForAnEmptyBody() throws IOException {
        HttpResponse<byte[]> reply =
                client.post("v3-protobuf/pipeline", BodyPublishers.noBody(), BodyHandlers.ofByteArray());
        assertThat(reply.statusCode()).isEqualTo(200);
        PipelineRespBody body = PipelineRespBody.parseFrom(reply.body());
        assertThat(body.getResultsCount()).isZero();
        assertThat(client.stream(body.getBaton()).send(execute("SELECT 1")).rows(0))
                .containsExactly("1");
    }

    @Test
    void answersBothDoorsAlike() throws IOException {
        String[] requests = {
            execute("INSERT INTO t(v) VALUES('a'), (x'00ff'), (-1.5), (NULL), (-9223372036854775808)"),
            execute("SELECT id, v, v AS v, 1 + 1, typeof(v) FROM t"),
            execute("SELECT * FROM nowhere"),
            execute("SELECT ?", integer(Long.MIN_VALUE)),
            Requests.batch(
                    step("SELECT 1"),
                    step("SELEKT"),
                    stepIf(ok(1), "SELECT 2"),
                    stepIf(failed(1), "INSERT INTO t(v) VALUES('b')")),
            Requests.sequence("DELETE FROM t; SELECT 1"),
            Requests.describe("SELECT :a, ?, id, v FROM t"),
            Requests.describe("INSERT INTO t VALUES(1, 2)"),
            Requests.storeSql(0, "SELECT 'stored'"),
            Requests.executeStmt(Requests.stmtOf(0)),
            Requests.closeSql(0),
            Requests.executeStmt(Requests.stmtOf(0)),
            GET_AUTOCOMMIT,
            CLOSE,
            execute("SELECT 1"),
        };
        JsonNode one = timeless(json.pipeline(null, requests).body());
        makeTable();
        JsonNode other = timeless(client.pipeline(null, requests).body());
        assertThat(other.toPrettyString()).isEqualTo(one.toPrettyString());
        assertThat(one.toString()).contains("\"step_errors\":[null,{").contains("SQL_STORE_NOT_FOUND");
    }

    // ---- Values

    @Test
    void carriesNumbersThatJsonHasNot() throws IOException {
        Stmt stmt = Stmt.newBuilder()
                .setSql("SELECT ?, ?, ?, typeof(?3), ?, ?")
                .addArgs(Value.newBuilder().setFloat(Double.POSITIVE_INFINITY))
                .addArgs(Value.newBuilder().setFloat(Double.NEGATIVE_INFINITY))
                .addArgs(Value.newBuilder().setFloat(Double.NaN))
                .addArgs(Value.newBuilder().setFloat(-0.0))
                .addArgs(Value.newBuilder().setBlob(ByteString.EMPTY))
                .build();
        PipelineReqBody body = PipelineReqBody.newBuilder()
                .addRequests(StreamRequest.newBuilder()
                        .setExecute(ExecuteStreamReq.newBuilder().setStmt(stmt)))
                .build();
        HttpResponse<byte[]> reply = client.post(
                "v3-protobuf/pipeline", BodyPublishers.ofByteArray(body.toByteArray()), BodyHandlers.ofByteArray());
        List<Value> row = PipelineRespBody.parseFrom(reply.body())
                .getResults(0)
                .getOk()
                .getExecute()
                .getResult()
                .getRows(0)
                .getValuesList();
        assertThat(row.get(0).getFloat()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(row.get(1).getFloat()).isEqualTo(Double.NEGATIVE_INFINITY);
        // SQLite has no NaN.
        assertThat(row.get(2).hasNull()).isTrue();
        assertThat(row.get(3).getText()).isEqualTo("null");
        assertThat(row.get(4).hasFloat()).isTrue();
        assertThat(row.get(5).hasBlob()).isTrue();
        assertThat(row.get(5).getBlob().isEmpty()).isTrue();
    }

    /** By numbers alone, for a wrong field or type in our own definition of the messages would deceive both sides. */
    @Test
    void spellsIntegersRowidsAndSkippedStepsAsTheSpecificationDoes() throws IOException {
        // Zigzag: 13 is -7, and all bits set is the least integer.
        ByteString insert = message(
                bytes(1, ByteString.copyFromUtf8("INSERT INTO t(id, v) VALUES(?, ?) RETURNING id, v")),
                bytes(3, number(2, 13)),
                bytes(3, number(2, -1)));
        ByteString steps = message(
                bytes(1, bytes(2, stmt("SELECT 1"))),
                bytes(1, bytes(2, stmt("SELEKT"))),
                bytes(1, message(bytes(1, number(1, 1)), bytes(2, stmt("SELECT 2")))),
                bytes(1, message(bytes(1, number(2, 1)), bytes(2, stmt("SELECT 3")))));
        ByteString body = message(bytes(2, bytes(2, bytes(1, insert))), bytes(2, bytes(3, bytes(1, steps))));

        UnknownFieldSet answer = raw(body);
        List<ByteString> results = answer.getField(3).getLengthDelimitedList();
        UnknownFieldSet inserted = at(results.get(0), 1, 2, 1);
        assertThat(inserted.getField(4).getVarintList()).containsExactly(13L);
        assertThat(inserted.getField(3).getVarintList()).containsExactly(1L);
        List<ByteString> row = at(inserted.getField(2).getLengthDelimitedList().get(0))
                .getField(1)
                .getLengthDelimitedList();
        assertThat(row).containsExactly(number(2, 13), number(2, -1));

        UnknownFieldSet batch = at(results.get(1), 1, 3, 1);
        assertThat(keys(batch.getField(1).getLengthDelimitedList())).containsExactly(0L, 3L);
        assertThat(keys(batch.getField(2).getLengthDelimitedList())).containsExactly(1L);
    }

    @Test
    void skipsFieldsThatNobodyKnows() throws IOException {
        ByteString unknown = message(number(99, 1), bytes(100, ByteString.copyFromUtf8("later")));
        ByteString value = message(number(2, 2), unknown);
        ByteString stmt =
                message(bytes(1, ByteString.copyFromUtf8("SELECT ?")), unknown, bytes(3, value), number(6, 7));
        ByteString request = message(unknown, bytes(2, message(bytes(1, stmt), number(3, 1))));

        UnknownFieldSet answer = raw(message(unknown, bytes(2, request)));
        ByteString result = answer.getField(3).getLengthDelimitedList().get(0);
        assertThat(at(result, 1, 2, 1, 2).getField(1).getLengthDelimitedList()).containsExactly(number(2, 2));
    }

    // ---- Cursors

    @Test
    void sendsLengthsBeforeThePreludeAndEachEntry() throws IOException {
        HttpResponse<InputStream> reply =
                client.open(null, step("INSERT INTO t(v) VALUES('a'),('b')"), step("SELECT id, v FROM t"));
        assertThat(HranaClient.contentType(reply)).isEqualTo("application/octet-stream");
        try (InputStream body = reply.body()) {
            assertThat(CursorRespBody.parseDelimitedFrom(body).getBaton()).isNotEmpty();
            assertThat(CursorEntry.parseDelimitedFrom(body).hasStepBegin()).isTrue();
            assertThat(CursorEntry.parseDelimitedFrom(body).getStepEnd().getLastInsertRowid())
                    .isEqualTo(2);
            CursorEntry begin = CursorEntry.parseDelimitedFrom(body);
            assertThat(begin.getStepBegin().getStep()).isEqualTo(1);
            assertThat(begin.getStepBegin().getCols(0).getDecltype()).isEqualTo("INTEGER");
            assertThat(begin.getStepBegin().getCols(1).hasDecltype()).isFalse();
            assertThat(CursorEntry.parseDelimitedFrom(body)
                            .getRow()
                            .getValues(1)
                            .getText())
                    .isEqualTo("a");
            assertThat(CursorEntry.parseDelimitedFrom(body).hasRow()).isTrue();
            assertThat(CursorEntry.parseDelimitedFrom(body).hasStepEnd()).isTrue();
            assertThat(body.read()).isEqualTo(-1);
        }
    }

    @Test
    void sendsTheEntriesThatTheOtherDoorSends() throws IOException {
        String[] steps = {
            step("SELECT 1, NULL, 1.5, 'x', x'00'"),
            step("SELECT * FROM nowhere"),
            stepIf(ok(1), "SELECT 2"),
            step("SELECT 1 UNION ALL SELECT abs(-9223372036854775808)"),
            step("INSERT INTO t(id, v) VALUES(-7, 1) RETURNING id"),
            step(""),
        };
        List<JsonNode> one = json.cursor(null, steps).entries();
        makeTable();
        List<JsonNode> other = client.cursor(null, steps).entries();
        assertThat(other.toString()).isEqualTo(one.toString());
        assertThat(one.toString()).contains("\"last_insert_rowid\":\"-7\"");
    }

    @Test
    void goesOnWithTheBatonBeforeTheBodyIsRead() throws IOException {
        try (InputStream body = client.open(null, step(MANY)).body()) {
            String baton = CursorRespBody.parseDelimitedFrom(body).getBaton();
            assertThat(client.stream(baton).send(execute("SELECT 7")).rows(0)).containsExactly("7");
            int entries = 0;
            CursorEntry last = null;
            for (CursorEntry entry = CursorEntry.parseDelimitedFrom(body);
                    entry != null;
                    entry = CursorEntry.parseDelimitedFrom(body)) {
                last = entry;
                entries++;
            }
            assertThat(last.hasStepEnd()).isTrue();
            assertThat(entries).isEqualTo(MANY_ROWS + 2);
        }
    }

    @Test
    void endsRowsThatMustBeKeptAndFindNoRoomWithAnError() throws IOException {
        HranaStream stream = client.stream().run("BEGIN");
        List<String> texts = stream.cursor(step(MANY), step("SELECT 1")).texts();
        assertThat(texts).contains("error 0 RESPONSE_TOO_LARGE");
        assertThat(texts.size()).isLessThan(MANY_ROWS);
        assertThat(stream.isAutocommit()).isFalse();
        stream.close();
    }

    @Test
    void endsAStepWhoseRowIsTooLargeToBeKept() throws IOException {
        CursorEntries entries = client.cursor(
                null,
                step("SELECT 'short' UNION ALL SELECT hex(zeroblob(600000)) UNION ALL SELECT 'late'"),
                step("SELECT 2"));
        assertThat(entries.texts())
                .containsExactly("begin 0", "row 'short'", "error 0 RESPONSE_TOO_LARGE", "begin 1", "row 2", "end 0");
        assertThat(entries.entries().get(2).at("/error/message").textValue()).contains("limits.max_response_size");
    }

    @Test
    void answersAPipelineWhoseResultIsTooLargeWithAnError() throws IOException {
        Results results = client.pipeline(
                null,
                execute("SELECT 1"),
                execute(MANY),
                Requests.batch(step(MANY), step("SELECT 3")),
                execute("SELECT 2"));
        assertThat(results.codes()).containsExactly("ok", "RESPONSE_TOO_LARGE", "ok", "ok");
        assertThat(results.steps(2)).containsExactly("RESPONSE_TOO_LARGE", "ok");
        assertThat(results.rows(3)).containsExactly("2");
    }

    // ---- Bodies that are none

    @Test
    void refusesWhatIsNoProtobuf() throws IOException {
        byte[] good = ProtobufMessages.pipeline(null, execute("INSERT INTO t(v) VALUES('never')"));
        for (int length = 1; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            HttpResponse<String> reply =
                    client.post("v3-protobuf/pipeline", BodyPublishers.ofByteArray(cut), BodyHandlers.ofString());
            assertThat(HranaClient.refusal(reply, 400)).isIn("INVALID_PROTOBUF", "INVALID_REQUEST");
        }
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
        for (String body : new String[] {"{\"requests\":[]}", "\u0007", "\n\u0002\u00ff\u00fe", "\u001c", "\u0000"}) {
            HttpResponse<String> reply = client.post(
                    "v3-protobuf/pipeline",
                    BodyPublishers.ofByteArray(body.getBytes(StandardCharsets.ISO_8859_1)),
                    BodyHandlers.ofString());
            assertThat(HranaClient.refusal(reply, 400)).isEqualTo("INVALID_PROTOBUF");
        }
    }

    @Test
    void refusesRequestsAndCursorsWithoutContent() throws IOException {
        ByteArrayOutputStream empty = new ByteArrayOutputStream();
        PipelineReqBody.newBuilder()
                .addRequests(StreamRequest.getDefaultInstance())
                .build()
                .writeTo(empty);
        HttpResponse<String> request = client.post(
                "v3-protobuf/pipeline", BodyPublishers.ofByteArray(empty.toByteArray()), BodyHandlers.ofString());
        assertThat(HranaClient.refusal(request, 400)).isEqualTo("INVALID_REQUEST");
        assertThat(HranaClient.refusal(client.post("v3-protobuf/cursor", ""), 400))
                .isEqualTo("INVALID_REQUEST");
    }

    @Test
    void refusesAMalformedBodyWithoutBurningItsBaton() throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES(1)");
        PipelineReqBody body = PipelineReqBody.newBuilder()
                .setBaton(stream.baton())
                .addRequests(StreamRequest.getDefaultInstance())
                .build();
        HttpResponse<String> reply = client.post(
                "v3-protobuf/pipeline", BodyPublishers.ofByteArray(body.toByteArray()), BodyHandlers.ofString());
        assertThat(HranaClient.refusal(reply, 400)).isEqualTo("INVALID_REQUEST");
        stream.run("COMMIT");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    /** Posts a pipeline that must be answered. */
    private UnknownFieldSet raw(ByteString body) throws IOException {
        HttpResponse<byte[]> reply = client.post(
                "v3-protobuf/pipeline", BodyPublishers.ofByteArray(body.toByteArray()), BodyHandlers.ofByteArray());
        assertThat(reply.statusCode()).isEqualTo(200);
        return UnknownFieldSet.parseFrom(reply.body());
    }

    /** The message at a path of fields, each the first of its number. */
    private static UnknownFieldSet at(ByteString message, int... fields) throws IOException {
        UnknownFieldSet found = UnknownFieldSet.parseFrom(message);
        for (int field : fields) {
            found = UnknownFieldSet.parseFrom(
                    found.getField(field).getLengthDelimitedList().get(0));
        }
        return found;
    }

    private static List<Long> keys(List<ByteString> entries) throws IOException {
        List<Long> keys = new ArrayList<>();
        for (ByteString entry : entries) {
            // A key of 0 may be left out.
            List<Long> key = at(entry).getField(1).getVarintList();
            keys.add(key.isEmpty() ? 0 : key.get(0));
            assertThat(at(entry).hasField(2)).isTrue();
        }
        return keys;
    }

    private static ByteString stmt(String sql) {
        return bytes(1, ByteString.copyFromUtf8(sql));
    }

    private static ByteString message(ByteString... fields) {
        return ByteString.copyFrom(List.of(fields));
    }

    private static ByteString bytes(int number, ByteString content) {
        return field(number, UnknownFieldSet.Field.newBuilder().addLengthDelimited(content));
    }

    private static ByteString number(int number, long value) {
        return field(number, UnknownFieldSet.Field.newBuilder().addVarint(value));
    }

    private static ByteString field(int number, UnknownFieldSet.Field.Builder content) {
        return UnknownFieldSet.newBuilder()
                .addField(number, content.build())
                .build()
                .toByteString();
    }

    /** An answer without what differs from one run to the next. */
    private static JsonNode timeless(JsonNode body) {
        ((ObjectNode) body).remove("baton");
        body.findParents("query_duration_ms").forEach(result -> ((ObjectNode) result).remove("query_duration_ms"));
        return body;
    }
}
