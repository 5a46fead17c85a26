package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.describe;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.executeStmt;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.Requests.stmtOf;
import static net.quicsql.wire.Requests.storeSql;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What batons from before a restart are worth. All streams come over one restart. */
class RestartWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    private static HranaStream parked;
    private static HranaStream old;
    private static HranaStream cursor;
    private static HranaStream inserted;
    private static HranaStream pragmas;
    private static HranaStream written;
    private static HranaStream committed;
    private static HranaStream read;
    private static HranaStream cursorInTransaction;
    private static HranaStream closed;
    private static HranaStream temporary;
    private static HranaStream stored;
    private static HranaStream aborted;

    private final HranaClient client = SERVER.client();

    @BeforeAll
    static void restart() throws Exception {
        HranaClient client = SERVER.client();
        client.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE); CREATE TABLE child(t REFERENCES t(id));"
                + "INSERT INTO t(id, v) VALUES(10, 'kept')");
        parked = client.stream().run("SELECT 1");
        HranaStream moved = client.stream().run("SELECT 1");
        old = client.stream(moved.baton());
        moved.run("SELECT 2");
        cursor = client.stream();
        cursor.cursor(step("SELECT * FROM t"));
        inserted = client.stream().run("INSERT INTO t(id, v) VALUES(77, 'inserted')");
        pragmas = client.stream().run("PRAGMA foreign_keys=OFF", "PRAGMA busy_timeout=1", "PRAGMA synchronous=OFF");
        read = client.stream().run("BEGIN", "SELECT * FROM t");
        cursorInTransaction = client.stream();
        cursorInTransaction.cursor(step("BEGIN"), step("SELECT * FROM t"));
        closed = client.stream().run("BEGIN");
        temporary = client.stream().run("CREATE TEMP TABLE mine(x)", "INSERT INTO mine VALUES(1)");
        stored = client.stream();
        stored.send(storeSql(1, "SELECT 1")).response(0);
        HranaStream done = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES('committed')");
        committed = client.stream(done.baton());
        done.run("COMMIT");
        written = client.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES('lost')");
        SERVER.restart();
        aborted = client.stream(read.baton());
    }

    @Test
    void goesOnWithParkedStreams() throws IOException {
        assertThat(parked.send(execute("SELECT count(*) > 0 FROM t"), GET_AUTOCOMMIT)
                        .rows(0))
                .containsExactly("1");
        parked.run("BEGIN", "ROLLBACK").close();
    }

    @Test
    void goesOnWithAnOlderBatonOfAParkedStream() throws IOException {
        assertThat(old.send(execute("SELECT 3")).rows(0)).containsExactly("3");
    }

    @Test
    void goesOnWithACursorsBaton() throws IOException {
        assertThat(cursor.cursor(step("SELECT v FROM t WHERE id = 10")).rows()).containsExactly("'kept'");
    }

    @Test
    void remembersAStreamsLastRowid() throws IOException {
        assertThat(inserted.send(execute("SELECT last_insert_rowid()")).rows(0)).containsExactly("77");
    }

    @Test
    void remembersAStreamsPragmas() throws IOException {
        assertThat(pragmas.send(execute("PRAGMA foreign_keys")).rows(0)).containsExactly("0");
        assertThat(pragmas.send(execute("INSERT INTO child VALUES(4711)")).codes())
                .containsExactly("ok");
        assertThat(client.pipeline(null, execute("INSERT INTO child VALUES(4711)"), CLOSE)
                        .code(0))
                .isEqualTo("SQLITE_CONSTRAINT_FOREIGNKEY");
    }

    @Test
    void tellsThatAWritersTransactionIsGone() throws IOException {
        Results results =
                written.send(execute("INSERT INTO t(v) VALUES('late')"), GET_AUTOCOMMIT, describe("ROLLBACK"));
        assertThat(results.codes()).containsExactly("TRANSACTION_LOST", "ok", "ok");
        assertThat(results.message(0)).contains("gone", "COMMIT", "unknown").doesNotContain("rolled back");
        assertThat(results.autocommit(1)).isFalse();
        written.run("ROLLBACK", "SELECT 1");
        assertThat(client.rows("SELECT count(*) FROM t WHERE v IN ('lost', 'late')"))
                .containsExactly("0");
    }

    @Test
    void saysNothingCertainOfATransactionWhoseCommitMayHaveBeenSent() throws IOException {
        Results results = committed.send(execute("COMMIT"), GET_AUTOCOMMIT);
        assertThat(results.codes()).containsExactly("TRANSACTION_LOST", "ok");
        assertThat(results.message(0)).contains("unknown").doesNotContain("rolled back");
        assertThat(results.autocommit(1)).isTrue();
        assertThat(client.rows("SELECT count(*) FROM t WHERE v = 'committed'")).containsExactly("1");
    }

    @Test
    void tellsThatATransactionBegunByCursorIsGone() throws IOException {
        assertThat(cursorInTransaction.cursor(step("SELECT 1")).texts()).containsExactly("error 0 TRANSACTION_LOST");
        cursorInTransaction.run("ROLLBACK");
        assertThat(cursorInTransaction.isAutocommit()).isTrue();
    }

    @Test
    void closesAStreamWhoseTransactionIsGone() throws IOException {
        closed.close();
    }

    @Test
    void tellsThatTemporaryObjectsAreGone() throws IOException {
        Results results = temporary.send(execute("INSERT INTO mine VALUES(2)"), GET_AUTOCOMMIT, execute("SELECT 1"));
        assertThat(results.codes()).containsExactly("SESSION_STATE_LOST", "ok", "SESSION_STATE_LOST");
        assertThat(results.autocommit(1)).isFalse();
        temporary.run("ROLLBACK", "SELECT 1");
        assertThat(temporary.send(execute("SELECT * FROM mine")).message(0)).isEqualTo("no such table: mine");
    }

    @Test
    void knowsNoStoredTextAnyMoreAndSaysSo() throws IOException {
        assertThat(stored.send(executeStmt(stmtOf(1)), execute("SELECT 1")).codes())
                .containsExactly("SQL_STORE_NOT_FOUND", "ok");
    }

    @Test
    void carriesAnAbortOverTheNextRestartToo() throws Exception {
        assertThat(aborted.send(execute("SELECT 1")).codes()).containsExactly("TRANSACTION_LOST");
        SERVER.restart();
        assertThat(aborted.send(execute("SELECT 1"), GET_AUTOCOMMIT).codes()).containsExactly("TRANSACTION_LOST", "ok");
        aborted.run("ROLLBACK", "SELECT 1");
    }
}
