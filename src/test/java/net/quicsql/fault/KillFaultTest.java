package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server killed in the middle of writing: what it acknowledged is there, and no half of anything. */
@Tag("fault")
final class KillFaultTest {
    private static final int ROUNDS = Boolean.getBoolean("quicsql.soak") ? 20 : 3;
    private static final int WRITERS = 4;
    private static final int FEWEST_ACKNOWLEDGED = 20;
    private static final int MOST_ACKNOWLEDGED = 200;

    /** The number of the second row of a transaction that inserted two. */
    private static final int PARTNER = 1_000_000_000;

    @TempDir
    Path folder;

    private final AtomicInteger nextRow = new AtomicInteger();
    private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();

    @Test
    void everyAcknowledgedRowSurvives() throws Exception {
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, Map.of())) {
            server.query("CREATE TABLE kept (row INTEGER PRIMARY KEY, filler TEXT)");
            server.query("CREATE INDEX kept_filler ON kept (filler)");
            for (int round = 1; round <= ROUNDS; round++) {
                Random random = new Random(round);
                int enough = FEWEST_ACKNOWLEDGED + random.nextInt(MOST_ACKNOWLEDGED - FEWEST_ACKNOWLEDGED);

                writeAndKill(server, enough);
                server.start();

                assertThat(server.value("PRAGMA integrity_check").asText()).isEqualTo("ok");
                Set<Integer> rows = rows(server);
                assertThat(rows).as("round %s", round).containsAll(acknowledged);
                assertThat(rows.stream().filter(row -> row < PARTNER && !acknowledged.contains(row)))
                        .as("what was written without an acknowledgement, one request of a client and kill at most")
                        .hasSizeLessThanOrEqualTo(WRITERS * round);
                assertThat(server.value("SELECT count(*) FROM kept AS one WHERE row % 2 = 1 AND NOT EXISTS"
                                        + " (SELECT 1 FROM kept AS two WHERE abs(two.row - one.row) = " + PARTNER + ")")
                                .asInt())
                        .as("halves of transactions in round %s", round)
                        .isZero();
            }
        }

        // The same as SQLite itself sees it, without the server.
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/app.db"));
                Statement statement = connection.createStatement();
                ResultSet check = statement.executeQuery("PRAGMA integrity_check")) {
            assertThat(check.getString(1)).isEqualTo("ok");
        }
    }

    /** Lets the writers work until enough of their rows were acknowledged in this round, and kills the server then. */
    private void writeAndKill(PackedServer server, int enough) throws Exception {
        CountDownLatch stillToAcknowledge = new CountDownLatch(enough);
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                boolean inPairs = i % 2 == 1;
                writers.add(threads.submit(() -> {
                    writeUntilKilled(server, inPairs, stillToAcknowledge);
                    return null;
                }));
            }
            boolean reached = stillToAcknowledge.await(1, TimeUnit.MINUTES);
            server.kill();
            for (Future<?> writer : writers) {
                writer.get();
            }
            assertThat(reached)
                    .as("%s rows acknowledged within a minute", enough)
                    .isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Even numbers are single rows, sent to one door; odd ones are pairs, sent as a transaction to the other. */
    private void writeUntilKilled(PackedServer server, boolean inPairs, CountDownLatch stillToAcknowledge)
            throws InterruptedException {
        while (true) {
            int row = 2 * nextRow.incrementAndGet() + (inPairs ? 1 : 0);
            HttpResponse<String> answer;
            try {
                answer = inPairs ? insertPair(server, row) : insert(server, row);
            } catch (IOException killed) {
                return;
            }
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).doesNotContain("error");
            acknowledged.add(row);
            if (inPairs) {
                acknowledged.add(row + PARTNER);
            }
            stillToAcknowledge.countDown();
        }
    }

    private static HttpResponse<String> insert(PackedServer server, int row) throws IOException, InterruptedException {
        return server.post(
                "/app/query",
                PackedServer.TOKEN,
                "{\"sql\":\"INSERT INTO kept VALUES (?, hex(randomblob(200)))\",\"args\":[" + row + "]}");
    }

    private static HttpResponse<String> insertPair(PackedServer server, int row)
            throws IOException, InterruptedException {
        return server.post(
                "/app/v3/pipeline",
                PackedServer.TOKEN,
                "{\"requests\":[" + execute("BEGIN IMMEDIATE") + ","
                        + execute("INSERT INTO kept VALUES (" + row + ", hex(randomblob(200)))") + ","
                        + execute("INSERT INTO kept VALUES (" + (row + PARTNER) + ", hex(randomblob(200)))") + ","
                        + execute("COMMIT") + ",{\"type\":\"close\"}]}");
    }

    private static String execute(String sql) {
        return "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}";
    }

    private static Set<Integer> rows(PackedServer server) throws Exception {
        Set<Integer> rows = ConcurrentHashMap.newKeySet();
        server.query("SELECT row FROM kept")
                .get("rows")
                .forEach(row -> rows.add(row.get(0).asInt()));
        return rows;
    }
}
