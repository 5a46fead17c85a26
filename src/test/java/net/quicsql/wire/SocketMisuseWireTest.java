package net.quicsql.wire;

import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.SocketClient.onStream;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a WebSocket's client must not say, in each subprotocol: how it is told, and that its transactions are rolled back. */
@ParameterizedClass
@ValueSource(strings = {"hrana1", "hrana2", "hrana3", "hrana3-protobuf"})
class SocketMisuseWireTest {
    private static final String OPEN_STREAM = "{\"type\":\"open_stream\",\"stream_id\":%d}";
    private static final String CLOSE_STREAM = "{\"type\":\"close_stream\",\"stream_id\":%d}";
    private static final String OPEN_CURSOR =
            "{\"type\":\"open_cursor\",\"stream_id\":%d,\"cursor_id\":%d,\"batch\":{\"steps\":[]}}";
    private static final String CLOSE_CURSOR = "{\"type\":\"close_cursor\",\"cursor_id\":%d}";
    private static final String FETCH = "{\"type\":\"fetch_cursor\",\"cursor_id\":%d,\"max_count\":1}";

    private static final int INVALID = 1007;
    private static final int MISUSE = 1008;

    @RegisterExtension
    static final WireServer SERVER = WireServer.with("max_hrana_body: 128KiB");

    private final String subprotocol;
    private final boolean text;

    SocketMisuseWireTest(String subprotocol) {
        this.subprotocol = subprotocol;
        this.text = !subprotocol.endsWith("protobuf");
    }

    @BeforeEach
    void makeTable() throws IOException {
        SERVER.client().run("DROP TABLE IF EXISTS t; CREATE TABLE t(v)");
    }

    // ---- Hello

