package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that may only be read, from the start or all at once, and that may be written again. Needs the right to mount. */
@Tag("fault")
final class ReadOnlyDiskFaultTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INSERT = "INSERT INTO t VALUES(1)";

    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        command("mount", "--bind", disk.toString(), disk.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        command("umount", disk.toString());
    }

    @Test
    void readsADatabaseOnAReadOnlyDiskAndWritesItWhenItIsNotAnyMore() throws Exception {
        Path file = disk.resolve("sealed.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("CREATE TABLE t AS SELECT 1 AS a");
        }
        command("mount", "-o", "remount,bind,ro", disk.toString());
        try (PackedServer server =
                PackedServer.start(Jdk.running(), folder, Map.of("databases.sealed.file", file.toString()))) {
            assertThat(count(server)).isEqualTo(1);
            HttpResponse<String> refused = query(server, INSERT);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.body()).contains("read-only").doesNotContain(folder.toString());
            isUnhealthy(server);
            server.query("CREATE TABLE t(a)");

            command("mount", "-o", "remount,bind,rw", disk.toString());
            Await.until(() -> query(server, INSERT).statusCode() == 200);
            assertThat(count(server)).isEqualTo(2);
            assertThat(server.health().statusCode()).as(server.health().body()).isEqualTo(200);
        }
    }

    /** A mount with files open for writing cannot be made read-only by hand; the kernel does it after an error. */
    @Test
    void readsOnWhenTheDiskBecomesReadOnlyUnderItAndWritesAgainAfterwards() throws Exception {
        Path file = disk.resolve("sealed.db");
        try (PackedServer server =
                PackedServer.start(Jdk.running(), folder, Map.of("databases.sealed.file", file.toString()))) {
            assertThat(query(server, "CREATE TABLE t(a)").statusCode()).isEqualTo(200);
            assertThat(query(server, INSERT).statusCode()).isEqualTo(200);
            String calls = "pwrite64,ftruncate,fsync,unlink,?access,?faccessat,?faccessat2:error=EROFS";
            try (Strace log = Strace.inject(server.pid(), folder, calls, disk, file, disk.resolve("sealed.db-wal"))) {
                for (int i = 0; i < 3; i++) {
                    HttpResponse<String> refused = query(server, INSERT);
                    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
                    assertThat(JSON.readTree(refused.body()).at("/error/code").asInt())
                            .isEqualTo(10);
                    assertThat(count(server)).isEqualTo(1);
                }
                isUnhealthy(server);
            }
            assertThat(query(server, INSERT).statusCode()).isEqualTo(200);
            assertThat(count(server)).isEqualTo(2);
            assertThat(server.health().statusCode()).as(server.health().body()).isEqualTo(200);
        }
    }

    private static void isUnhealthy(PackedServer server) throws Exception {
        HttpResponse<String> health = server.health();
        assertThat(health.statusCode()).as(health.body()).isEqualTo(500);
        assertThat(JSON.readTree(health.body()).at("/databases/sealed").asText())
                .contains("read-only");
        assertThat(JSON.readTree(health.body()).at("/databases/app").asText()).isEqualTo("healthy");
    }

    private static int count(PackedServer server) throws Exception {
        HttpResponse<String> answer = query(server, "SELECT count(*) FROM t");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).at("/rows/0/0").asInt();
    }

    private static HttpResponse<String> query(PackedServer server, String sql) throws Exception {
        return server.post("/sealed/query", PackedServer.TOKEN, "{\"sql\":\"" + sql + "\"}");
    }

    private static void command(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        if (process.exitValue() != 0) {
            throw new AssertionError("This test mounts a folder, for which it must run as root with the right to mount"
                    + " (in a container: --cap-add SYS_ADMIN). Failed: " + String.join(" ", words) + ": " + said);
        }
    }
}
