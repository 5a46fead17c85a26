package net.quicsql.wire;

import static net.quicsql.wire.RunningServer.DEV;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client is told that knows the server's address and not yet the database's. No database is the default here. */
class AddressWireTest {
    private static final String HINT =
            "no database in the URL: use http://sql.example.com:7775/<database>/ (with the slash at the end, for JavaScript"
                    + " clients), or set default_database";

    @TempDir
    static Path folder;

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.start(folder.resolve("data"), RunningServer.PRINCIPALS + "databases: {app: {}}\n");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v2/pipeline",
        "POST, /v3/pipeline",
        "POST, //v3//pipeline/",
        "POST, /v3/cursor",
        "POST, /v3-protobuf/pipeline",
        "POST, /v3-protobuf/cursor",
        "POST, /v1/execute",
        "POST, /v1/batch",
        "POST, /",
    })
    void tellsClientsOfHranaWhichAddressToUse(String method, String path) throws IOException {
        RawHttp.Reply reply = send(method, path, "sql.example.com:7775");

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.body())
                .isEqualTo("{\"error\":\"" + HINT + "\",\"message\":\"" + HINT
                        + "\",\"code\":\"NOT_FOUND\",\"retryable\":false}");
    }

    @ParameterizedTest
    @CsvSource({"POST, /query", "POST, /query/", "GET, /dump", "GET, //dump"})
    void tellsEverybodyElseToo(String method, String path) throws IOException {
        RawHttp.Reply reply = send(method, path, "sql.example.com:7775");

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.body())
                .isEqualTo("{\"error\":{\"message\":\"" + HINT + "\",\"reason\":\"NOT_FOUND\",\"retryable\":false}}\n");
    }

    @Test
    void sendsNoHostBackThatIsNone() throws IOException {
        assertThat(send("POST", "/query", "a$b").body()).doesNotContain("a$b").contains("http://<host>/<database>/");
    }

    @ParameterizedTest
    @CsvSource({
        "/, http://sql.example.com/<database>/",
        "/app, http://sql.example.com/app/",
        "/app/, http://sql.example.com/app/",
        "//app//, http://sql.example.com/app/",
        "/nowhere, http://sql.example.com/nowhere/",
    })
    void tellsABrowserWhereClientsGo(String path, String address) throws IOException {
        RawHttp.Reply reply = RawHttp.send(
                server.port(),
                "GET " + path + " HTTP/1.1\r\nHost: sql.example.com\r\nAccept: text/html\r\nConnection: close\r\n\r\n");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).contains("text/plain;charset=utf-8");
        assertThat(reply.body())
                .startsWith("quicsql: this is the address of a ")
                .contains(address + "query");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.hidden", "/a%20b", "/sync", "/%3Cb%3E"})
    void refusesWhatNoDatabaseIsCalled(String path) throws IOException {
        RawHttp.Reply reply = send("GET", path, "sql.example.com");

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.body()).contains("INVALID_DATABASE_NAME");
    }

    @ParameterizedTest
    @CsvSource({"GET, /query, POST", "GET, /app/query, POST", "POST, /dump, GET", "POST, /app/dump, GET"})
    void takesNoEndpointForADatabase(String method, String path, String allowed) throws IOException {
        RawHttp.Reply reply = send(method, path, "sql.example.com");

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow").orElseThrow()).contains(allowed);
    }

    private static RawHttp.Reply send(String method, String path, String host) throws IOException {
        return RawHttp.send(
                server.port(),
                method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + DEV
                        + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
}