    @Test
    void closesWhereARequestComesBeforeHello() throws Exception {
        try (SocketClient client = SocketClient.connect(SERVER.port(), "/app", subprotocol)) {
            client.request(OPEN_STREAM.formatted(1));
            assertThat(client.closeCode()).isEqualTo(MISUSE);
            assertThat(client.closeReason()).contains("hello");
            assertThat(client.hasMessages()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "", WireServer.GUEST})
    void tellsWhoMayNotComeInAndHearsNothingMore(String token) throws Exception {
        String path = token.equals(WireServer.GUEST) ? "/other" : "/app";
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        together.writeBytes(frame(SocketClient.hello(token)));
        together.writeBytes(frame(request(1, OPEN_STREAM.formatted(1))));
        together.writeBytes(frame(request(2, onStream(1, execute("INSERT INTO t VALUES(1)")))));
        try (RawSocket raw = RawSocket.open(SERVER.port(), path, subprotocol)) {
            raw.send(together.toByteArray());
            byte[] message = raw.next().payload();
            JsonNode answer = text ? HranaClient.JSON.readTree(message) : SocketProtobuf.message(message);
            assertThat(answer.get("type").textValue()).isEqualTo("hello_error");
            assertThat(answer.at("/error/message").textValue()).isNotBlank();
            assertThat(answer.at("/error/code").textValue())
                    .isEqualTo(token.equals(WireServer.GUEST) ? "ACCESS_DENIED" : "UNAUTHENTICATED");
            RawSocket.Frame close = raw.next();
            assertThat(close.opCode()).isEqualTo(RawSocket.CLOSE);
            assertThat(close.payload()).containsExactly(0x03, 0xe8);
            raw.frame(RawSocket.CLOSE, true, close.payload());
            raw.awaitEnd();
        }
        assertThat(SERVER.client().rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void saysHelloBeforeItAnswersWhatCameWithIt() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (SocketClient client = SocketClient.connect(SERVER.port(), "/app", subprotocol)) {
                client.send(SocketClient.hello(WireServer.DEV));
                client.request(Requests.storeSql(1, "SELECT 1"));
                client.request(OPEN_STREAM.formatted(1));
                client.request(onStream(1, execute("SELECT 1")));
                assertThat(client.next().get("type").textValue()).isEqualTo("hello_ok");
                for (int i = 0; i < 3; i++) {
                    assertThat(client.next().get("type").textValue()).isEqualTo("response_ok");
                }
            }
        }
    }

    @Test
    void endsAConnectionWhoseLaterHelloIsRefusedWithAllItsStreams() throws Exception {
        try (SocketClient client = busy()) {
            client.send(SocketClient.hello("nobody"));
            assertThat(client.next().get("type").textValue()).isEqualTo("hello_error");
            assertThat(client.closeCode()).isEqualTo(1000);
        }
        requireNothingLeft();
    }

    // ---- Numbers

    @ParameterizedTest
    @ValueSource(
            strings = {
                CLOSE_STREAM,
                "{\"type\":\"get_autocommit\",\"stream_id\":%d}",
                "{\"type\":\"execute\",\"stream_id\":%d,\"stmt\":{\"sql\":\"SELECT 1\"}}",
                "{\"type\":\"open_cursor\",\"stream_id\":%d,\"cursor_id\":1,\"batch\":{\"steps\":[]}}",
                FETCH,
                CLOSE_CURSOR
            })
    void closesWhereANumberIsNotOpen(String request) throws Exception {
        for (int number : new int[] {77, -1, Integer.MIN_VALUE}) {
            try (SocketClient client = busy()) {
                client.request(request.formatted(number));
                assertThat(client.closeCode()).isEqualTo(MISUSE);
                assertThat(client.closeReason()).contains(Integer.toString(number));
            }
            requireNothingLeft();
        }
    }

    @Test
    void closesWhereTheNumberOfAStreamIsInUse() throws Exception {
        try (SocketClient client = busy()) {
            client.request(OPEN_STREAM.formatted(0));
            assertThat(client.closeCode()).isEqualTo(MISUSE);
            assertThat(client.closeReason()).contains("in use");
        }
        requireNothingLeft();
    }

    @Test
    void closesWhereTheNumberOfACursorIsInUse() throws Exception {
        try (SocketClient client = busy()) {
            client.openStream(5);
            client.response(OPEN_CURSOR.formatted(5, 3));
            client.request(OPEN_CURSOR.formatted(0, 3));
            assertThat(client.closeCode()).isEqualTo(MISUSE);
        }
        requireNothingLeft();
    }

    @Test
    void takesNumbersAgainThatWereClosedAndAnyNumber() throws IOException {
        try (SocketClient client = SocketClient.hello(SERVER, subprotocol)) {
            for (int number : new int[] {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0}) {
                client.openStream(number);
                client.execute(number, "INSERT INTO t VALUES(1)");
                client.response(OPEN_CURSOR.formatted(number, number));
                client.response(CLOSE_CURSOR.formatted(number));
                client.response(OPEN_CURSOR.formatted(number, number));
                client.response(CLOSE_STREAM.formatted(number));
            }
            // Without waiting in between.
            client.openStream(1);
            client.request(CLOSE_STREAM.formatted(1));
            client.request(OPEN_STREAM.formatted(1));
            int last = client.request(onStream(1, execute("SELECT 1")));
            JsonNode answer = client.next();
            while (answer.get("request_id").intValue() != last) {
                assertThat(answer.get("type").textValue()).isEqualTo("response_ok");
                answer = client.next();
            }
            assertThat(answer.get("type").textValue()).isEqualTo("response_ok");
        }
        assertThat(SERVER.client().rows("SELECT count(*) FROM t")).containsExactly("5");
    }

    @Test
    void answersRequestsWithTheSameNumberEach() throws IOException {
        try (SocketClient client = SocketClient.hello(SERVER, subprotocol)) {
            client.openStream(1);
            for (int id : new int[] {9, 9, -9, Integer.MIN_VALUE}) {
                client.send("{\"type\":\"request\",\"request_id\":" + id + ",\"request\":"
                        + onStream(1, execute("SELECT 1")) + "}");
                JsonNode answer = client.next();
                assertThat(answer.get("type").textValue()).isEqualTo("response_ok");
                assertThat(answer.get("request_id").intValue()).isEqualTo(id);
            }
        }
    }

    // ---- Messages

    @Test
    void closesWhereTextAndBinaryAreMixedUp() throws Exception {
        try (SocketClient client = busy()) {
            if (text) {
                client.sendBinary("{\"type\":\"hello\"}".getBytes(StandardCharsets.UTF_8));
            } else {
                client.sendText("{\"type\":\"hello\"}");
            }
            assertThat(client.closeCode()).isEqualTo(1003);
            assertThat(client.closeReason()).contains(text ? "text" : "binary");
        }
        requireNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "{",
                "[]",
                "7",
                "null",
                "{}",
                "{\"type\":7}",
                "{\"type\":\"explode\"}",
                "{\"type\":\"request\"}",
                "{\"type\":\"request\",\"request_id\":1}",
                "{\"type\":\"request\",\"request\":{\"type\":\"open_stream\",\"stream_id\":7}}",
                "{\"type\":\"request\",\"request_id\":\"1\",\"request\":{\"type\":\"open_stream\",\"stream_id\":7}}",
                "{\"type\":\"request\",\"request_id\":2147483648,\"request\":{\"type\":\"open_stream\",\"stream_id\":7}}",
                "{\"type\":\"request\",\"request_id\":1,\"request\":{\"type\":\"open_stream\"}}",
                "{\"type\":\"request\",\"request_id\":1,\"request\":{\"type\":\"open_stream\",\"stream_id\":1.5}}",
                "{\"type\":\"request\",\"request_id\":1,\"request\":{\"type\":\"explode\",\"stream_id\":0}}",
                "{\"type\":\"request\",\"request_id\":1,\"request\":{\"type\":\"close\",\"stream_id\":0}}",
                "{\"type\":\"request\",\"request_id\":1,\"request\":{\"type\":\"fetch_cursor\",\"cursor_id\":0,\"max_count\":-1}}",
                "{\"type\":\"hello\"} {\"type\":\"hello\"}",
            })
    void closesWhereAMessageCannotBeRead(String message) throws Exception {
        try (SocketClient client = busy()) {
            if (text) {
                client.sendText(message);
            } else {
                // Of a wire type that there is not, whatever follows.
                client.sendBinary(("\u000f" + message).getBytes(StandardCharsets.UTF_8));
            }
            assertThat(client.closeCode()).isEqualTo(INVALID);
            assertThat(client.closeReason()).isNotBlank();
        }
        requireNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"execute\",\"stream_id\":0,\"stmt\":{}}",
                "{\"type\":\"execute\",\"stream_id\":0,\"stmt\":{\"sql\":\"COMMIT\",\"sql_id\":1}}",
                "{\"type\":\"batch\",\"stream_id\":0,\"batch\":{\"steps\":[{\"stmt\":{}}]}}",
                "{\"type\":\"sequence\",\"stream_id\":0}",
                "{\"type\":\"sequence\",\"stream_id\":0,\"sql\":\"COMMIT\",\"sql_id\":1}",
                "{\"type\":\"describe\",\"stream_id\":0}",
                "{\"type\":\"describe\",\"stream_id\":0,\"sql\":\"SELECT 1\",\"sql_id\":1}",
            })
    void closesWhereSqlAndSqlIdAreBothGivenOrNeither(String request) throws Exception {
        try (SocketClient client = busy()) {
            client.response(Requests.storeSql(1, "COMMIT"));
            client.request(request);
            assertThat(client.closeCode()).isEqualTo(MISUSE);
            assertThat(client.closeReason()).contains("sql_id");
        }
        requireNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, Integer.MAX_VALUE})
    void closesWhereAConditionIsOnItsOwnOrALaterStep(int step) throws Exception {
        String nested = Requests.not(Requests.and(Requests.or(Requests.ok(step))));
        for (String condition : List.of(Requests.ok(step), Requests.failed(step), nested)) {
            String steps = Requests.step("COMMIT") + "," + Requests.stepIf(condition, "SELECT 1");
            for (String type : List.of("batch", "open_cursor")) {
                try (SocketClient client = busy()) {
                    client.request("{\"type\":\"" + type + "\",\"stream_id\":0,\"cursor_id\":0,\"batch\":{\"steps\":["
                            + steps + "]}}");
                    assertThat(client.closeCode()).isEqualTo(MISUSE);
                    assertThat(client.closeReason()).contains("step 1");
                }
                requireNothingLeft();
            }
        }
    }

    @Test
    void closesWhereAMessageInProtobufSaysNothing() throws Exception {
        byte[][] messages = {
            {},
            // A request without a request, one of a kind that is not known, a length past the message's end.
            {0x12, 0x02, 0x08, 0x01},
            {0x12, 0x04, 0x08, 0x01, (byte) 0xf2, 0x01},
            {0x0a, 0x7f}
        };
        for (byte[] message : messages) {
            try (SocketClient client = SocketClient.hello(SERVER, "hrana3-protobuf")) {
                client.sendBinary(message);
                assertThat(client.closeCode()).isEqualTo(INVALID);
            }
        }
    }

    @Test
    void closesWhereTextIsNotUtf8() throws Exception {
        byte[] bad = text
                ? "{\"type\":\"hello\",\"jwt\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1)
                : new byte[] {0x0a, 0x03, 0x0a, 0x01, (byte) 0xff};
        try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", subprotocol)) {
            raw.frame(text ? RawSocket.TEXT : RawSocket.BINARY, true, bad);
            assertThat(raw.closeCode()).isEqualTo(INVALID);
            raw.awaitEnd();
        }
    }

    // ---- Frames

    @Test
    void putsMessagesTogetherWithPingsInBetween() throws Exception {
        byte[] hello = text
                ? "{\"type\":\"hello\",\"jwt\":\"dev\",\"ü\":1}".getBytes(StandardCharsets.UTF_8)
                : SocketProtobuf.message(HranaClient.JSON.readTree(SocketClient.hello(WireServer.DEV)));
        try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", subprotocol)) {
            for (int i = 0; i < hello.length; i++) {
                int opCode = i > 0 ? RawSocket.CONTINUATION : text ? RawSocket.TEXT : RawSocket.BINARY;
                raw.frame(opCode, false, new byte[] {hello[i]});
                raw.frame(RawSocket.PING, true, new byte[] {(byte) i});
            }
            raw.frame(RawSocket.CONTINUATION, true, new byte[0]);
            for (int i = 0; i < hello.length; i++) {
                RawSocket.Frame pong = raw.next();
                assertThat(pong.opCode()).isEqualTo(RawSocket.PONG);
                assertThat(pong.payload()).containsExactly((byte) i);
            }
            RawSocket.Frame answer = raw.next();
            assertThat(answer.opCode()).isEqualTo(text ? RawSocket.TEXT : RawSocket.BINARY);
            if (text) {
                assertThat(answer.text()).isEqualTo("{\"type\":\"hello_ok\"}");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 7, 11, 15})
    void closesWhereAFrameIsOfNoKnownKind(int opCode) throws Exception {
        try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", subprotocol)) {
            raw.frame(opCode, true, new byte[] {1});
            assertThat(raw.closeCode()).isEqualTo(1002);
            raw.awaitEnd();
        }
    }

    @Test
    void closesWhereAFrameBreaksTheRules() throws Exception {
        byte[] unmasked = {(byte) 0x81, 0x02, '{', '}'};
        byte[] reservedBit = RawSocket.bytes(0x40 | RawSocket.TEXT, true, new byte[] {'{', '}'});
        byte[] outOfTheBlue = RawSocket.bytes(RawSocket.CONTINUATION, true, new byte[] {1});
        byte[] longPing = RawSocket.bytes(RawSocket.PING, true, new byte[126]);
        byte[] partOfAPing = RawSocket.bytes(RawSocket.PING, false, new byte[1]);
        for (byte[] frame : new byte[][] {unmasked, reservedBit, outOfTheBlue, longPing, partOfAPing}) {
            try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", subprotocol)) {
                raw.send(frame);
                assertThat(raw.closeCode()).isEqualTo(1002);
                raw.awaitEnd();
            }
        }
    }

    @Test
    void reservesNothingForTheLengthThatAFrameClaims() throws Exception {
        for (long length : new long[] {Integer.MAX_VALUE, 1L << 31, Long.MAX_VALUE, -1}) {
            try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", subprotocol)) {
                raw.begin(text ? RawSocket.TEXT : RawSocket.BINARY, length);
                raw.send(new byte[100]);
                assertThat(SERVER.level("quicsql.buffered_bytes")).isZero();
                if (length != Integer.MAX_VALUE) {
                    assertThat(raw.closeCode()).isEqualTo(1009);
                    raw.awaitEnd();
                }
            }
        }
    }

    @Test
    void tellsAClientThatSendsFirstAndReadsThenThatItsMessageIsTooLarge() throws Exception {
        try (SocketClient client = busy()) {
            byte[] large = new byte[8 * 1024 * 1024];
            java.util.Arrays.fill(large, (byte) ' ');
            if (text) {
                client.sendText(new String(large, StandardCharsets.US_ASCII));
            } else {
                client.sendBinary(large);
            }
            assertThat(client.closeCode()).isEqualTo(1009);
            assertThat(client.closeReason()).contains("limits.max_hrana_body", "131072");
        }
        requireNothingLeft();
        assertThat(SERVER.level("quicsql.buffered_bytes")).isZero();
    }

    @Test
    void closesConnectionsOfClientsThatDoNotAnswerItsClose() throws Exception {
        try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", subprotocol)) {
            raw.send(frame(SocketClient.hello("nobody")));
            assertThat(raw.closeCode()).isEqualTo(1000);
            raw.frame(RawSocket.PING, true, new byte[0]);
            raw.awaitEnd();
        }
    }

    /** A connection with a transaction that has written, on stream 0. */
    private SocketClient busy() throws IOException {
        SocketClient client = SocketClient.hello(SERVER, subprotocol);
        client.openStream(0);
        client.execute(0, "BEGIN IMMEDIATE");
        client.execute(0, "INSERT INTO t VALUES('not committed')");
        return client;
    }

    /** A message as a frame of the subprotocol. */
    private byte[] frame(String message) throws IOException {
        return text
                ? RawSocket.bytes(RawSocket.TEXT, true, message.getBytes(StandardCharsets.UTF_8))
                : RawSocket.bytes(RawSocket.BINARY, true, SocketProtobuf.message(HranaClient.JSON.readTree(message)));
    }

    private static String request(int id, String request) {
        return "{\"type\":\"request\",\"request_id\":" + id + ",\"request\":" + request + "}";
    }

    private static void requireNothingLeft() throws Exception {
        Await.until("the lock is free", () -> !SERVER.isWriteLocked());
        Await.until("no stream is left", () -> SERVER.level("quicsql.app.open_streams") == 0);
        assertThat(SERVER.level("quicsql.app.open_transactions")).isZero();
        assertThat(SERVER.client().rows("SELECT count(*) FROM t")).containsExactly("0");
    }
}
