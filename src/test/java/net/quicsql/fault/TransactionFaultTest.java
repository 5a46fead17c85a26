package net.quicsql.fault;

import static net.quicsql.fault.PackedStream.AUTOCOMMIT;
import static net.quicsql.fault.PackedStream.CLOSE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that forget their transactions, hold them too long, or play with their batons.
 * The gate shortens the limits; the soak has them as they are shipped, but for the longest lifetime.
 */
@Tag("fault")
final class TransactionFaultTest {
    private static final int WRITERS = 16;
    private static final String IMMEDIATE = "/immediate";
    private static final boolean SOAK = Boolean.getBoolean("quicsql.soak");
    private static final int ROUNDS = SOAK ? 500 : 60;
    /** In the soak, these are what the server has where nothing is said. */
    private static final Duration CONTENDED_IDLE = Duration.ofSeconds(SOAK ? 5 : 3);

    private static final Duration IDLE = Duration.ofSeconds(SOAK ? 30 : 3);
    private static final Duration STATEMENT = Duration.ofSeconds(SOAK ? 30 : 2);
    /** The shipped five minutes would be most of the soak. */
    private static final Duration LIFETIME = Duration.ofSeconds(SOAK ? 60 : 4);

    /** What a loaded machine may be late by. */
    private static final Duration LATE = Duration.ofSeconds(6);

    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c";

    @TempDir
    static Path folder;

    private static PackedServer server;

