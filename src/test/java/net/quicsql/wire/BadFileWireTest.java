package net.quicsql.wire;

import static net.quicsql.wire.RunningServer.DEV;
import static net.quicsql.wire.RunningServer.json;
import static net.quicsql.wire.RunningServer.statement;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server says whose data directory holds files that are no databases. */
class BadFileWireTest {
    @TempDir
    Path folder;

    @Test
    void saysSoForThatOneAndServesTheOthers() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(data.resolve("text.db"), "This is a text.\n".repeat(500));
        Files.writeString(data.resolve("listed.db"), "This is a text.\n".repeat(500));
        Files.createDirectory(data.resolve("directory.db"));
        Files.createSymbolicLink(data.resolve("link.db"), data.resolve("app.db"));
        try (RunningServer server =
                RunningServer.start(data, RunningServer.PRINCIPALS + "databases: {app: {}, listed: {}}\n")) {
            refuses(server, "text", 500, 26, "file is not a database");
            refuses(server, "listed", 500, 26, "file is not a database");
            refuses(server, "directory", 503, 14, "the database file is not a regular file");
            refuses(server, "link", 503, 14, "the database file is a symbolic link, which is refused");
            refusesInStream(server, "text", "SQLITE_NOTADB");
            refusesInStream(server, "directory", "SQLITE_CANTOPEN");
            assertThat(server.sql("CREATE TABLE t(a)").status()).isEqualTo(200);

            RawHttp.Reply sick = server.health();
            assertThat(sick.status()).isEqualTo(500);
            assertThat(sick.body())
                    .contains("\"app\":\"healthy\"", "\"text\":\"file is not a database\"", "not a regular file")
                    .doesNotContain(folder.toString());

            for (String name : new String[] {"text", "listed", "directory", "link"}) {
                Files.delete(data.resolve(name + ".db"));
                try (Connection mended = DriverManager.getConnection("jdbc:sqlite:" + data.resolve(name + ".db"))) {
                    mended.createStatement().executeUpdate("CREATE TABLE t AS SELECT 'mended' AS a");
                }
            }
            // Nobody asks for the databases but the health check.
            Await.until(() -> server.health().status() == 200);
            for (String name : new String[] {"text", "listed", "directory", "link"}) {
                assertThat(server.post("/" + name + "/query", statement("SELECT a FROM t"), DEV)
                                .body())
                        .contains("[[\"mended\"]]");
            }
        }
    }

    private static void refusesInStream(RunningServer server, String name, String code) throws Exception {
        String pipeline = Requests.pipeline(null, Requests.execute("SELECT 1"));
        RawHttp.Reply reply = server.post("/" + name + "/v3/pipeline", pipeline, DEV);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(json(reply).at("/results/0/error/code").asText()).isEqualTo(code);

        String cursor = Requests.cursor(null, Requests.step("SELECT 1"));
        reply = server.post("/" + name + "/v3/cursor", cursor, DEV);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body()).contains("\"code\":\"" + code + "\"");

        try (SocketClient socket = SocketClient.connect(server.port(), "/" + name, "hrana1")) {
            socket.send(SocketClient.hello("dev-token"));
            assertThat(socket.next().get("type").textValue()).isEqualTo("hello_ok");
            // Go's client ends its program when this is answered by an error.
            socket.openStream(0);
            assertThat(socket.error(SocketClient.onStream(0, Requests.execute("SELECT 1"))))
                    .isEqualTo(code);
        }
    }

    private static void refuses(RunningServer server, String name, int status, int code, String message)
            throws Exception {
        for (int i = 0; i < 2; i++) {
            RawHttp.Reply reply = server.post("/" + name + "/query", statement("SELECT 1"), DEV);
            assertThat(reply.status()).as(reply.body()).isEqualTo(status);
            assertThat(json(reply).at("/error/code").asInt()).isEqualTo(code);
            assertThat(json(reply).at("/error/message").asText()).isEqualTo(message);
        }
    }
}
