package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.batch;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.step;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions of streams that nobody disturbs, and two that want to write at once. */
@ParameterizedClass
@EnumSource(Door.class)
class TransactionWireTest {
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

    @RegisterExtension
    static final WireServer SERVER = WireServer.with(
            "lock_wait: 400ms",
            "contended_idle_timeout: 390ms",
            "statement_timeout: 2s",
            "max_transactions_per_database: 3");

    /** Nobody is ended here for standing still as long as a machine may. */
    @RegisterExtension
    static final WireServer PATIENT = WireServer.with();

    private final HranaClient client;
    private final HranaClient patient;

    TransactionWireTest(Door door) {
        client = SERVER.client(door);
        patient = PATIENT.client(door);
    }

    @BeforeEach
    void makeTables() throws IOException {
        client.run("DROP TABLE IF EXISTS child; DROP TABLE IF EXISTS t;"
                + "CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE);"
                + "CREATE TABLE child(t REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED)");
    }

    @Test
    void keepsATransactionWhoseCommitFailsOnADeferredForeignKey() throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "INSERT INTO child VALUES(7)");
        Results failed = stream.send(execute("COMMIT"), GET_AUTOCOMMIT);
        assertThat(failed.code(0)).isEqualTo("SQLITE_CONSTRAINT_FOREIGNKEY");
        assertThat(failed.autocommit(1)).isFalse();
        assertThat(stream.send(execute("INSERT INTO t(id) VALUES(7)"), execute("COMMIT"), GET_AUTOCOMMIT)
                        .autocommit(2))
                .isTrue();
        assertThat(client.rows("SELECT t FROM child")).containsExactly("7");
        stream.close();
    }

    @Test
    void tellsOfARollbackThatTheClientsOwnStatementMade() throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES('a')");
        Results results =
                stream.send(execute("INSERT OR ROLLBACK INTO t(v) VALUES('a')"), GET_AUTOCOMMIT, execute("SELECT 1"));
        assertThat(results.code(0)).isEqualTo("SQLITE_CONSTRAINT_UNIQUE");
        assertThat(results.autocommit(1)).isTrue();
        assertThat(results.code(2)).isEqualTo("ok");
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
        assertThat(stream.send(execute("INSERT INTO t(v) VALUES('b')")).code(0)).isEqualTo("ok");
    }

    @Test
    void tellsOfARollbackThatATriggerMade() throws IOException {
        client.run("CREATE TRIGGER no BEFORE INSERT ON t WHEN new.v = 'no'"
                + " BEGIN SELECT RAISE(ROLLBACK, 'not that'); END");
        HranaStream stream = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES('a')");
        Results results = stream.send(execute("INSERT INTO t(v) VALUES('no')"), GET_AUTOCOMMIT);
        assertThat(results.message(0)).isEqualTo("not that");
        assertThat(results.autocommit(1)).isTrue();
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void beginsAndEndsByBatchesAsTheRustClientDoes() throws IOException {
        HranaStream stream = client.stream();
        assertThat(stream.send(batch(step("BEGIN DEFERRED")), GET_AUTOCOMMIT).autocommit(1))
                .isFalse();
        stream.run("INSERT INTO t(v) VALUES(1)");
        Results ended = stream.send(batch(step("COMMIT")), GET_AUTOCOMMIT, CLOSE);
        assertThat(ended.autocommit(1)).isTrue();
        assertThat(ended.baton()).isNull();
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    @Test
    void rollsBackWhatIsOpenWhenTheStreamCloses() throws IOException {
        client.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES(1)").close();
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
        client.run("INSERT INTO t(v) VALUES(2)");
    }

    @Test
    void takesASavepointOutsideOfATransactionForOne() throws IOException {
        HranaStream stream = client.stream().run("SAVEPOINT s", "INSERT INTO t(v) VALUES(1)");
        assertThat(stream.isAutocommit()).isFalse();
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
        stream.run("SAVEPOINT inner", "INSERT INTO t(v) VALUES(2)", "ROLLBACK TO inner", "RELEASE inner");
        assertThat(stream.isAutocommit()).isFalse();
        stream.run("RELEASE s");
        assertThat(stream.isAutocommit()).isTrue();
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN READONLY", "BEGIN TRANSACTION READONLY", "begin /* x */ readonly;"})
    void takesReadOnlyTransactionsAndRefusesToWriteInThem(String begin) throws IOException {
        HranaStream stream = client.stream().run(begin);
        Results results = stream.send(
                execute("SELECT count(*) FROM t"),
                execute("INSERT INTO t(v) VALUES(1)"),
                execute("CREATE TABLE u(x)"),
                GET_AUTOCOMMIT,
                execute("COMMIT"),
                GET_AUTOCOMMIT,
                execute("INSERT INTO t(v) VALUES(2)"));
        assertThat(results.codes()).containsExactly("ok", "SQLITE_READONLY", "SQLITE_READONLY", "ok", "ok", "ok", "ok");
        assertThat(results.autocommit(3)).isFalse();
        assertThat(results.autocommit(5)).isTrue();
        assertThat(client.rows("SELECT v FROM t")).containsExactly("2");
    }

    @Test
    void isolatesAReadTransactionFromLaterWrites() throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "SELECT * FROM t");
        client.run("INSERT INTO t(v) VALUES(1)");
        assertThat(stream.send(execute("SELECT count(*) FROM t")).rows(0)).containsExactly("0");
        assertThat(stream.send(execute("INSERT INTO t(v) VALUES(2)")).code(0)).isEqualTo("SQLITE_BUSY_SNAPSHOT");
        stream.run("ROLLBACK", "INSERT INTO t(v) VALUES(2)");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1", "2");
    }

    @Test
    void failsTheSecondWriterWithinItsStreamWhenTheFirstDoesNotEnd() throws Exception {
        HranaStream holder;
        HranaStream other;
        CompletableFuture<Results> holding;
        Results refused;
        int tries = 0;
        do {
            client.run("DELETE FROM t");
            holder = client.stream();
            // A holder that works is not taken for one that went quiet.
            holding = holder.sendAsync(
                    execute("BEGIN IMMEDIATE"), execute("INSERT INTO t(v) VALUES(1)"), execute(ENDLESS));
            Await.until("the first has the lock", SERVER::isWriteLocked);
            other = client.stream();
            refused = other.send(execute("INSERT INTO t(v) VALUES(2)"), GET_AUTOCOMMIT);
            tries++;
            // The first had ended before the other's patience did: the machine stood still meanwhile.
        } while (holding.isDone() && tries < 3);
        assertThat(refused.codes()).containsExactly("SQLITE_BUSY", "ok");
        assertThat(refused.message(0)).contains("database is locked", "limits.lock_wait");
        assertThat(holding.get().codes()).containsExactly("ok", "ok", "STATEMENT_TIMEOUT");
        holder.run("COMMIT");
        other.run("INSERT INTO t(v) VALUES(2)");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1", "2");
    }

    @Test
    void letsTheSecondWriterInAsSoonAsTheFirstCommits() throws Exception {
        patient.run("DROP TABLE IF EXISTS t; CREATE TABLE t(v)");
        HranaStream holder = patient.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES(1)");
        CompletableFuture<Results> waiting = patient.stream().sendAsync(execute("INSERT INTO t(v) VALUES(2)"));
        Await.until("it waits for its turn", () -> PATIENT.waitingWriters() == 1);
        holder.run("COMMIT");
        assertThat(waiting.get().codes()).containsExactly("ok");
    }

    @Test
    void refusesMoreTransactionsThanAllowedWithinTheStream() throws IOException {
        HranaStream[] streams = new HranaStream[3];
        for (int i = 0; i < streams.length; i++) {
            streams[i] = client.stream().run("BEGIN");
        }
        HranaStream late = client.stream();
        Results results = late.send(execute("BEGIN"), GET_AUTOCOMMIT, execute("SELECT 1"));
        assertThat(results.codes()).containsExactly("TOO_MANY_STREAMS", "ok", "ok");
        assertThat(results.autocommit(1)).isTrue();
        for (HranaStream stream : streams) {
            stream.close();
        }
        late.run("BEGIN").close();
    }

    @Test
    void refusesATransactionWithinATransaction() throws IOException {
        HranaStream stream = client.stream().run("BEGIN");
        Results results = stream.send(execute("BEGIN"), GET_AUTOCOMMIT);
        assertThat(results.message(0)).isEqualTo("cannot start a transaction within a transaction");
        assertThat(results.autocommit(1)).isFalse();
        stream.close();
    }

    @Test
    void changesTheSchemaWithinATransaction() throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "ALTER TABLE t ADD COLUMN w DEFAULT 5");
        assertThat(client.pipeline(null, execute("SELECT w FROM t")).code(0)).isEqualTo("SQLITE_ERROR");
        stream.run("INSERT INTO t(v) VALUES(1)", "COMMIT");
        assertThat(client.rows("SELECT w FROM t")).containsExactly("5");
        stream.run("BEGIN", "ALTER TABLE t DROP COLUMN w", "ROLLBACK");
        assertThat(client.rows("SELECT * FROM t")).containsExactly("1|1|5");
        assertThat(stream.send(execute("SELECT * FROM t")).rows(0)).containsExactly("1|1|5");
    }
}