    @BeforeAll
    static void startServer() throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("databases.immediate.begin", "immediate");
        settings.put("limits.max_tx_lifetime", LIFETIME.toSeconds() + "s");
        if (!SOAK) {
            settings.put("limits.contended_idle_timeout", CONTENDED_IDLE.toSeconds() + "s");
            settings.put("limits.lock_wait", "20s");
            settings.put("limits.tx_idle_timeout", IDLE.toSeconds() + "s");
            settings.put("limits.statement_timeout", STATEMENT.toSeconds() + "s");
        }
        server = PackedServer.start(Jdk.running(), folder, settings);
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void makeTable() throws Exception {
        server.query("DROP TABLE IF EXISTS t");
        server.query("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
    }

    @Test
    void oneForgottenTransactionFailsNoOtherWriter() throws Exception {
        double before = metric("quicsql_aborted_transactions_total");
        PackedStream forgotten = new PackedStream(server).run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES ('lost')");

        long began = System.nanoTime();
        Crowd.run(WRITERS, writer -> {
            new PackedStream(server).run("INSERT INTO t(v) VALUES (" + writer + ")", CLOSE);
        });
        assertThat(since(began)).isLessThan(CONTENDED_IDLE.plus(LATE));

        assertThat(metric("quicsql_aborted_transactions_total")).isEqualTo(before + 1);
        assertThat(count()).isEqualTo(WRITERS);
        assertThat(forgotten.send("INSERT INTO t(v) VALUES ('late')", "COMMIT")).startsWith("TRANSACTION_TIMEOUT");
        assertThat(forgotten.isAutocommit()).isTrue();
        assertThat(count()).isEqualTo(WRITERS);
    }

    @Test
    void aForgottenTransactionIsHealedByRollback() throws Exception {
        PackedStream forgotten = new PackedStream(server).run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES ('lost')");
        new PackedStream(server).run("INSERT INTO t(v) VALUES ('other')", CLOSE);

        assertThat(forgotten.send("INSERT INTO t(v) VALUES ('late')", "SELECT 1"))
                .containsExactly("TRANSACTION_TIMEOUT", "TRANSACTION_TIMEOUT");
        assertThat(forgotten.isAutocommit()).isFalse();
        forgotten.run("ROLLBACK", "INSERT INTO t(v) VALUES ('new')", CLOSE);
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void aQuietTransactionThatNobodyWaitsForIsEnded() throws Exception {
        double before = metric("quicsql_aborted_transactions_total");
        long began = System.nanoTime();
        PackedStream quiet = new PackedStream(server).run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES ('lost')");
        Await.until(() -> metric("quicsql_aborted_transactions_total") > before, IDLE.plus(LATE));
        assertThat(since(began)).isGreaterThanOrEqualTo(IDLE);
        assertThat(quiet.send("COMMIT")).containsExactly("TRANSACTION_TIMEOUT");
        assertThat(count()).isZero();
    }

    @Test
    void aTricklingClientIsEndedByTheLongestLifetimeAndTheLogCanBeCheckpointed() throws Exception {
        double before = metric("quicsql_aborted_transactions_total");
        long began = System.nanoTime();
        PackedStream trickling = new PackedStream(server).run("BEGIN", "SELECT count(*) FROM t");
        server.query("INSERT INTO t(v) VALUES (randomblob(6000000))");
        Duration pause = IDLE.dividedBy(6);
        AtomicReference<Duration> touch = new AtomicReference<>(pause);
        Await.until(
                () -> {
                    if (since(began).compareTo(touch.get()) > 0) {
                        touch.set(touch.get().plus(pause));
                        trickling.send("SELECT count(*) FROM t");
                    }
                    return metric("quicsql_aborted_transactions_total") > before;
                },
                LIFETIME.plus(LATE));
        // Not by the limit of quiet ones.
        assertThat(since(began)).isGreaterThanOrEqualTo(LIFETIME);
        assertThat(trickling.send("SELECT count(*) FROM t")).containsExactly("TRANSACTION_TIMEOUT");
        assertThat(trickling.isAutocommit()).isFalse();
        trickling.run("ROLLBACK", CLOSE);
        // The log is written from its beginning again as soon as all of it has been copied back.
        Path log = folder.resolve("data/app.db-wal");
        Await.until(() -> {
            long size = Files.size(log);
            server.query("INSERT INTO t(v) VALUES (1)");
            return Files.size(log) <= size;
        });
    }

    @Test
    void foreignBatonsAreRefusedAndHurtNobody() throws Exception {
        PackedStream live = new PackedStream(server).run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES (1)");
        String older = live.baton();
        live.run("INSERT INTO t(v) VALUES (2)");
        String baton = live.baton();
        int middle = baton.length() / 2;
        char other = baton.charAt(middle) == 'A' ? 'B' : 'A';
        String write = "INSERT INTO t(v) VALUES ('thief')";
        for (String forged : List.of(
                older,
                baton.substring(0, middle),
                baton.substring(0, middle) + other + baton.substring(middle + 1),
                baton + "AAAA")) {
            HttpResponse<String> refused = PackedStream.post(server, "/app", PackedServer.TOKEN, forged, write);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
            assertThat(refused.body()).contains("INVALID_BATON");
        }
        assertThat(PackedStream.post(server, "/app", PackedServer.READER_TOKEN, baton, write)
                        .statusCode())
                .isEqualTo(403);
        live.run("COMMIT", CLOSE);
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void aBatonIsGoodForItsOwnDatabaseOnly() throws Exception {
        new PackedStream(server, IMMEDIATE).run("DROP TABLE IF EXISTS t", "CREATE TABLE t(v)", CLOSE);
        PackedStream live = new PackedStream(server).run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES (1)");
        String parked = new PackedStream(server).run("SELECT 1").baton();
        for (String foreign : List.of(live.baton(), parked)) {
            HttpResponse<String> refused = PackedStream.post(
                    server, IMMEDIATE, PackedServer.TOKEN, foreign, "INSERT INTO t(v) VALUES ('thief')", "COMMIT");
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
            assertThat(refused.body()).contains("INVALID_BATON");
        }
        assertThat(new PackedStream(server, IMMEDIATE)
                        .results("SELECT count(*) FROM t", CLOSE)
                        .at("/0/response/result/rows/0/0/value")
                        .asText())
                .isEqualTo("0");
        live.run("COMMIT", CLOSE);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void aBatonOfATransactionDoesNotOutliveTheServer() throws Exception {
        PackedStream open = new PackedStream(server).run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES ('lost')");
        PackedStream parked = new PackedStream(server).run("SELECT 1");
        server.kill();
        server.start();

        assertThat(open.send("INSERT INTO t(v) VALUES ('late')", AUTOCOMMIT)).containsExactly("TRANSACTION_LOST", "ok");
        assertThat(open.isAutocommit()).isFalse();
        open.run("ROLLBACK", "INSERT INTO t(v) VALUES ('new')", CLOSE);
        parked.run("SELECT 1", CLOSE);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void ofTwoRequestsOnOneBatonOneRuns() throws Exception {
        server.query("INSERT INTO t(v) VALUES ('first')");
        long files = openFiles();
        for (int round = 0; round < ROUNDS; round++) {
            PackedStream stream = new PackedStream(server).run("BEGIN IMMEDIATE");
            String baton = stream.baton();
            CyclicBarrier together = new CyclicBarrier(2);
            List<Integer> statuses = new ArrayList<>();
            Crowd.run(2, one -> {
                together.await();
                int status = PackedStream.post(
                                server,
                                "/app",
                                PackedServer.TOKEN,
                                baton,
                                "INSERT INTO t(v) VALUES (1)",
                                "COMMIT",
                                CLOSE)
                        .statusCode();
                synchronized (statuses) {
                    statuses.add(status);
                }
            });
            assertThat(statuses).containsExactlyInAnyOrder(200, 400);
        }
        assertThat(count()).isEqualTo(ROUNDS + 1);
        assertThat(metric("quicsql_open_transactions")).isZero();
        assertThat(openFiles()).isLessThan(files + 20);
    }

    @Test
    void aSnapshotThatIsTooOldIsToldAtOnce() throws Exception {
        PackedStream stale = new PackedStream(server).run("BEGIN", "SELECT count(*) FROM t");
        server.query("INSERT INTO t(v) VALUES ('newer')");
        long began = System.nanoTime();
        JsonNode failed = stale.results("INSERT INTO t(v) VALUES ('stale')").get(0);
        // Long before a wait for the lock would have ended.
        assertThat(since(began)).isLessThan(Duration.ofSeconds(9));
        assertThat(failed.at("/error/code").asText()).isEqualTo("SQLITE_BUSY_SNAPSHOT");
        assertThat(failed.at("/error/message").asText()).contains("BEGIN IMMEDIATE");
        assertThat(stale.isAutocommit()).isFalse();
        stale.run(
                "ROLLBACK",
                "BEGIN IMMEDIATE",
                "SELECT count(*) FROM t",
                "INSERT INTO t(v) VALUES ('again')",
                "COMMIT",
                CLOSE);
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void whereBeginMeansImmediateNoSnapshotIsTooOld() throws Exception {
        new PackedStream(server, IMMEDIATE).run("DROP TABLE IF EXISTS t", "CREATE TABLE t(v)", CLOSE);
        // Each reads and then writes: of deferred transactions that overlap only the first could.
        int writers = 4;
        Crowd.run(writers, writer -> {
            PackedStream stream = new PackedStream(server, IMMEDIATE).run("BEGIN", "SELECT count(*) FROM t");
            stream.run("INSERT INTO t SELECT count(*) FROM t", "COMMIT", CLOSE);
        });
        assertThat(new PackedStream(server, IMMEDIATE)
                        .results("SELECT count(*) || ' ' || count(DISTINCT v) || ' ' || max(v) FROM t", CLOSE)
                        .at("/0/response/result/rows/0/0/value")
                        .asText())
                .isEqualTo(writers + " " + writers + " " + (writers - 1));
    }

    @Test
    void aWriteThatIsEndedInATransactionEndsTheTransaction() throws Exception {
        PackedStream stream =
                new PackedStream(server).run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES ('lost')", "SAVEPOINT s");
        long began = System.nanoTime();
        assertThat(stream.send(
                        "INSERT INTO t(v) " + ENDLESS, AUTOCOMMIT, "ROLLBACK TO s", "INSERT INTO t(v) VALUES ('late')"))
                .containsExactly("STATEMENT_TIMEOUT", "ok", "TRANSACTION_TIMEOUT", "TRANSACTION_TIMEOUT");
        assertThat(since(began)).isBetween(STATEMENT, STATEMENT.plus(LATE));
        assertThat(stream.isAutocommit()).isFalse();
        assertThat(count()).isZero();
        stream.run("ROLLBACK", "INSERT INTO t(v) VALUES ('new')", CLOSE);
        assertThat(count()).isEqualTo(1);
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static long count() throws Exception {
        return server.value("SELECT count(*) FROM t").asLong();
    }

    private static double metric(String name) throws Exception {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith(name + "{database=\"app\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static long openFiles() throws Exception {
        try (var files = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
            return files.count();
        }
    }
}
