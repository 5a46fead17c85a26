package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.batch;
import static net.quicsql.wire.Requests.describe;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.executeStmt;
import static net.quicsql.wire.Requests.not;
import static net.quicsql.wire.Requests.ok;
import static net.quicsql.wire.Requests.sequence;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.Requests.stepIf;
import static net.quicsql.wire.Requests.stmtOf;
import static net.quicsql.wire.Requests.storeSql;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream whose transaction the server has ended because it was idle: what it still takes, and what heals it. */
@ParameterizedClass
@EnumSource(Door.class)
class AbortedStreamWireTest {
    private static final String LOST = "TRANSACTION_TIMEOUT";
    private static final String IS_AUTOCOMMIT = "{\"type\":\"is_autocommit\"}";

    @RegisterExtension
    static final WireServer SERVER = WireServer.with("tx_idle_timeout: 200ms");

    private final HranaClient client;

    AbortedStreamWireTest(Door door) {
        client = SERVER.client(door);
    }

    @BeforeEach
    void makeTable() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
    }

    @Test
    void freesTheWriteLockOfAnIdleTransactionAndLeavesNothingOfIt() throws Exception {
        aborted();
        client.run("INSERT INTO t(v) VALUES('other')");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'other'");
    }

    @Test
    void failsEveryStatementUntilTheClientRollsBack() throws Exception {
        HranaStream stream = aborted();
        for (String sql : new String[] {
            "SELECT 1",
            "INSERT INTO t(v) VALUES('late')",
            "CREATE TABLE u(x)",
            "PRAGMA user_version",
            "EXPLAIN SELECT 1",
            "VACUUM",
            "BEGIN",
            "BEGIN IMMEDIATE",
            "SAVEPOINT s",
            "RELEASE s",
            "ROLLBACK TO s",
        }) {
            Results results = stream.send(execute(sql), GET_AUTOCOMMIT);
            assertThat(results.code(0)).as(sql).isEqualTo(LOST);
            assertThat(results.autocommit(1)).as(sql).isFalse();
        }
        Results healed = stream.send(execute("ROLLBACK"), GET_AUTOCOMMIT, execute("INSERT INTO t(v) VALUES('new')"));
        assertThat(healed.codes()).containsExactly("ok", "ok", "ok");
        assertThat(healed.autocommit(1)).isTrue();
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'new'");
    }

    @Test
    void tellsWhichLimitWasPassedAndByHowMuch() throws Exception {
        assertThat(aborted().send(execute("SELECT 1")).message(0))
                .contains("rolled back", "idle for ", "limits.tx_idle_timeout is 0.2 s", "ROLLBACK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMMIT", "END", "COMMIT TRANSACTION", "end transaction;"})
    void failsACommitAndIsHealedByIt(String commit) throws Exception {
        HranaStream stream = aborted();
        Results results = stream.send(execute(commit), GET_AUTOCOMMIT, execute("INSERT INTO t(v) VALUES('new')"));
        assertThat(results.codes()).containsExactly(LOST, "ok", "ok");
        assertThat(results.autocommit(1)).isTrue();
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'new'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ROLLBACK", "ROLLBACK TRANSACTION", "rollback;"})
    void isHealedByARollback(String rollback) throws Exception {
        HranaStream stream = aborted();
        assertThat(stream.send(execute(rollback)).result(0).get("cols")).isEmpty();
        assertThat(stream.isAutocommit()).isTrue();
        assertThat(stream.send(execute("BEGIN"), execute("INSERT INTO t(v) VALUES('new')"), execute("COMMIT"))
                        .codes())
                .containsExactly("ok", "ok", "ok");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'new'");
    }

    @Test
    void rollsBackOnceOnly() throws Exception {
        HranaStream stream = aborted().run("ROLLBACK");
        assertThat(stream.send(execute("ROLLBACK")).message(0)).isEqualTo("cannot rollback - no transaction is active");
    }

    @Test
    void describesTransactionStatementsAlone() throws Exception {
        HranaStream stream = aborted();
        Results results = stream.send(
                describe("ROLLBACK"),
                describe("COMMIT"),
                describe("SAVEPOINT s"),
                describe("BEGIN READONLY"),
                describe("SELECT 1"));
        assertThat(results.codes()).containsExactly("ok", "ok", "ok", "ok", LOST);
        assertThat(results.result(0).get("cols")).isEmpty();
        stream.close();
    }

    @Test
    void runsNoStepOfABatchButItsRollback() throws Exception {
        HranaStream stream = aborted();
        Results results = stream.send(
                batch(
                        step("INSERT INTO t(v) VALUES('late')"),
                        stepIf(ok(0), "COMMIT"),
                        stepIf(IS_AUTOCOMMIT, "INSERT INTO t(v) VALUES('later')"),
                        stepIf(not(ok(1)), "ROLLBACK"),
                        stepIf(IS_AUTOCOMMIT, "SELECT count(*) FROM t")),
                GET_AUTOCOMMIT);
        assertThat(results.steps(0)).containsExactly(LOST, "skipped", "skipped", "ok", "ok");
        assertThat(results.stepRows(0, 4)).containsExactly("0");
        assertThat(results.autocommit(1)).isTrue();
    }

    @Test
    void runsNoScript() throws Exception {
        HranaStream stream = aborted();
        assertThat(stream.send(sequence("INSERT INTO t(v) VALUES('late'); COMMIT"), GET_AUTOCOMMIT)
                        .codes())
                .containsExactly(LOST, "ok");
        assertThat(stream.isAutocommit()).isFalse();
        assertThat(stream.send(sequence("COMMIT; INSERT INTO t(v) VALUES('late')"))
                        .codes())
                .containsExactly(LOST);
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void runsNoStepOfACursorButItsRollback() throws Exception {
        HranaStream stream = aborted();
        assertThat(stream.cursor(step("SELECT 1"), step("INSERT INTO t(v) VALUES(1) RETURNING id"))
                        .texts())
                .containsExactly("error 0 " + LOST, "error 1 " + LOST);
        assertThat(stream.cursor(step("ROLLBACK"), step("SELECT 1")).texts())
                .containsExactly("begin 0", "end 0", "begin 1", "row 1", "end 0");
    }

    @Test
    void closesAndForgetsTheTransaction() throws Exception {
        HranaStream stream = aborted();
        assertThat(stream.send(GET_AUTOCOMMIT, CLOSE).codes()).containsExactly("ok", "ok");
        assertThat(stream.baton()).isNull();
        stream.run("INSERT INTO t(v) VALUES('new')");
    }

    @Test
    void keepsTemporaryObjectsAndStoredTextsOfAnAbortedStream() throws Exception {
        HranaStream stream = client.stream();
        // The temporary table hides one that others share.
        stream.send(
                        storeSql(1, "INSERT INTO t(v) VALUES('mine')"),
                        execute("CREATE TEMP TABLE t(v)"),
                        execute("BEGIN IMMEDIATE"),
                        execute("INSERT INTO t VALUES('lost')"),
                        execute("INSERT INTO main.t(v) VALUES('lost')"))
                .response(4);
        Await.until("the write lock is free", () -> !SERVER.isWriteLocked());

        assertThat(stream.send(executeStmt(stmtOf(1)), describe("ROLLBACK"), GET_AUTOCOMMIT)
                        .codes())
                .containsExactly(LOST, "ok", "ok");
        stream.run("ROLLBACK");
        stream.send(executeStmt(stmtOf(1))).response(0);
        assertThat(stream.send(execute("SELECT v FROM t")).rows(0)).containsExactly("'mine'");
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
        stream.close();
    }

    @Test
    void endsIdleReadTransactionsToo() throws Exception {
        HranaStream stream = client.stream();
        stream.send(execute("BEGIN"), execute("SELECT * FROM t")).response(1);
        client.run("INSERT INTO t(v) VALUES(1)");
        Await.until("the snapshot is given back", () -> !SERVER.isLogInUse());
        assertThat(stream.send(execute("SELECT 1")).codes()).containsExactly(LOST);
        stream.run("ROLLBACK");
    }

    /** A stream that has written in a transaction and then gone quiet until the server ended it. */
    private HranaStream aborted() throws Exception {
        HranaStream stream = client.stream();
        stream.send(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t(v) VALUES('lost')"))
                .response(1);
        Await.until("the write lock is free", () -> !SERVER.isWriteLocked());
        return stream;
    }
}
