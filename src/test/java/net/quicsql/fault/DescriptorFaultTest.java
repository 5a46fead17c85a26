package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that may open few files: more connections than that are not served, and nothing else happens. */
@Tag("fault")
final class DescriptorFaultTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_FILES = 256;
    private static final int CONNECTIONS = 300;
    private static final int STREAMS = 1_000;
    private static final int WORKERS = 8;
    private static final int DATABASES = 10;
    /** How often each database's file is replaced, which closes it and opens the new one: a thousand times in all, or 100. */
    private static final int ROUNDS = Boolean.getBoolean("quicsql.soak") ? 100 : 10;

    private static final int WARM_ROUNDS = 2;

    @TempDir
    Path folder;

    @Test
    void refusesConnectionsThatItHasNoDescriptorsForAndRecovers() throws Exception {
        try (PackedServer server = PackedServer.start(
                Jdk.running(), folder, Map.of(), List.of("prlimit", "--nofile=" + MOST_FILES + ":" + MOST_FILES))) {
            server.query("CREATE TABLE t(a)");
            long before = descriptors(server);
            List<Socket> sockets = new ArrayList<>();
            try {
                URI uri = URI.create(server.url());
                for (int i = 0; i < CONNECTIONS; i++) {
                    sockets.add(new Socket(uri.getHost(), uri.getPort()));
                }
                Await.until(() -> descriptors(server) >= MOST_FILES - 2);
                // A connection from before is served, also by a statement for which a file would have to be opened.
                int answered = server.post("/app/query", PackedServer.TOKEN, "{\"sql\":\"INSERT INTO t VALUES(1)\"}")
                        .statusCode();
                assertThat(answered).isEqualTo(200);
                HttpResponse<String> other = server.post(
                        "/app/v3/pipeline",
                        PackedServer.TOKEN,
                        pipeline(null, "BEGIN IMMEDIATE", "INSERT INTO t VALUES(1)", "COMMIT"));
                assertThat(other.statusCode()).as(other.body()).isEqualTo(200);
                for (JsonNode result : JSON.readTree(other.body()).get("results")) {
                    if ("error".equals(result.get("type").asText())) {
                        assertThat(result.at("/error/code").asText())
                                .as(other.body())
                                .isIn("SQLITE_CANTOPEN", "SQLITE_ERROR");
                    }
                }
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
            Await.until(() -> descriptors(server) < before + 20);
            int rows = server.value("SELECT count(*) FROM t").asInt();
            assertThat(rows).isBetween(1, 2);
            // A new client.
            URI uri = URI.create(server.url());
            try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
                socket.getOutputStream()
                        .write(("GET /nothing/at/all HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 4");
            }
            assertThat(server.value("PRAGMA integrity_check").asText()).isEqualTo("ok");
            assertThat(server.health().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void keepsNoDescriptorsOfAThousandStreams() throws Exception {
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, Map.of())) {
            server.query("CREATE TABLE t(a)");
            streams(server, STREAMS / 10);
            long before = descriptors(server);
            streams(server, STREAMS);
            assertThat(server.value("SELECT count(*) FROM t").asInt()).isPositive();
            System.out.printf("descriptors: %d before, %d after %d streams%n", before, descriptors(server), STREAMS);
            // A pool that had not yet been as full as it gets.
            Await.until(() -> descriptors(server) <= before + 2 * WORKERS);
        }
    }

    @Test
    void keepsNoDescriptorsOfDatabasesThatWereClosed() throws Exception {
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, Map.of())) {
            for (int round = 1; round <= WARM_ROUNDS; round++) {
                replaceEach(server, round);
            }
            long before = descriptors(server);
            for (int round = 1; round <= ROUNDS; round++) {
                replaceEach(server, WARM_ROUNDS + round);
            }
            System.out.printf(
                    "descriptors: %d before, %d after %d closes and opens of databases%n",
                    before, descriptors(server), DATABASES * ROUNDS);
            Await.until(() -> descriptorsOfDeletedFiles(server) == 0);
            // One for each two databases; one for each close would be twenty times as many at least.
            Await.until(() -> descriptors(server) <= before + DATABASES / 2);
        }
    }

    /** Puts a new file in the place of each database, waits until that is served, and writes to it. */
    private void replaceEach(PackedServer server, int round) throws Exception {
        Path copy = folder.resolve("copy.db");
        for (int i = 0; i < DATABASES; i++) {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE round AS SELECT " + round + " AS a");
            }
            Files.move(copy, server.data().resolve("db" + i + ".db"), StandardCopyOption.REPLACE_EXISTING);
        }
        for (int i = 0; i < DATABASES; i++) {
            String path = "/db" + i + "/query";
            Await.until(() -> server.post(path, PackedServer.TOKEN, "{\"sql\":\"SELECT max(a) FROM round\"}")
                    .body()
                    .contains("[[" + round + "]]"));
            assertThat(server.post(path, PackedServer.TOKEN, "{\"sql\":\"INSERT INTO round VALUES(0)\"}")
                            .statusCode())
                    .isEqualTo(200);
            Files.deleteIfExists(server.data().resolve("db" + i + ".db-wal.set-aside"));
        }
    }

    /** Transactions, committed and rolled back, and temporary tables, each on a stream of its own. */
    private static void streams(PackedServer server, int count) throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 0; i < count / WORKERS; i++) {
                        String first = i % 3 == 0 ? "CREATE TEMP TABLE own(a)" : "BEGIN IMMEDIATE";
                        JsonNode begun = send(server, pipeline(null, first, "INSERT INTO t VALUES(1)"));
                        String last = i % 3 == 0 ? "DROP TABLE own" : i % 3 == 1 ? "COMMIT" : "ROLLBACK";
                        send(server, closing(begun.get("baton").asText(), last));
                    }
                } catch (Exception | AssertionError e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    private static JsonNode send(PackedServer server, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = server.post("/app/v3/pipeline", PackedServer.TOKEN, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("\"error\"");
        return JSON.readTree(answer.body());
    }

    private static String pipeline(String baton, String... statements) {
        return "{\"baton\":" + (baton == null ? "null" : "\"" + baton + "\"") + ",\"requests\":[" + executes(statements)
                + "]}";
    }

    private static String closing(String baton, String statement) {
        return "{\"baton\":\"" + baton + "\",\"requests\":[" + executes(statement) + ",{\"type\":\"close\"}]}";
    }

    private static String executes(String... statements) {
        return Stream.of(statements)
                .map(sql -> "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}")
                .reduce((one, other) -> one + "," + other)
                .orElseThrow();
    }

    private static long descriptors(PackedServer server) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
            return open.count();
        }
    }

    /** Descriptors of files in the data directory that nobody finds there any more. */
    private static long descriptorsOfDeletedFiles(PackedServer server) throws IOException {
        long deleted = 0;
        for (String link : links(server)) {
            if (link.startsWith(server.data().toString()) && link.endsWith(" (deleted)")) {
                deleted++;
            }
        }
        return deleted;
    }

    private static List<String> links(PackedServer server) throws IOException {
        List<String> links = new ArrayList<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
            for (Path each : (Iterable<Path>) open::iterator) {
                try {
                    links.add(Files.readSymbolicLink(each).toString());
                } catch (NoSuchFileException closedMeanwhile) {
                    continue;
                }
            }
        }
        return links;
    }
}
