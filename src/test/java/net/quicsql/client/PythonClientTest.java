package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Python programs do beyond the examples. The steps and what is expected of them stand in the scripts. */
@Tag("client")
final class PythonClientTest {
    @TempDir
    static Path folder;

    private static PythonEnvironment python;
    private static PackedServer server;

    @BeforeAll
    static void startServer() throws Exception {
        python = PythonEnvironment.get();
        server = PackedServer.start(Jdk.running(), folder, Map.of());
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server == null) {
            return;
        }
        server.close();
        // Whatever clients do wrong is theirs; an error in the log is ours.
        assertThat(server.logText().lines().filter(line -> line.contains(" ERROR ")))
                .isEmpty();
        // Closed in order, a database is one file.
        assertThat(server.data().resolve("app.db")).exists();
        assertThat(server.data().resolve("app.db-wal")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "libsql_transactions.py",
                "libsql_errors.py",
                "libsql_values.py",
                "libsql_counter.py",
                "sqlalchemy_orm.py",
                "stdlib_query.py",
            })
    void succeeds(String script) throws Exception {
        python.run(server, PackedServer.TOKEN, script);
    }

    @Test
    void aReaderReadsAndNeverWrites() throws Exception {
        server.query("CREATE TABLE guarded (name TEXT)");
        server.query("INSERT INTO guarded VALUES ('ada')");

        python.run(server, PackedServer.READER_TOKEN, "libsql_read_only.py");

        assertThat(server.query("SELECT name FROM guarded").get("rows")).hasToString("[[\"ada\"]]");
    }
}
