package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twenty clients that each want more than their part of a heap of 128 MiB: nobody ends the server. */
@Tag("fault")
final class MemoryFaultTest {
    private static final int CLIENTS = 20;
    private static final int MIB = 1 << 20;

    /** 6,400 rows of 10 kB: the most that one result may have. */
    private static final String LARGEST =
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 6400)"
                    + " SELECT printf('%.*c', 10000, 'x') FROM c";

    /** Six values of nearly the largest size, which become twice as long as JSON. */
    private static final String LONGEST = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 6)"
            + " SELECT replace(printf('%.*c', 800000, 'x'), 'x', x'0a0a') FROM c";

    @TempDir
    static Path folder;

    private static PackedServer server;
    private static long pid;

    @BeforeAll
    static void startServer() throws Exception {
        server = PackedServer.startWithFlags(Jdk.running(), folder, Map.of(), "-Xmx128m");
        pid = server.pid();
        server.query("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server == null) {
            return;
        }
        System.out.println("MemoryFaultTest: peak resident set " + peak(server.pid()));
        server.close();
    }

    @AfterEach
    void nobodyEndedTheServer() throws Exception {
        assertThat(server.isAlive()).as(server.logText()).isTrue();
        assertThat(server.pid()).isEqualTo(pid);
        assertThat(server.logText()).doesNotContain("OutOfMemoryError").doesNotContain("INTERNAL");
        Await.until(() -> buffered() == 0);
    }

    @Test
    void largeAnswersWaitForSlowReadersOnDisk() throws Exception {
        List<SlowClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                SlowClient client = new SlowClient(server);
                clients.add(client);
                if (i % 3 == 0) {
                    client.post("/app/v3/pipeline", "{\"requests\":[" + execute(LARGEST) + "]}");
                } else if (i % 3 == 1) {
                    client.post("/app/v3/cursor", cursorInTransaction(LARGEST));
                } else {
                    client.post("/app/query", "{\"sql\":\"" + LARGEST + "\"}");
                }
            }
            for (SlowClient client : clients) {
                client.awaitAnswer();
            }

            assertThat(buffered()).isPositive();
            othersAreServed();
            for (int i = CLIENTS - 3; i < CLIENTS; i++) {
                SlowClient.Response response = clients.get(i).read();
                assertThat(response.status()).as(response.beginning()).isEqualTo(200);
                assertThat(response.bytes()).isGreaterThan(64_000_000);
            }
        } finally {
            for (SlowClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aCursorOfMoreThanTheHeapIsStreamed() throws Exception {
        String rows = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 25000)"
                + " SELECT x, printf('%.*c', 10000, 'x') FROM c";
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/app/v3/cursor"))
                .header("Authorization", "Bearer " + PackedServer.TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":{\"steps\":[" + step(rows) + "]}}"))
                .build();
        long bytes = 0;
        String last = "";
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                bytes += line.length();
                last = line;
            }
        }

        assertThat(bytes).isGreaterThan(250_000_000);
        assertThat(last).contains("step_end");
        othersAreServed();
    }

    @Test
    void valuesThatDoNotFitTogetherAreRefusedAndTheRestIsServed() throws Exception {
        List<SlowClient> clients = new ArrayList<>();
        int refused = 0;
        int served = 0;
        try {
            for (int i = 0; i < CLIENTS; i++) {
                SlowClient client = new SlowClient(server);
                clients.add(client);
                if (i % 2 == 0) {
                    // A cursor of reads has its rows on the way, value by value.
                    client.post("/app/v3/cursor", "{\"batch\":{\"steps\":[" + step(LONGEST) + "]}}");
                } else {
                    client.post("/app/query", "{\"sql\":\"" + LONGEST + "\"}");
                }
            }
            for (SlowClient client : clients) {
                client.awaitAnswer();
            }
            othersAreServed();
            for (SlowClient client : clients) {
                SlowClient.Response response = client.read();
                if (response.bytes() > 12 * MIB) {
                    served++;
                } else {
                    refused++;
                    assertThat(response.status()).isIn(200, 503);
                    assertThat(response.beginning() + response.head()).containsAnyOf("OVERLOADED", "chunked");
                }
            }
        } finally {
            for (SlowClient client : clients) {
                client.close();
            }
        }
        System.out.println("MemoryFaultTest: largest values: " + served + " served, " + refused + " refused");
        assertThat(served).isPositive();
        assertThat(server.post("/app/query", PackedServer.TOKEN, "{\"sql\":\"SELECT zeroblob(2500000)\"}")
                        .body())
                .contains("too big");
    }

    @Test
    void bodiesThatNeverFitAreRefusedAtOnce() throws Exception {
        byte[] body = script(30 * MIB);

        List<Integer> statuses = together(() -> {
            HttpResponse<String> answer = post(body);
            assertThat(answer.body()).contains("BODY_TOO_LARGE").contains("limits.memory_budget");
            return answer.statusCode();
        });

        assertThat(statuses).hasSize(CLIENTS).containsOnly(413);
        othersAreServed();
    }

    @Test
    void bodiesThatDoNotFitTogetherAreRefusedAndSucceedLater() throws Exception {
        byte[] body = script(4 * MIB);
        AtomicInteger refused = new AtomicInteger();
        long before = server.value("SELECT count(*) FROM t").asLong();

        List<Integer> statuses = together(() -> {
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (true) {
                HttpResponse<String> answer = post(body);
                if (answer.statusCode() != 503 || System.nanoTime() > deadline) {
                    assertThat(answer.body()).contains("\"type\":\"ok\"");
                    return answer.statusCode();
                }
                assertThat(answer.headers().firstValue("Retry-After")).contains("1");
                assertThat(answer.body()).contains("OVERLOADED").contains("limits.memory_budget");
                refused.incrementAndGet();
                Thread.sleep(500);
            }
        });

        System.out.println("MemoryFaultTest: bodies of 4 MiB: " + refused + " times refused");
        assertThat(statuses).hasSize(CLIENTS).containsOnly(200);
        assertThat(server.value("SELECT count(*) FROM t").asLong()).isEqualTo(before + CLIENTS);
        othersAreServed();
    }

    private static void othersAreServed() throws Exception {
        for (int i = 0; i < 20; i++) {
            long began = System.nanoTime();
            server.query("INSERT INTO t(v) VALUES (?)", i);
            assertThat(server.value("SELECT count(*) FROM t").asInt()).isPositive();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        }
    }

    /** A sequence of one insert, padded with a comment to a length. */
    private static byte[] script(int length) {
        byte[] head = "{\"requests\":[{\"type\":\"sequence\",\"sql\":\"INSERT INTO t(v) VALUES (0);/*"
                .getBytes(StandardCharsets.US_ASCII);
        byte[] tail = "*/\"}]}".getBytes(StandardCharsets.US_ASCII);
        byte[] body = new byte[length];
        Arrays.fill(body, (byte) '-');
        System.arraycopy(head, 0, body, 0, head.length);
        System.arraycopy(tail, 0, body, length - tail.length, tail.length);
        return body;
    }

    private static HttpResponse<String> post(byte[] body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/app/v3/pipeline"))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + PackedServer.TOKEN)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static List<Integer> together(Callable<Integer> client) throws Exception {
        List<Callable<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(client);
        }
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Integer> results = new ArrayList<>();
            for (Future<Integer> one : threads.invokeAll(clients)) {
                results.add(one.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private static String execute(String sql) {
        return "{\"type\":\"execute\"," + stmt(sql) + "}";
    }

    private static String step(String sql) {
        return "{" + stmt(sql) + "}";
    }

    private static String stmt(String sql) {
        return "\"stmt\":{\"sql\":\"" + sql + "\"}";
    }

    private static String cursorInTransaction(String sql) {
        return "{\"batch\":{\"steps\":[" + step("BEGIN") + "," + step(sql) + "," + step("COMMIT") + "]}}";
    }

    private static long buffered() throws Exception {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith("quicsql_buffered_bytes "))
                .map(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private static String peak(long pid) throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmHWM:")) {
                return line.substring(6).strip();
            }
        }
        return "unknown";
    }
}
