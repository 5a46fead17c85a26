package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server told to stop while it has far more to do than the grace period allows. */
@Tag("fault")
final class DrainFaultTest {
    private static final String ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)";
    private static final String WRITE = request("INSERT INTO t(v) " + ENDLESS + " SELECT max(x) FROM c");
    private static final String READ = request(ENDLESS + " SELECT max(x) FROM c");
    /** The grace period of this test is 3 s; the rest is for the answers and for closing. */
    private static final Duration MOST = Duration.ofSeconds(9);

    @TempDir
    Path folder;

    @Test
    void stopsInTimeTellsItsClientsAndClosesItsFiles() throws Exception {
        Map<String, String> settings = Map.of("server.shutdownGracePeriod", "3s");
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, settings)) {
            server.query("CREATE TABLE t(v)");
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(post(server, WRITE));
                answers.add(post(server, READ));
            }
            awaitRunning(server);

            long began = System.nanoTime();
            server.stop();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(MOST);
            for (CompletableFuture<String> answer : answers) {
                assertThat(answer.get(20, TimeUnit.SECONDS)).contains("SHUTTING_DOWN");
            }
            assertThat(folder.resolve("data/app.db-wal")).doesNotExist();

            server.start();
            assertThat(server.value("SELECT count(*) FROM t").asInt()).isZero();
        }
    }

    /** One after the other in one pipeline: what follows an ended statement must not begin. */
    private static String request(String sql) {
        String execute = "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}";
        return "{\"requests\":[" + execute + "," + execute + "," + execute + "]}";
    }

    private static CompletableFuture<String> post(PackedServer server, String body) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return server.post("/app/v3/pipeline", PackedServer.TOKEN, body)
                                .body();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                command -> {
                    Thread thread = new Thread(command);
                    thread.setDaemon(true);
                    thread.start();
                });
    }

    /** Waits until a write holds the lock: a further one is refused its turn for as long as it likes to wait. */
    private static void awaitRunning(PackedServer server) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!server.metrics().contains("quicsql_writers_waiting{database=\"app\"} 3")) {
            assertThat(System.nanoTime()).as("no writer waits").isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
