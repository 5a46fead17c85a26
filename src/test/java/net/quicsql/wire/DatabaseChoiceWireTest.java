package net.quicsql.wire;

import static net.quicsql.wire.RunningServer.DEV;
import static net.quicsql.wire.RunningServer.json;
import static net.quicsql.wire.RunningServer.statement;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which database a request means, and which names there can be. */
class DatabaseChoiceWireTest {
    private static final String WHO = statement("SELECT name FROM me");
    private static final String HOST = "Host: ";

    @TempDir
    static Path folder;

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.start(folder.resolve("data"), RunningServer.PRINCIPALS + """
                default_database: standard
                host_suffix: .db.example.com
                databases: {standard: {}, app: {}, other: {}, A.b_c-9: {}}
                """);
        for (String name : new String[] {"standard", "app", "other", "A.b_c-9"}) {
            RawHttp.Reply made = server.post(
                    "/" + name + "/query",
                    "{\"statements\":[{\"sql\":\"CREATE TABLE me(name)\"},{\"sql\":\"INSERT INTO me VALUES('" + name
                            + "')\"}]}",
                    DEV);
            assertThat(made.status()).isEqualTo(200);
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
                "/query           | -     | localhost               | standard",
                "/query           | other | localhost               | other",
                "/query           | other | app.db.example.com      | other",
                "/query           | -     | app.db.example.com      | app",
                "/query           | -     | app.DB.Example.com:7775 | app",
                "/query           | -     | app.db.example.com.     | app",
                "/query           | -     | db.example.com          | standard",
                "/query           | -     | app.example.com         | standard",
                "/app/query       | other | other.db.example.com    | app",
                "//app//query     | -     | localhost               | app",
                "/app/query/      | -     | localhost               | app",
                "//query          | -     | localhost               | standard",
                "/A.b_c-9/query   | -     | localhost               | A.b_c-9",
                "/%61pp/query     | -     | localhost               | app",
                "/app/query?x=1   | -     | localhost               | app",
            })
    void findsTheDatabaseByPathThenHeaderThenHostThenDefault(
            String path, String namespace, String host, String expected) throws IOException {
        String request = "POST " + path + " HTTP/1.1\r\n" + HOST + host + "\r\n" + DEV + "\r\n"
                + (namespace == null ? "" : "x-namespace: " + namespace + "\r\n")
                + "Content-Length: " + WHO.length() + "\r\nConnection: close\r\n\r\n" + WHO;
        RawHttp.Reply reply = RawHttp.send(server.port(), request);

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body()).contains("[[\"" + expected + "\"]]");
    }

    /** Each door with what asks there for the one row of the table. */
    static Stream<Arguments> doors() {
        String stmt = "{\"sql\":\"SELECT name FROM me\"}";
        String batch = "{\"batch\":{\"steps\":[{\"stmt\":" + stmt + "}]}}";
        String pipeline = "{\"requests\":[{\"type\":\"execute\",\"stmt\":" + stmt + "},{\"type\":\"close\"}]}";
        String text = field(1, "SELECT name FROM me");
        return Stream.of(
                Arguments.of("POST", "query", stmt),
                Arguments.of("POST", "v1/execute", "{\"stmt\":" + stmt + "}"),
                Arguments.of("POST", "v1/batch", batch),
                Arguments.of("POST", "v2/pipeline", pipeline),
                Arguments.of("POST", "v3/pipeline", pipeline),
                Arguments.of("POST", "v3/cursor", batch),
                Arguments.of("POST", "v3-protobuf/pipeline", field(2, field(2, field(1, text)))),
                Arguments.of("POST", "v3-protobuf/cursor", field(2, field(1, field(2, text)))),
                Arguments.of("POST", "", "{\"statements\":[\"SELECT name FROM me\"]}"),
                Arguments.of("GET", "dump", ""));
    }

    /** A short field of a message, as Protobuf spells it. */
    private static String field(int number, String value) {
        return "" + (char) (number << 3 | 2) + (char) value.length() + value;
    }

    @ParameterizedTest
    @MethodSource("doors")
    void findsTheDatabaseAlikeAtEveryDoor(String method, String door, String body) throws IOException {
        String end = door.isEmpty() ? "" : "/";
        assertFinds("app", method, "/app/" + door, body);
        assertFinds("app", method, "/app" + end + door, body);
        assertFinds("app", method, "/app/" + door + end, body);
        assertFinds("app", method, "//app//" + door + end + end, body);
        assertFinds("app", method, "/app/" + door, body, "x-namespace: other");
        assertFinds("other", method, "/" + door, body, "x-namespace: other");
        assertFinds("other", method, "//" + door + end, body, "x-namespace: other");
        assertFinds("standard", method, "/" + door, body);
        assertFinds("standard", method, "/" + door + end, body);
        RawHttp.Reply byHost = RawHttp.send(
                server.port(),
                method + " /" + door + " HTTP/1.1\r\nHost: other.db.example.com:7775\r\n" + DEV
                        + "\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        assertThat(byHost.body()).contains("other");
    }

    private static void assertFinds(String database, String method, String path, String body, String... headers)
            throws IOException {
        String[] all = Stream.concat(Stream.of(DEV), Stream.of(headers)).toArray(String[]::new);
        RawHttp.Reply reply = RawHttp.send(server.port(), method, path, body, all);
        assertThat(reply.status()).as(method + " " + path + " " + reply.body()).isEqualTo(200);
        assertThat(reply.body()).as(method + " " + path).contains(database);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/APP/query", "/App/query", "/ap/query", "/app1/query"})
    void matchesNamesExactly(String path) throws IOException {
        RawHttp.Reply reply = server.post(path, WHO, DEV);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(json(reply).at("/error/reason").asText()).isEqualTo("UNKNOWN_DATABASE");
        assertThat(Files.exists(folder.resolve("data" + path.replace("/query", ".db"))))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_app",
                ".app",
                "-app",
                "query",
                "QUERY",
                "load",
                "export",
                "import",
                "backup",
                "dump",
                "changes",
                "changeset",
                "blob",
                "sync",
                "info",
                "dev",
                "version",
                "health",
                "ready",
                "metrics",
                "a%20b",
                "a%3Ab",
                "%C3%A9",
                "a%3Fenable_load_extension=true",
                "file:x",
                ":memory:",
                "a$b",
                "a'b",
                "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg",
            })
    void refusesNamesThatNoDatabaseCanHave(String name) throws IOException {
        RawHttp.Reply reply = server.post("/" + name + "/query", WHO, DEV);

        assertThat(reply.status()).as(reply.body()).isEqualTo(404);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(json(reply).at("/error/message").asText()).isEqualTo("invalid or reserved database name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2", "v3", "v3-protobuf"})
    void neverTakesAProtocolsVersionForADatabase(String name) throws IOException {
        assertThat(server.post("/" + name + "/query", WHO, DEV).status()).isEqualTo(404);
        assertThat(server.post("/query", WHO, DEV, "x-namespace: " + name).status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../app/query",
                "/%2e%2e/app/query",
                "/app%2fquery",
                "/a%2Fb/query",
                "/..;/query",
                "/%252e%252e/query",
                "/a%00b/query",
                "/a\\b/query",
                "/app;x=1/query",
                "/app/query;x=1",
            })
    void answersTricksWithPathsInItsOwnEnvelope(String path) throws IOException {
        RawHttp.Reply reply = server.post(path, WHO, DEV, "Accept: text/html");

        assertThat(reply.status()).as(path + reply.body()).isIn(200, 400, 404);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.body()).startsWith("{").doesNotContainIgnoringCase("<html");
    }

    @Test
    void refusesABadNameInTheHeaderAndInTheHost() throws IOException {
        assertThat(server.post("/query", WHO, DEV, "x-namespace: a/b").status()).isEqualTo(404);
        assertThat(server.post("/query", WHO, DEV, "x-namespace: absent").status())
                .isEqualTo(404);
        String body = RawHttp.send(
                        server.port(),
                        "POST /query HTTP/1.1\r\nHost: a.b.c_$.db.example.com\r\n" + DEV + "\r\nContent-Length: "
                                + WHO.length() + "\r\nConnection: close\r\n\r\n" + WHO)
                .body();
        assertThat(body).startsWith("{\"error\"");
    }

    @Test
    void servesAFileThatAppearsWhileItRuns() throws Exception {
        assertThat(server.post("/late/query", WHO, DEV).status()).isEqualTo(404);
        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/late.db"))) {
            connection.createStatement().executeUpdate("CREATE TABLE me AS SELECT 'late' AS name");
        }
        assertThat(server.post("/late/query", WHO, DEV).body()).contains("[[\"late\"]]");
    }

    @Test
    void neverMakesAFileForAnUnknownName() throws IOException {
        assertThat(server.post("/unknown/query", statement("CREATE TABLE t(a)"), DEV)
                        .status())
                .isEqualTo(404);
        assertThat(folder.resolve("data/unknown.db")).doesNotExist();
    }
}
