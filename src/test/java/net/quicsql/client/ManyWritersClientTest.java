package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many clients that write to one database at the same time: none is refused, and every row is there once. */
@Tag("client")
final class ManyWritersClientTest {
    private static final int WRITERS = 50;
    private static final int ROWS = 20;

    @TempDir
    static Path folder;

    private static PackedServer server;

    /** Inserts one row and gives back the answer. */
    private interface Door {
        HttpResponse<String> insert(int writer, int row) throws Exception;
    }

    @BeforeAll
    static void startServer() throws Exception {
        server = PackedServer.start(Jdk.running(), folder, Map.of());
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server == null) {
            return;
        }
        server.close();
    }

    @BeforeEach
    void makeTable() throws Exception {
        server.query("DROP TABLE IF EXISTS crowd");
        server.query("CREATE TABLE crowd (id INTEGER PRIMARY KEY, writer INTEGER, row INTEGER, UNIQUE (writer, row))");
    }

    @Test
    void everyInsertThroughQuerySucceeds() throws Exception {
        crowd((writer, row) -> server.post(
                "/app/query",
                PackedServer.TOKEN,
                "{\"sql\":\"INSERT INTO crowd (writer, row) VALUES (?, ?)\",\"args\":[" + writer + "," + row + "]}"));
    }

    @Test
    void everyInsertThroughAPipelineSucceeds() throws Exception {
        crowd((writer, row) -> pipeline(execute(insert(writer, row)), "{\"type\":\"close\"}"));
    }

    @Test
    void everyTransactionThroughAPipelineSucceeds() throws Exception {
        crowd((writer, row) -> pipeline(
                execute("BEGIN IMMEDIATE"),
                execute("SELECT count(*) FROM crowd"),
                execute(insert(writer, row)),
                execute("COMMIT"),
                "{\"type\":\"close\"}"));
    }

    private static void crowd(Door door) throws Exception {
        List<Callable<Void>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            writers.add(() -> {
                for (int row = 0; row < ROWS; row++) {
                    HttpResponse<String> answer = door.insert(writer, row);
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                    assertThat(answer.body()).doesNotContain("error");
                }
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            for (Future<Void> writer : threads.invokeAll(writers)) {
                writer.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(server.query("SELECT count(*), count(DISTINCT writer), count(DISTINCT row) FROM crowd")
                        .get("rows"))
                .hasToString("[[" + WRITERS * ROWS + "," + WRITERS + "," + ROWS + "]]");
    }

    private static HttpResponse<String> pipeline(String... requests) throws Exception {
        return server.post(
                "/app/v3/pipeline", PackedServer.TOKEN, "{\"requests\":[" + String.join(",", requests) + "]}");
    }

    private static String execute(String sql) {
        return "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}";
    }

    private static String insert(int writer, int row) {
        return "INSERT INTO crowd (writer, row) VALUES (" + writer + ", " + row + ")";
    }
}
