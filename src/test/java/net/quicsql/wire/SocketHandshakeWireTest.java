package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a WebSocket begins: its address, its subprotocol, and who may. */
class SocketHandshakeWireTest {
    private static final String[] HANDSHAKE = {
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    };

    @RegisterExtension
    static final WireServer OPEN = WireServer.open();

    @TempDir
    static Path folder;

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.start(folder.resolve("data"), RunningServer.PRINCIPALS + """
                default_database: standard
                host_suffix: .db.example.com
                databases: {standard: {}, app: {}, other: {}}
                """);
        for (String name : new String[] {"standard", "app", "other"}) {
            String body = RunningServer.statement("CREATE TABLE me AS SELECT '" + name + "' AS name");
            assertThat(server.post("/" + name + "/query", body, RunningServer.DEV)
                            .status())
                    .isEqualTo(200);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "hrana1                            | hrana1",
                "hrana1, hrana2                    | hrana2",
                "hrana2, hrana3, hrana1            | hrana3",
                "hrana3, hrana3-protobuf           | hrana3-protobuf",
                "graphql-ws, hrana2                | hrana2",
                "HRANA3                            | HRANA3",
                "Hrana3-Protobuf, hrana3           | Hrana3-Protobuf",
                "hrana2,hrana2                     | hrana2",
                "-                                 | -",
            })
    void choosesTheBestSubprotocolAndSpellsItAsTheClientDid(String offered, String chosen) throws IOException {
        String head = answer("/app", offered == null ? "X: y" : "Sec-WebSocket-Protocol: " + offered);
        assertThat(head).startsWith("HTTP/1.1 101 ").doesNotContainIgnoringCase("Sec-WebSocket-Extensions");
        if (chosen == null) {
            assertThat(head).doesNotContainIgnoringCase("Sec-WebSocket-Protocol");
        } else {
            assertThat(head).contains("Sec-WebSocket-Protocol: " + chosen + "\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"graphql-ws", "hrana4", "hrana", "hrana3-protobuf2, x"})
    void refusesAClientThatSpeaksNoneOfThem(String offered) throws IOException {
        assertThat(answer("/app", "Sec-WebSocket-Protocol: " + offered))
                .startsWith("HTTP/1.1 400 ")
                .contains("application/json");
    }

    @Test
    void speaksHrana1WithWhomeverOffersNothing() throws IOException {
        try (RawSocket raw = RawSocket.open(server.port(), "/app", null)) {
            raw.text(SocketClient.hello("dev-token"));
            assertThat(raw.next().text()).isEqualTo("{\"type\":\"hello_ok\"}");
        }
    }

    @Test
    void negotiatesNoCompression() throws IOException {
        assertThat(answer("/app", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"))
                .startsWith("HTTP/1.1 101 ")
                .doesNotContainIgnoringCase("permessage-deflate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "7", "14", "x"})
    void tellsWhichVersionOfWebSocketsItSpeaks(String version) throws IOException {
        assertThat(RawSocket.answer(
                        server.port(),
                        "/app",
                        HANDSHAKE[0],
                        HANDSHAKE[1],
                        HANDSHAKE[3],
                        "Sec-WebSocket-Version: " + version))
                .startsWith("HTTP/1.1 400 ")
                .containsIgnoringCase("Sec-WebSocket-Version: 13\r\n");
    }

    @Test
    void refusesAHandshakeWithoutAKey() throws IOException {
        assertThat(RawSocket.answer(server.port(), "/app", HANDSHAKE[0], HANDSHAKE[1], HANDSHAKE[2]))
                .startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/app/v2/pipeline",
                "/app/v3/cursor",
                "/v2",
                "/app/v2",
                "/app/x",
                "/app/query",
                "/a/b/c",
                "/app/dump"
            })
    void opensNoWebSocketBelowADatabase(String path) throws IOException {
        assertThat(answer(path, "Sec-WebSocket-Protocol: hrana3")).doesNotStartWith("HTTP/1.1 101 ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "/       | -     | localhost          | standard",
                "/       | other | localhost          | other",
                "/       | -     | app.db.example.com | app",
                "/       | other | app.db.example.com | other",
                "/app    | -     | localhost          | app",
                "/app/   | -     | localhost          | app",
                "//app// | -     | localhost          | app",
                "/%61pp  | -     | localhost          | app",
                "/app?x  | -     | localhost          | app",
                "/app    | other | localhost          | app",
            })
    void findsTheDatabaseAsHttpDoes(String path, String namespace, String host, String database) throws IOException {
        String head = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + String.join("\r\n", HANDSHAKE)
                + "\r\nSec-WebSocket-Protocol: hrana3\r\n"
                + (namespace == null ? "" : "x-namespace: " + namespace + "\r\n") + "\r\n";
        try (RawSocket raw = RawSocket.connect(server.port())) {
            raw.send(head.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(raw.head()).startsWith("HTTP/1.1 101 ");
            raw.text(SocketClient.hello("dev-token"));
            raw.text("{\"type\":\"request\",\"request_id\":1,\"request\":{\"type\":\"open_stream\",\"stream_id\":1}}");
            raw.text("{\"type\":\"request\",\"request_id\":2,\"request\":"
                    + SocketClient.onStream(1, Requests.execute("SELECT name FROM me")) + "}");
            raw.next();
            raw.next();
            JsonNode answer = HranaClient.JSON.readTree(raw.next().text());
            assertThat(answer.at("/response/result/rows/0/0/value").textValue()).isEqualTo(database);
        }
    }

    @Test
    void tellsInAnswerToTheFirstMessageThatNothingNamesADatabase() throws Exception {
        try (RunningServer bare = RunningServer.start(
                        folder.resolve("bare"), RunningServer.PRINCIPALS + "databases: {app: {}}\n");
                SocketClient client = SocketClient.connect(bare.port(), "/", "hrana3")) {
            client.send(SocketClient.hello("dev-token"));
            JsonNode answer = client.next();
            assertThat(answer.get("type").textValue()).isEqualTo("hello_error");
            assertThat(answer.at("/error/message").textValue()).contains("no database in the URL");
            assertThat(client.closeCode()).isEqualTo(1000);
        }
    }

    @Test
    void tellsInAnswerToTheFirstMessageThatTheDatabaseIsUnknown() throws Exception {
        try (SocketClient client = SocketClient.connect(server.port(), "/nowhere", "hrana3")) {
            client.send(SocketClient.hello("dev-token"));
            JsonNode answer = client.next();
            assertThat(answer.get("type").textValue()).isEqualTo("hello_error");
            assertThat(answer.at("/error/code").textValue()).isEqualTo("UNKNOWN_DATABASE");
            assertThat(client.closeCode()).isEqualTo(1000);
        }
    }

    @Test
    void takesTheTokenOfTheHandshakeWhereHelloHasNone() throws IOException {
        String[] hrana3 = {"hrana3"};
        for (String hello :
                new String[] {"{\"type\":\"hello\"}", "{\"type\":\"hello\",\"jwt\":null}", SocketClient.hello("")}) {
            try (SocketClient client =
                    SocketClient.connectWith(server.port(), "/app", hrana3, "Authorization", "Bearer dev-reader")) {
                client.send(hello);
                assertThat(client.next().get("type").textValue()).isEqualTo("hello_ok");
                client.openStream(1);
                assertThat(client.error(SocketClient.onStream(1, Requests.execute("CREATE TABLE no(x)"))))
                        .isEqualTo("SQLITE_READONLY");
            }
        }
        try (SocketClient client =
                SocketClient.connectWith(server.port(), "/app", hrana3, "Authorization", "Bearer dev-reader")) {
            client.send(SocketClient.hello("dev-token"));
            client.next();
            client.openStream(1);
            client.execute(1, "CREATE TABLE yes(x)");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost",
                "http://localhost:3000",
                "https://127.0.0.1:8080",
                "http://127.9.8.7",
                "http://[::1]:80",
                "http://LOCALHOST"
            })
    void letsPagesOfThisMachineInWhereNobodyIsAskedForAToken(String origin) throws IOException {
        assertThat(RawSocket.answer(OPEN.port(), "/app", handshake("Origin: " + origin)))
                .startsWith("HTTP/1.1 101 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com",
                "null",
                "http://localhost.example.com",
                "http://127.0.0.1.example.com",
                "http://example.com#localhost",
                "http://localhost@example.com",
                "file://",
                "",
                "http://127.0.0.1:x/"
            })
    void keepsOtherPagesOutWhereNobodyIsAskedForAToken(String origin) throws IOException {
        assertThat(RawSocket.answer(OPEN.port(), "/app", handshake("Origin: " + origin)))
                .startsWith("HTTP/1.1 403 ")
                .contains("application/json");
    }

    @Test
    void looksAtNoOriginWhereATokenIsNeeded() throws IOException {
        assertThat(answer("/app", "Origin: http://example.com")).startsWith("HTTP/1.1 101 ");
    }

    @Test
    void keepsDatabasesApart() throws IOException {
        try (SocketClient app = hello("/app");
                SocketClient other = hello("/other")) {
            for (SocketClient client : new SocketClient[] {app, other}) {
                client.openStream(1);
            }
            app.execute(1, "BEGIN IMMEDIATE");
            other.execute(1, "BEGIN IMMEDIATE");
            app.response(Requests.storeSql(1, "SELECT 'app'"));
            assertThat(other.error(SocketClient.onStream(1, Requests.executeStmt(Requests.stmtOf(1)))))
                    .isEqualTo("SQL_STORE_NOT_FOUND");
            other.response(Requests.storeSql(1, "SELECT name FROM me"));
            assertThat(other.response(SocketClient.onStream(1, Requests.executeStmt(Requests.stmtOf(1))))
                            .at("/result/rows/0/0/value")
                            .textValue())
                    .isEqualTo("other");
        }
    }

    @Test
    void knowsNoTextOfAnotherConnectionToTheSameDatabase() throws IOException {
        try (SocketClient one = hello("/app");
                SocketClient other = hello("/app")) {
            one.response(Requests.storeSql(1, "SELECT 1"));
            other.openStream(1);
            assertThat(other.error(SocketClient.onStream(1, Requests.executeStmt(Requests.stmtOf(1)))))
                    .isEqualTo("SQL_STORE_NOT_FOUND");
            assertThat(other.error(SocketClient.onStream(1, "{\"type\":\"sequence\",\"sql_id\":1}")))
                    .isEqualTo("SQL_STORE_NOT_FOUND");
        }
    }

    private static SocketClient hello(String path) throws IOException {
        SocketClient client = SocketClient.connect(server.port(), path, "hrana3");
        client.send(SocketClient.hello("dev-token"));
        assertThat(client.next().get("type").textValue()).isEqualTo("hello_ok");
        return client;
    }

    private static String answer(String path, String header) throws IOException {
        return RawSocket.answer(server.port(), path, handshake(header));
    }

    private static String[] handshake(String header) {
        String[] headers = java.util.Arrays.copyOf(HANDSHAKE, HANDSHAKE.length + 1);
        headers[HANDSHAKE.length] = header;
        return headers;
    }
}
