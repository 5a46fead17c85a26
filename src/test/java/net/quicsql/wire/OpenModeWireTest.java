package net.quicsql.wire;

import static net.quicsql.wire.RunningServer.json;
import static net.quicsql.wire.RunningServer.statement;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server on this machine alone that knows no principals and has no default database. */
class OpenModeWireTest {
    @TempDir
    static Path folder;

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.start(folder.resolve("data"), "databases: {app: {}}\n");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void letsEverybodyReadAndWrite() throws IOException {
        assertThat(server.post("/app/query", statement("CREATE TABLE IF NOT EXISTS t(a)"))
                        .status())
                .isEqualTo(200);
        for (String header : new String[] {"Authorization: Bearer whatever", "Authorization: Basic eDp5", "X: y"}) {
            assertThat(server.post("/app/query", statement("SELECT 1"), header).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void tellsThatADatabaseIsUnknown() throws IOException {
        assertThat(server.post("/absent/query", statement("SELECT 1")).status()).isEqualTo(404);
    }

    @Test
    void says404WhereNothingNamesADatabase() throws IOException {
        RawHttp.Reply reply = server.post("/query", statement("SELECT 1"));

        assertThat(reply.status()).isEqualTo(404);
        assertThat(json(reply).at("/error/message").asText())
                .contains("no database in the URL: use http://localhost/<database>/");
    }
}
