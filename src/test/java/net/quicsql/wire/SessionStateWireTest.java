package net.quicsql.wire;

import static net.quicsql.wire.Requests.describe;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.step;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a stream has besides a transaction: pragmas, its last rowid, temporary objects. */
@ParameterizedClass
@EnumSource(Door.class)
class SessionStateWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with("max_session_states_per_principal: 2");

    private final HranaClient client;

    SessionStateWireTest(Door door) {
        client = SERVER.client(door);
    }

    @BeforeEach
    void makeTables() throws IOException {
        client.run("DROP TABLE IF EXISTS child; DROP TABLE IF EXISTS t;"
                + "CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE); CREATE TABLE child(t REFERENCES t(id))");
    }

    @Test
    void enforcesForeignKeysAsEachStreamWishes() throws IOException {
        HranaStream lax = client.stream().run("PRAGMA foreign_keys=OFF");
        HranaStream strict = client.stream();
        assertThat(lax.send(execute("PRAGMA foreign_keys")).rows(0)).containsExactly("0");
        lax.run("INSERT INTO child VALUES(1)");
        assertThat(strict.send(execute("PRAGMA foreign_keys")).rows(0)).containsExactly("1");
        assertThat(strict.send(execute("INSERT INTO child VALUES(1)")).codes())
                .containsExactly("SQLITE_CONSTRAINT_FOREIGNKEY");
        lax.run("BEGIN", "INSERT INTO child VALUES(2)", "COMMIT", "PRAGMA foreign_keys=ON");
        assertThat(lax.send(execute("INSERT INTO child VALUES(3)")).codes())
                .containsExactly("SQLITE_CONSTRAINT_FOREIGNKEY");
    }

    @Test
    void leavesForeignKeysAloneWithinATransactionAsSqliteDoes() throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "PRAGMA foreign_keys=OFF");
        assertThat(stream.send(execute("PRAGMA foreign_keys")).rows(0)).containsExactly("1");
        stream.run("ROLLBACK");
        assertThat(stream.send(execute("PRAGMA foreign_keys")).rows(0)).containsExactly("1");
    }

    @Test
    void migratesWithForeignKeysOffAsTheTypeScriptClientDoes() throws IOException {
        client.run("INSERT INTO t(id) VALUES(1); INSERT INTO child VALUES(1)");
        HranaStream stream = client.stream();
        assertThat(stream.send(Requests.batch(
                                step("PRAGMA foreign_keys=off"),
                                step("BEGIN"),
                                step("DROP TABLE t"),
                                step("CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)"),
                                step("COMMIT"),
                                step("PRAGMA foreign_keys=on")))
                        .steps(0))
                .containsOnly("ok");
        assertThat(client.rows("SELECT t FROM child")).containsExactly("1");
    }

    @ParameterizedTest
    @CsvSource({
        "PRAGMA busy_timeout=5000, 5000",
        "PRAGMA journal_mode=WAL, 'wal'",
        "PRAGMA journal_mode, 'wal'",
        "PRAGMA foreign_keys, 1",
        "PRAGMA main.user_version, 0",
    })
    void answersPragmasThatClientsSend(String pragma, String answer) throws IOException {
        assertThat(client.rows(pragma).toString().replace("'", "")).isEqualTo("[" + answer + "]");
    }

    @ParameterizedTest
    @CsvSource({
        "PRAGMA synchronous=NORMAL",
        "PRAGMA cache_size=-2000",
        "PRAGMA temp_store=MEMORY",
        "PRAGMA read_uncommitted=1",
        "PRAGMA optimize",
    })
    void takesSettersThatHaveNoEffect(String pragma) throws IOException {
        assertThat(client.stream().send(execute(pragma)).rows(0)).isEmpty();
    }

    @Test
    void keepsEachStreamsLastRowid() throws IOException {
        HranaStream first = client.stream().run("INSERT INTO t(id) VALUES(5)");
        HranaStream second = client.stream().run("INSERT INTO t(id) VALUES(9)");
        HranaStream fresh = client.stream();
        String ask = execute("SELECT last_insert_rowid()");
        assertThat(first.send(ask).rows(0)).containsExactly("5");
        assertThat(second.send(ask).rows(0)).containsExactly("9");
        assertThat(fresh.send(ask).rows(0)).containsExactly("0");
        first.run("BEGIN", "INSERT INTO t(id) VALUES(6)");
        assertThat(first.send(ask).rows(0)).containsExactly("6");
        first.run("INSERT INTO child VALUES(last_insert_rowid())", "COMMIT");
        assertThat(client.rows("SELECT t FROM child")).containsExactly("6");
        assertThat(second.cursor(step("SELECT last_insert_rowid()")).rows()).containsExactly("9");
    }

    @Test
    void keepsTemporaryObjectsForTheirStreamAlone() throws IOException {
        HranaStream owner = client.stream().run("CREATE TEMP TABLE mine(x)", "INSERT INTO mine VALUES(1)");
        assertThat(owner.isAutocommit()).isTrue();
        assertThat(owner.send(execute("SELECT x FROM mine"), describe("SELECT x FROM mine"))
                        .rows(0))
                .containsExactly("1");
        assertThat(owner.cursor(step("SELECT x FROM temp.mine")).rows()).containsExactly("1");
        owner.run("INSERT INTO t(v) SELECT x FROM mine", "BEGIN", "UPDATE mine SET x = 2", "ROLLBACK");
        assertThat(owner.send(execute("SELECT x FROM mine")).rows(0)).containsExactly("1");
        assertThat(client.pipeline(null, execute("SELECT * FROM mine")).message(0))
                .isEqualTo("no such table: mine");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
        owner.close();
    }

    @Test
    void keepsTemporaryObjectsMadeWithinATransaction() throws IOException {
        HranaStream owner = client.stream().run("BEGIN", "CREATE TEMP TABLE mine(x)", "COMMIT");
        assertThat(owner.isAutocommit()).isTrue();
        owner.run("INSERT INTO mine VALUES(1)").close();
    }

    @Test
    void doesNotKeepOthersFromWritingByTemporaryObjects() throws IOException {
        HranaStream owner = client.stream().run("CREATE TEMP TABLE mine(x)", "INSERT INTO mine VALUES(1)");
        client.run("INSERT INTO t(v) VALUES('other')");
        owner.run("INSERT INTO t(v) VALUES('owner')").close();
    }

    @Test
    void boundsTheStreamsWithTemporaryObjectsOfAPrincipal() throws IOException {
        HranaStream first = client.stream().run("CREATE TEMP TABLE mine(x)");
        HranaStream second = client.stream().run("CREATE TEMP TABLE mine(x)");
        HranaStream third = client.stream();
        assertThat(third.send(execute("CREATE TEMP TABLE mine(x)")).codes()).containsExactly("TOO_MANY_STREAMS");
        assertThat(third.send(execute("BEGIN"), execute("CREATE TEMP TABLE mine(x)"))
                        .codes())
                .containsExactly("ok", "TOO_MANY_STREAMS");
        first.close();
        second.close();
        third.close();
    }
}
