package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.execute;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Those who wait for the lock to write, and those who keep them waiting. */
class WriteLockWireTest {
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
    private static final int WRITERS = 16;

    /** Ends a quiet holder long before anybody has waited too long. */
    @RegisterExtension
    static final WireServer PATIENT = WireServer.with("contended_idle_timeout: 300ms");

    /** Has less patience than a statement may take. */
    @RegisterExtension
    static final WireServer HASTY =
            WireServer.with("lock_wait: 400ms", "contended_idle_timeout: 390ms", "statement_timeout: 5s");

    @RegisterExtension
    static final WireServer USUAL = WireServer.with();

    private final HranaClient patient = PATIENT.client();
    private final HranaClient hasty = HASTY.client();

    @BeforeEach
    void makeTables() throws IOException {
        for (HranaClient each : new HranaClient[] {patient, hasty}) {
            each.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        }
    }

    @Test
    void failsNobodyForAnAbandonedHolder() throws Exception {
        HranaStream forgotten = patient.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES('forgotten')");
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                writers.add(threads.submit(() -> {
                    write(writer);
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(patient.rows("SELECT count(*), count(DISTINCT v) FROM t")).containsExactly(WRITERS + "|" + WRITERS);
        Results late = forgotten.send(execute("COMMIT"), GET_AUTOCOMMIT);
        assertThat(late.codes()).containsExactly("TRANSACTION_TIMEOUT", "ok");
        assertThat(late.autocommit(1)).isTrue();
        assertThat(patient.rows("SELECT count(*) FROM t WHERE v = 'forgotten'")).containsExactly("0");
    }

    @Test
    void endsAQuietHolderThatBeganWithoutTheLockToo() throws Exception {
        HranaStream upgraded = patient.stream().run("BEGIN", "INSERT INTO t(v) VALUES('upgraded')");
        patient.stream()
                .run("BEGIN", "INSERT INTO t(v) VALUES('next')", "COMMIT")
                .close();
        assertThat(upgraded.send(execute("COMMIT")).message(0)).contains("limits.contended_idle_timeout is 0.3 s");
    }

    @Test
    void namesTheHolderSinceWhenAndWhatFor() throws Exception {
        HranaStream holder = hasty.stream();
        CompletableFuture<Results> working =
                holder.sendAsync(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t(v) VALUES(1)"), execute(ENDLESS));
        Await.until("the holder has the lock", HASTY::isWriteLocked);

        Results onStream = hasty.stream().send(execute("INSERT INTO t(v) VALUES(2)"), GET_AUTOCOMMIT);
        assertThat(onStream.codes()).containsExactly("SQLITE_BUSY", "ok");
        assertThat(onStream.message(0))
                .matches("database is locked: waited 0\\.4 s \\(limits\\.lock_wait\\) for the"
                        + " write lock; held for \\d\\.\\d s by principal 'dev' \\(an open transaction\\)");
        HttpResponse<String> onQuery = hasty.post("query", "{\"sql\":\"INSERT INTO t(v) VALUES(3)\"}");
        assertThat(onQuery.statusCode()).isEqualTo(503);
        assertThat(onQuery.headers().firstValue("Retry-After")).contains("1");
        JsonNode error = HranaClient.JSON.readTree(onQuery.body()).get("error");
        assertThat(error.get("code").intValue()).isEqualTo(5);
        assertThat(error.get("reason").textValue()).isEqualTo("SQLITE_BUSY");
        assertThat(error.get("retryable").booleanValue()).isTrue();
        assertThat(error.get("message").textValue()).contains("held for", "principal 'dev' (an open transaction)");

        // Whoever only reads has nothing to do with it.
        assertThat(hasty.rows("SELECT count(*) FROM t")).containsExactly("0");
        assertThat(working.get().code(2)).isEqualTo("STATEMENT_TIMEOUT");
        holder.run("COMMIT").close();
    }

    @Test
    void reportsAStaleSnapshotAtOnceWithWhatHelps() throws IOException {
        HranaStream stale = patient.stream().run("BEGIN", "SELECT count(*) FROM t");
        patient.run("INSERT INTO t(v) VALUES('meanwhile')");
        long began = System.nanoTime();
        Results results = stale.send(execute("INSERT INTO t(v) VALUES('stale')"), GET_AUTOCOMMIT);

        assertThat(System.nanoTime() - began).isLessThan(5_000_000_000L);
        assertThat(results.codes()).containsExactly("SQLITE_BUSY_SNAPSHOT", "ok");
        assertThat(results.message(0))
                .startsWith("database is locked: another write was committed after this transaction's first read")
                .endsWith("Roll back and begin with BEGIN IMMEDIATE");
        // Nobody need wait for a transaction that cannot write any more.
        assertThat(results.autocommit(1)).isFalse();
        patient.run("INSERT INTO t(v) VALUES('others')");
        stale.run("ROLLBACK", "BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES('fresh')", "COMMIT")
                .close();
        assertThat(patient.rows("SELECT v FROM t ORDER BY id")).containsExactly("'meanwhile'", "'others'", "'fresh'");
    }

    @Test
    void avoidsStaleSnapshotsWhereThePlainBeginTakesTheLock() throws Exception {
        HranaClient eager = USUAL.client(WireServer.EAGER, WireServer.DEV);
        eager.run("CREATE TABLE t(v)");
        HranaStream first = eager.stream().run("BEGIN", "SELECT count(*) FROM t");
        CompletableFuture<Results> second = eager.stream()
                .sendAsync(
                        execute("BEGIN"),
                        execute("SELECT count(*) FROM t"),
                        execute("INSERT INTO t VALUES(2)"),
                        execute("COMMIT"));
        first.run("INSERT INTO t VALUES(1)", "COMMIT").close();
        assertThat(second.get().codes()).containsExactly("ok", "ok", "ok", "ok");
        assertThat(second.get().rows(1)).containsExactly("1");
        HranaStream reading = eager.stream().run("BEGIN DEFERRED", "SELECT count(*) FROM t");
        eager.run("INSERT INTO t VALUES(3)");
        reading.run("COMMIT").close();
    }

    /** By each door in turn. */
    private void write(int writer) throws IOException {
        String insert = "INSERT INTO t(v) VALUES(" + writer + ")";
        switch (writer % 3) {
            case 0 -> patient.stream().run(insert).close();
            // In one request, for whoever is quiet between two is ended soon.
            case 1 ->
                assertThat(patient.stream()
                                .send(execute("BEGIN IMMEDIATE"), execute(insert), execute("COMMIT"), CLOSE)
                                .codes())
                        .containsExactly("ok", "ok", "ok", "ok");
            default -> {
                HttpResponse<String> reply = patient.post("query", "{\"sql\":\"" + insert + "\"}");
                assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
                assertThat(reply.body()).doesNotContain("error");
            }
        }
    }
}
