package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another SQLite than ours makes of a dump, and what a dump takes that is larger than the server's heap. */
@Tag("client")
final class DumpClientTest {
    @TempDir
    Path folder;

    @Test
    void restoresInAnotherSqliteAndFitsAnyHeap() throws Exception {
        PythonEnvironment python = PythonEnvironment.get();
        try (PackedServer server = PackedServer.startWithFlags(Jdk.running(), folder, Map.of(), "-Xms32m", "-Xmx96m")) {
            python.run(
                    server,
                    PackedServer.TOKEN,
                    "stdlib_dump.py",
                    server.data().toAbsolutePath().toString());
            assertThat(server.logText().lines().filter(line -> line.contains(" ERROR ")))
                    .isEmpty();
        }
    }
}
