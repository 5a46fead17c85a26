package net.quicsql.wire;

import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.execute;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that close their connection before they have their answer. */
class HangUpWireTest {
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

    /** Some seconds of work on a slow machine, and far more than the time after which a client is asked for. */
    private static final String LONG =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < 1500000)"
                    + " SELECT max(x) FROM c";

    /**
     * A second by the specification; the rest is for a machine that is busy with other things. Still long before the time of
     * a statement.
     */
    private static final Duration SOON = Duration.ofSeconds(15);

    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    private final HranaClient client = SERVER.client();

    @BeforeEach
    void makeTable() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(v)");
    }

    @Test
    void endsAReadOfQueryPipelineAndCursor() throws Exception {
        String[][] requests = {
            {"/app/query", "{\"sql\":" + Requests.quote(ENDLESS) + "}"},
            {"/app/query", "{\"statements\":[{\"sql\":" + Requests.quote(ENDLESS) + "}]}"},
            {"/app/v3/pipeline", Requests.pipeline(null, execute(ENDLESS))},
            {"/app/v3/cursor", Requests.cursor(null, Requests.step(ENDLESS))},
        };
        for (String[] request : requests) {
            long before = hangups();
            RawConnection left = new RawConnection(SERVER.port()).post(request[0], WireServer.DEV, request[1]);
            left.close();
            awaitHangups(before + 1, request[0]);
        }
    }

    @Test
    void endsAReadOfAClientThatWasKilled() throws Exception {
        long before = hangups();
        RawConnection left = new RawConnection(SERVER.port()).post("/app/query", WireServer.DEV, query(ENDLESS));
        left.reset();
        awaitHangups(before + 1, "a reset");
    }

    @Test
    void finishesAWrite() throws Exception {
        long before = hangups();
        try (RawConnection left =
                new RawConnection(SERVER.port()).post("/app/query", WireServer.DEV, query("INSERT INTO t " + LONG))) {
            Await.until("it writes, or has", () -> SERVER.isWriteLocked() || hasWritten());
        }
        Await.until("the row is there", this::hasWritten);
        assertThat(hangups()).isEqualTo(before);
    }

    @Test
    void dropsAWriteThatWaitsForItsTurn() throws Exception {
        HranaStream holder = client.stream().run("BEGIN IMMEDIATE");
        long before = hangups();
        RawConnection left = new RawConnection(SERVER.port())
                .post("/app/query", WireServer.DEV, query("INSERT INTO t VALUES('dropped')"));
        Await.until("it waits", () -> SERVER.counter("quicsql.app.writers_waiting") == 1);
        left.close();
        awaitHangups(before + 1, "a waiting write");
        assertThat(SERVER.counter("quicsql.app.writers_waiting")).isZero();
        holder.run("COMMIT");
        client.run("INSERT INTO t VALUES('later')");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'later'");
    }

    @Test
    void answersRequestsThatWereSentAheadInTheirOrder() throws Exception {
        long before = hangups();
        try (RawConnection ahead = new RawConnection(SERVER.port())) {
            ahead.post("/app/query", WireServer.DEV, query(LONG));
            // More than is kept at first, and each in its own packet.
            String padding = "x".repeat(3000);
            for (int i = 1; i <= 10; i++) {
                ahead.post("/app/query", WireServer.DEV, query("SELECT " + i + ", length('" + padding + "')"));
            }
            assertThat(ahead.answer()).contains("1500000");
            for (int i = 1; i <= 10; i++) {
                assertThat(ahead.answer()).contains("[[" + i + ",3000]]");
            }
            assertThat(ahead.post("/app/query", WireServer.DEV, query("SELECT 'still'"))
                            .answer())
                    .contains("still");
        }
        assertThat(hangups()).isEqualTo(before);
    }

    @Test
    void seesAClientLeaveThatHasSentAhead() throws Exception {
        long before = hangups();
        RawConnection left = new RawConnection(SERVER.port())
                .post("/app/query", WireServer.DEV, query(ENDLESS))
                .send("POST /app/query HTTP/1.1\r\nHost: loc");
        left.close();
        awaitHangups(before + 1, "half a request sent ahead");
    }

    @Test
    void freesTheWriteLockOfATransactionAndTellsWhoComesBack() throws Exception {
        HranaStream left = client.stream().run("BEGIN IMMEDIATE", "INSERT INTO t VALUES('lost')");
        long before = hangups();
        RawConnection connection = new RawConnection(SERVER.port())
                .post("/app/v3/pipeline", WireServer.DEV, Requests.pipeline(left.baton(), execute(ENDLESS)));
        CompletableFuture<Results> other = client.stream().sendAsync(execute("INSERT INTO t VALUES('other')"));
        Await.until("the other waits", () -> SERVER.counter("quicsql.app.writers_waiting") == 1);
        long began = System.nanoTime();
        connection.close();
        assertThat(other.get().codes()).containsExactly("ok");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
        // The read and the transaction.
        awaitHangups(before + 2, "a transaction");

        Results told = left.send(execute("INSERT INTO t VALUES('late')"), GET_AUTOCOMMIT);
        assertThat(told.codes()).containsExactly("TRANSACTION_LOST", "ok");
        assertThat(told.message(0)).contains("its client went away");
        assertThat(told.autocommit(1)).isFalse();
        left.run("ROLLBACK", "INSERT INTO t VALUES('healed')");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'other'", "'healed'");
    }

    @Test
    void rollsBackATransactionWhoseLongWriteNobodyWaitsFor() throws Exception {
        HranaStream left = client.stream().run("BEGIN IMMEDIATE");
        try (RawConnection connection = new RawConnection(SERVER.port())
                .post(
                        "/app/v3/pipeline",
                        WireServer.DEV,
                        Requests.pipeline(left.baton(), execute("INSERT INTO t " + LONG)))) {}
        Await.until("the lock is free", () -> !SERVER.isWriteLocked());
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
        assertThat(left.send(execute("SELECT 1")).message(0)).contains("its client went away");
    }

    @Test
    void keepsATransactionThatIsCommittedInTheRequestThatNobodyWaitsFor() throws Exception {
        try (RawConnection connection = new RawConnection(SERVER.port())
                .post(
                        "/app/v3/pipeline",
                        WireServer.DEV,
                        Requests.pipeline(
                                null,
                                execute("BEGIN IMMEDIATE"),
                                execute("INSERT INTO t " + LONG),
                                execute("COMMIT")))) {
            Await.until("it writes, or has", () -> SERVER.isWriteLocked() || hasWritten());
        }
        Await.until("the row is there", this::hasWritten);
    }

    private boolean hasWritten() throws IOException {
        return client.rows("SELECT v FROM t").equals(List.of("1500000"));
    }

    private static String query(String sql) {
        return "{\"sql\":" + Requests.quote(sql) + "}";
    }

    private static long hangups() {
        return SERVER.counter("quicsql.app.hangups");
    }

    private static void awaitHangups(long count, String what) throws Exception {
        long began = System.nanoTime();
        Await.until("a hang-up is seen: " + what, () -> hangups() == count);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).as(what).isLessThan(SOON);
    }
}
