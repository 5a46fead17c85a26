package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite's library comes out of the jar, and leaves nothing behind, however the process ends. */
@Tag("client")
final class NativeLibraryClientTest {
    @TempDir
    Path folder;

    @Test
    void isNoFileAnyMoreOnceItIsLoaded() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        try (PackedServer server =
                PackedServer.startWithFlags(Jdk.running(), folder, Map.of(), "-Djava.io.tmpdir=" + temporary)) {
            server.query("SELECT 1");

            assertThat(Files.readAllLines(Path.of("/proc", Long.toString(server.pid()), "maps")))
                    .anyMatch(line -> line.contains(temporary + "/quicsql-sqlite") && line.endsWith(" (deleted)"));
            try (Stream<Path> left = Files.walk(temporary)) {
                assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.contains("sqlite"));
            }
        }
    }
}
