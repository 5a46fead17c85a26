package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server told to stop while it has far more to do than the grace period allows. */
@Tag("fault")
final class DrainFaultTest {
    private static final String ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)";
    /** In each, what follows the ended statement must not begin. */
    private static final String WRITE = threeTimes("INSERT INTO t(v) " + ENDLESS + " SELECT max(x) FROM c");

    private static final String READ = threeTimes(ENDLESS + " SELECT max(x) FROM c");
    private static final String ROWS =
            "{\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"" + ENDLESS + " SELECT x, hex(zeroblob(2000)) FROM c\"}}]}}";
    private static final String REFUSED = "refused";
    /** For the answers, for closing, and for a machine that has other things to do. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(6);

    @TempDir
    Path folder;

    @Test
    void stopsInTimeTellsItsClientsAndClosesItsFiles() throws Exception {
        Map<String, String> settings = Map.of("server.shutdownGracePeriod", "3s");
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, settings)) {
            server.query("CREATE TABLE t(v)");
            List<CompletableFuture<Told>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(post(server, "/app/v3/pipeline", WRITE));
                answers.add(post(server, "/app/v3/pipeline", READ));
            }
            awaitMetric(server, "quicsql_writers_waiting{database=\"app\"} 3");

            long began = System.nanoTime();
            server.stop();

            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(3).plus(AFTERWARDS));
            for (CompletableFuture<Told> answer : answers) {
                assertThat(answer.get(20, TimeUnit.SECONDS).body()).contains("SHUTTING_DOWN");
            }
            assertThat(folder.resolve("data/app.db-wal")).doesNotExist();

            server.start();
            assertThat(server.value("SELECT count(*) FROM t").asInt()).isZero();
        }
    }

    @Test
    void endsEveryKindOfWorkAtOnce() throws Exception {
        Duration grace = Duration.ofSeconds(12);
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, patient(grace));
                SlowClient upload = new SlowClient(server);
                SlowClient unread = new SlowClient(server);
                SlowClient reader = new SlowClient(server);
                KeptConnection busy = new KeptConnection(server, PackedServer.TOKEN);
                KeptConnection idle = new KeptConnection(server, PackedServer.TOKEN)) {
            server.query("CREATE TABLE t(v)");
            server.query("INSERT INTO t VALUES ('acknowledged')");
            idle.send(request("SELECT 1"));
            PackedStream reading = new PackedStream(server).run("BEGIN", "SELECT count(*) FROM t");
            CompletableFuture<Told> endless = post(server, "/app/v3/pipeline", READ);
            sendHalf(upload);
            unread.post("/app/v3/cursor", ROWS);
            unread.awaitAnswer();
            reader.post("/app/v3/cursor", ROWS);
            reader.awaitAnswer();
            CompletableFuture<String> read = inBackground(reader::awaitEnd);
            String someSeconds = someSeconds(server);
            PackedStream writing =
                    new PackedStream(server).run("BEGIN IMMEDIATE", "INSERT INTO t VALUES ('not committed')");
            CompletableFuture<Told> forPlace =
                    post(server, "/app/v3/pipeline", request("BEGIN", "INSERT INTO t VALUES ('no place')"));
            CompletableFuture<Told> forTurn = post(server, "/app/query", query("INSERT INTO t VALUES ('no turn')"));
            CompletableFuture<Told> forTurnInStream =
                    post(server, "/app/v3/pipeline", request("INSERT INTO t VALUES ('no turn')"));
            awaitMetric(server, "quicsql_transactions_waiting{database=\"app\"} 1");
            awaitMetric(server, "quicsql_writers_waiting{database=\"app\"} 2");
            CompletableFuture<Told> slow = post(server, "/app/query", query(someSeconds));
            CompletableFuture<String> slowInStream =
                    inBackground(() -> busy.send(request(someSeconds)).body());
            awaitMetric(server, "quicsql_requests_in_flight{database=\"app\"} 9");

            CompletableFuture<Boolean> newcomers = untilRefused(server);
            CompletableFuture<String> onceIdle = newcomers.thenApply(refused -> oneMore(idle));
            CompletableFuture<String> onceBusy = slowInStream.thenApply(answered -> oneMore(busy));
            long began = System.nanoTime();
            server.stop();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(grace.plus(AFTERWARDS));

            assertThat(newcomers.get(20, TimeUnit.SECONDS))
                    .as("refused while others were served")
                    .isTrue();
            assertThat(slow.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(slowInStream.get(20, TimeUnit.SECONDS)).doesNotContain("error");
            for (CompletableFuture<Told> ended : List.of(endless, forPlace, forTurnInStream)) {
                assertThat(ended.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
                assertThat(ended.get().body()).contains("SHUTTING_DOWN").doesNotContain("\"ok\"");
            }
            assertThat(forTurn.get(20, TimeUnit.SECONDS).status()).isEqualTo(503);
            assertThat(forTurn.get().body()).contains("SHUTTING_DOWN");
            assertThat(onceIdle.get(20, TimeUnit.SECONDS)).isEqualTo(REFUSED);
            assertThat(onceBusy.get(20, TimeUnit.SECONDS)).isEqualTo(REFUSED);
            assertThat(read.get(20, TimeUnit.SECONDS)).contains("SHUTTING_DOWN");
            assertThat(unread.awaitEnd()).doesNotContain("step_end");
            assertThat(upload.awaitEnd()).startsWith("HTTP/1.1 408").contains("REQUEST_TIMEOUT");
            assertThat(folder.resolve("data/app.db-wal")).doesNotExist();

            server.start();
            assertThat(server.query("SELECT v FROM t").get("rows")).hasToString("[[\"acknowledged\"]]");
            assertThat(server.value("PRAGMA quick_check").asText()).isEqualTo("ok");
            for (PackedStream lost : List.of(writing, reading)) {
                assertThat(lost.send("INSERT INTO t VALUES ('late')")).containsExactly("TRANSACTION_LOST");
                lost.run("ROLLBACK", PackedStream.CLOSE);
            }
            assertThat(server.value("SELECT count(*) FROM t").asInt()).isEqualTo(1);
        }
    }

    @Test
    void waitsForNobodyWhoDoesNothing() throws Exception {
        Duration grace = Duration.ofSeconds(40);
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, patient(grace));
                SlowClient upload = new SlowClient(server);
                SlowClient unread = new SlowClient(server);
                KeptConnection idle = new KeptConnection(server, PackedServer.TOKEN)) {
            server.query("CREATE TABLE t(v)");
            idle.send(request("SELECT 1"));
            new PackedStream(server).run("BEGIN", "SELECT count(*) FROM t");
            new PackedStream(server).run("BEGIN IMMEDIATE", "INSERT INTO t VALUES ('not committed')");
            sendHalf(upload);
            unread.post("/app/v3/cursor", ROWS);
            unread.awaitAnswer();
            awaitMetric(server, "quicsql_requests_in_flight{database=\"app\"} 2");

            long began = System.nanoTime();
            server.stop();

            Duration took = Duration.ofNanos(System.nanoTime() - began);
            System.out.println("DrainFaultTest: stopped in " + took.toMillis() + " ms beside idle clients");
            assertThat(took).isLessThan(grace.dividedBy(2));
            assertThat(folder.resolve("data/app.db-wal")).doesNotExist();
        }
    }

    /** Places for two transactions, and nobody's patience ends before the server's does. */
    private static Map<String, String> patient(Duration grace) {
        return Map.of(
                "server.shutdownGracePeriod", grace.toSeconds() + "s",
                "storage.readers_per_database", "8",
                "limits.max_transactions_per_database", "2",
                "limits.max_transactions_per_principal", "2",
                "limits.contended_idle_timeout", "50s",
                "limits.tx_idle_timeout", "55s",
                "limits.contended_tx_lifetime", "60s",
                "limits.statement_timeout", "60s",
                "limits.lock_wait", "60s");
    }

    private static void sendHalf(SlowClient upload) throws IOException {
        upload.begin("/app/v3/pipeline", 10_000);
        upload.send(new byte[5_000]);
    }

    /** What a request gets on a connection that was there before the stop: nothing, or a refusal. */
    private static String oneMore(KeptConnection connection) {
        try {
            KeptConnection.Reply reply = connection.send(request("SELECT 1"));
            return reply.status() == 503 && reply.body().contains("SHUTTING_DOWN") ? REFUSED : reply.toString();
        } catch (IOException closed) {
            return REFUSED;
        }
    }

    private record Told(int status, String body) {}

    /** One after the other in one pipeline. */
    private static String request(String... statements) {
        return KeptConnection.pipeline(
                null, Stream.of(statements).map(KeptConnection::execute).toArray(String[]::new));
    }

    private static String threeTimes(String sql) {
        return request(sql, sql, sql);
    }

    private static String query(String sql) {
        return "{\"sql\":\"" + sql + "\"}";
    }

    /** A question that takes one or two seconds as things are now. */
    private static String someSeconds(PackedServer server) throws Exception {
        int rows = 500_000;
        long began = System.nanoTime();
        server.query(ENDLESS + " SELECT x FROM c LIMIT 1 OFFSET " + rows);
        double nanos = System.nanoTime() - began;
        return ENDLESS + " SELECT x FROM c LIMIT 1 OFFSET " + (long) (rows * 1.5e9 / nanos);
    }

    /** Asks over new connections until one is refused; whoever is let in must be served. */
    private static CompletableFuture<Boolean> untilRefused(PackedServer server) {
        return inBackground(() -> {
            while (true) {
                try (KeptConnection late = new KeptConnection(server, PackedServer.TOKEN)) {
                    KeptConnection.Reply reply = late.send(request("SELECT 1"));
                    if (reply.status() != 200) {
                        return reply.status() == 503 && reply.body().contains("SHUTTING_DOWN");
                    }
                } catch (IOException e) {
                    return server.isAlive();
                }
            }
        });
    }

    private static CompletableFuture<Told> post(PackedServer server, String path, String body) {
        return inBackground(() -> {
            HttpResponse<String> answer = server.post(path, PackedServer.TOKEN, body);
            return new Told(answer.statusCode(), answer.body());
        });
    }

    private static <T> CompletableFuture<T> inBackground(Callable<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.call();
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

    private static void awaitMetric(PackedServer server, String line) throws Exception {
        Await.until(() -> server.metrics().contains(line));
    }
}
