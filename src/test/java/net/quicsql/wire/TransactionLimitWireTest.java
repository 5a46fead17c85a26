package net.quicsql.wire;

import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.execute;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Transactions that stand in others' way, last too long, or run a statement for too long. */
class TransactionLimitWireTest {
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

    @RegisterExtension
    static final WireServer SERVER = WireServer.with("contended_idle_timeout: 150ms", "statement_timeout: 500ms");

    /** Bears with quiet transactions, so that they reach their longest life. */
    @RegisterExtension
    static final WireServer PATIENT = WireServer.with("contended_tx_lifetime: 500ms", "max_tx_lifetime: 4s");

    private final HranaClient client = SERVER.client();
    private final HranaClient patient = PATIENT.client();

    @BeforeEach
    void makeTables() throws IOException {
        for (HranaClient each : new HranaClient[] {client, patient}) {
            each.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
        }
    }

    @Test
    void endsAQuietTransactionThatKeepsAnotherFromWriting() throws IOException {
        HranaStream quiet = client.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES('lost')");
        HranaStream other = client.stream().run("INSERT INTO t(v) VALUES('other')");
        assertThat(other.isAutocommit()).isTrue();

        Results lost = quiet.send(execute("INSERT INTO t(v) VALUES('late')"), GET_AUTOCOMMIT);
        assertThat(lost.codes()).containsExactly("TRANSACTION_TIMEOUT", "ok");
        assertThat(lost.message(0)).contains("while others waited", "limits.contended_idle_timeout is 0.2 s");
        assertThat(lost.autocommit(1)).isFalse();
        quiet.run("ROLLBACK");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'other'");
    }

    @Test
    void leavesAQuietTransactionAloneThatNobodyWaitsFor() throws Exception {
        HranaStream quiet = client.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES(1)");
        long started = System.nanoTime();
        Await.until("several times the limit has passed", () -> {
            client.rows("SELECT count(*) FROM t");
            return System.nanoTime() - started > 600_000_000L;
        });
        quiet.run("COMMIT");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    @Test
    void endsATransactionThatLastsTooLongThoughItIsBusy() throws Exception {
        HranaStream busy = patient.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES('lost')");
        AtomicReference<Results> last = new AtomicReference<>();
        Await.until("the transaction is ended", () -> {
            last.set(busy.send(execute("SELECT 1")));
            return !last.get().code(0).equals("ok");
        });
        assertThat(last.get().codes()).containsExactly("TRANSACTION_TIMEOUT");
        assertThat(last.get().message(0)).contains("limits.max_tx_lifetime is 4.0 s");
        busy.run("ROLLBACK");
        assertThat(patient.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void endsABusyTransactionThatKeepsAnotherFromWritingForTooLong() throws Exception {
        HranaStream busy = patient.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES('lost')");
        CompletableFuture<Results> other = patient.stream().sendAsync(execute("INSERT INTO t(v) VALUES('other')"));
        AtomicReference<Results> last = new AtomicReference<>();
        Await.until("the transaction is ended", () -> {
            last.set(busy.send(execute("SELECT 1")));
            return !last.get().code(0).equals("ok");
        });
        assertThat(last.get().message(0)).contains("limits.contended_tx_lifetime is 0.5 s");
        assertThat(other.get().codes()).containsExactly("ok");
        busy.run("ROLLBACK");
    }

    @Test
    void stopsAReadThatRunsTooLongAndKeepsItsTransaction() throws IOException {
        HranaStream stream = client.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES(1)");
        Results results = stream.send(execute(ENDLESS), GET_AUTOCOMMIT);
        assertThat(results.code(0)).isEqualTo("STATEMENT_TIMEOUT");
        assertThat(results.message(0)).contains("limits.statement_timeout").doesNotContain("rolled back");
        assertThat(results.autocommit(1)).isFalse();
        stream.run("COMMIT");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    @Test
    void abortsAStreamWhoseWriteRanTooLong() throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES('lost')");
        Results results = stream.send(
                execute("INSERT INTO t(v) " + ENDLESS), GET_AUTOCOMMIT, execute("INSERT INTO t(v) VALUES('late')"));
        assertThat(results.codes()).containsExactly("STATEMENT_TIMEOUT", "ok", "TRANSACTION_TIMEOUT");
        assertThat(results.message(0)).contains("limits.statement_timeout").endsWith("Its transaction was rolled back");
        assertThat(results.autocommit(1)).isFalse();
        stream.run("ROLLBACK", "INSERT INTO t(v) VALUES('new')");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'new'");
    }

    @Test
    void stopsStatementsOutsideOfTransactionsThatRunTooLong() throws IOException {
        HranaStream stream = client.stream();
        assertThat(stream.send(execute(ENDLESS), execute("INSERT INTO t(v) " + ENDLESS), execute("SELECT 1"))
                        .codes())
                .containsExactly("STATEMENT_TIMEOUT", "STATEMENT_TIMEOUT", "ok");
        assertThat(stream.cursor(Requests.step(ENDLESS), Requests.step("SELECT 1"))
                        .texts())
                .containsExactly("error 0 STATEMENT_TIMEOUT", "begin 1", "row 1", "end 0");
        assertThat(stream.isAutocommit()).isTrue();
    }
}
