package net.quicsql.wire;

import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.execute;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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

/** More streams than there are places for open transactions. */
class TransactionPlaceWireTest {
    private static final int CROWD = 100;
    private static final int ROUNDS = 3;

    @RegisterExtension
    static final WireServer SERVER =
            WireServer.with("max_transactions_per_database: 8", "max_transactions_per_principal: 6");

    /** Has little patience. */
    @RegisterExtension
    static final WireServer HASTY = WireServer.with(
            "max_transactions_per_database: 2",
            "max_transactions_per_principal: 1",
            "lock_wait: 1500ms",
            "contended_idle_timeout: 1400ms");

    /** Has one thread to spare for those who wait. */
    @RegisterExtension
    static final WireServer NARROW = WireServer.with(
            "max_transactions_per_database: 1", "max_transactions_per_principal: 1", "max_waiting_requests: 1");

    private final HranaClient client = SERVER.client();
    private final HranaClient narrow = NARROW.client();
    private final HranaClient hasty = HASTY.client();

    @BeforeEach
    void makeTable() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        hasty.run("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, v)");
        narrow.run("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, v)");
    }

    @Test
    void letsACrowdOfInteractiveTransactionsTakeTurns() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CROWD);
        try {
            List<Future<?>> crowd = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                String value = Integer.toString(i);
                crowd.add(threads.submit(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        HranaStream stream = client.stream();
                        stream.run("BEGIN IMMEDIATE", "SELECT count(*) FROM t");
                        stream.run("INSERT INTO t(v) VALUES(" + value + ")", "COMMIT");
                        stream.close();
                    }
                    return null;
                }));
            }
            for (Future<?> each : crowd) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(client.rows("SELECT count(*), count(DISTINCT v) FROM t")).containsExactly(CROWD * ROUNDS + "|100");
    }

    @Test
    void keepsPlacesForOthersWhenOnePrincipalTakesAllItMay() throws Exception {
        List<HranaStream> flood = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            flood.add(client.stream().run("BEGIN"));
        }
        CompletableFuture<Results> late = client.stream().sendAsync(execute("BEGIN"));

        HranaClient guest = SERVER.client(WireServer.APP, WireServer.GUEST);
        guest.stream()
                .run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES('guest')", "COMMIT")
                .close();
        SERVER.client(WireServer.APP, WireServer.READER).stream()
                .run("BEGIN", "SELECT 1", "COMMIT")
                .close();
        assertThat(late).isNotDone();

        for (HranaStream stream : flood) {
            stream.close();
        }
        assertThat(late.get().codes()).containsExactly("ok");
        client.stream(late.get().baton()).close();
    }

    @Test
    void saysWhichLimitWasInTheWayInsideTheStream() throws IOException {
        HranaStream first = hasty.stream().run("BEGIN");
        HranaStream second = hasty.stream();
        Results own = second.send(execute("BEGIN"), GET_AUTOCOMMIT, execute("SELECT 1"));
        assertThat(own.codes()).containsExactly("TOO_MANY_STREAMS", "ok", "ok");
        assertThat(own.message(0))
                .contains("limits.max_transactions_per_principal", "1.5 s (limits.lock_wait)", "COMMIT");
        assertThat(own.autocommit(1)).isTrue();

        HranaStream guest =
                HASTY.client(WireServer.APP, WireServer.GUEST).stream().run("BEGIN");
        Results all = HASTY.client(WireServer.APP, WireServer.READER).stream().send(execute("BEGIN"));
        assertThat(all.codes()).containsExactly("TOO_MANY_STREAMS");
        assertThat(all.message(0)).contains("limits.max_transactions_per_database");

        guest.close();
        first.close();
        second.run("BEGIN").close();
    }

    @Test
    void refusesAtOnceWhoeverWouldBeOneWaiterTooMany() throws Exception {
        HranaStream holder = narrow.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES(1)");
        CompletableFuture<Results> waiter = narrow.stream().sendAsync(execute("INSERT INTO t(v) VALUES(2)"));
        Await.until("one waits", () -> NARROW.waitingWriters() == 1);

        Results onBegin = narrow.stream().send(execute("BEGIN"), GET_AUTOCOMMIT);
        assertThat(onBegin.codes()).containsExactly("TOO_MANY_STREAMS", "ok");
        assertThat(onBegin.message(0)).contains("limits.max_waiting_requests");
        assertThat(onBegin.autocommit(1)).isTrue();
        Results onStream = narrow.stream().send(execute("INSERT INTO t(v) VALUES(3)"));
        assertThat(onStream.codes()).containsExactly("SQLITE_BUSY");
        assertThat(onStream.message(0)).contains("limits.max_waiting_requests", "held for", "principal 'dev'");
        var onQuery = narrow.post("query", "{\"sql\":\"INSERT INTO t(v) VALUES(4)\"}");
        assertThat(onQuery.statusCode()).isEqualTo(503);
        assertThat(onQuery.headers().firstValue("Retry-After")).contains("1");
        assertThat(onQuery.body()).contains("SQLITE_BUSY", "limits.max_waiting_requests");

        holder.run("COMMIT").close();
        assertThat(waiter.get().codes()).containsExactly("ok");
    }
}
