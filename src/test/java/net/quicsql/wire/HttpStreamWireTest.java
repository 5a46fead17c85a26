package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.and;
import static net.quicsql.wire.Requests.batch;
import static net.quicsql.wire.Requests.blob;
import static net.quicsql.wire.Requests.closeSql;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.executeStmt;
import static net.quicsql.wire.Requests.failed;
import static net.quicsql.wire.Requests.not;
import static net.quicsql.wire.Requests.ok;
import static net.quicsql.wire.Requests.or;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.Requests.stepIf;
import static net.quicsql.wire.Requests.stmtOf;
import static net.quicsql.wire.Requests.storeSql;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What streams do over HTTP alone, where a client keeps its batons and each request has a status. */
@ParameterizedClass
@MethodSource("net.quicsql.wire.Door#overHttp")
class HttpStreamWireTest {
    private static final String LOST = "TRANSACTION_TIMEOUT";

    @RegisterExtension
    static final WireServer SERVER = WireServer.with("tx_idle_timeout: 200ms", "max_session_states_per_principal: 4");

    private final HranaClient client;

    HttpStreamWireTest(Door door) {
        client = SERVER.client(door);
    }

    @BeforeEach
    void makeTable() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
    }

    @Test
    void staysAbortedHoweverManyRequestsPass() throws Exception {
        HranaStream stream = aborted();
        String first = stream.baton();
        for (int i = 0; i < 3; i++) {
            assertThat(stream.send(execute("SELECT 1")).codes()).containsExactly(LOST);
        }
        // An answer that was lost on its way: the client comes again with the baton it has.
        assertThat(client.stream(first)
                        .send(execute("INSERT INTO t(v) VALUES('late')"))
                        .codes())
                .containsExactly(LOST);
        stream.run("ROLLBACK", "INSERT INTO t(v) VALUES('new')");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'new'");
    }

    @Test
    void refusesAReplayedBatonOfAStreamWithTemporaryObjects() throws IOException {
        HranaStream owner = client.stream().run("CREATE TEMP TABLE mine(x)");
        HranaStream replay = client.stream(owner.baton());
        owner.run("INSERT INTO mine VALUES(1)");
        assertThat(replay.refused(400)).isEqualTo("INVALID_BATON");
        owner.close();
    }

    @Test
    void boundsTheStreamsWithStoredTextsOfAPrincipal() throws IOException {
        List<HranaStream> streams = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            HranaStream stream = client.stream();
            stream.send(storeSql(1, "SELECT 1")).response(0);
            streams.add(stream);
        }
        HranaStream late = client.stream();
        assertThat(late.send(storeSql(1, "SELECT 1")).codes()).containsExactly("TOO_MANY_STREAMS");
        HranaStream reader = SERVER.client(WireServer.APP, WireServer.READER).stream();
        assertThat(reader.send(storeSql(1, "SELECT 1")).codes()).containsExactly("ok");
        reader.close();
        streams.remove(0).close();
        assertThat(late.send(storeSql(1, "SELECT 1")).codes()).containsExactly("ok");
        late.close();
        for (HranaStream stream : streams) {
            stream.close();
        }
    }

    @Test
    void refusesAReplayedBatonOfAStreamThatHoldsTexts() throws IOException {
        HranaStream stream = client.stream();
        stream.send(storeSql(1, "SELECT 1")).response(0);
        HranaStream replay = client.stream(stream.baton());
        stream.send(executeStmt(stmtOf(1))).response(0);
        assertThat(replay.refused(400)).isEqualTo("INVALID_BATON");
        assertThat(stream.send(executeStmt(stmtOf(1))).rows(0)).containsExactly("1");
        stream.close();
    }

    @Test
    void sharesNoTextsBetweenDatabases() throws IOException {
        HranaStream here = client.stream();
        HranaStream there = SERVER.client(WireServer.OTHER, WireServer.DEV).stream();
        here.send(storeSql(1, "SELECT 'here'")).response(0);
        there.send(storeSql(1, "SELECT 'there'")).response(0);
        assertThat(here.send(executeStmt(stmtOf(1))).rows(0)).containsExactly("'here'");
        assertThat(there.send(executeStmt(stmtOf(1))).rows(0)).containsExactly("'there'");
        assertThat(client.stream(there.baton()).refused(400)).isEqualTo("INVALID_BATON");
        here.close();
        there.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 99, -1, Integer.MAX_VALUE})
    void refusesAConditionOnItselfOrALaterStep(int step) throws IOException {
        for (String condition : List.of(ok(step), failed(step), not(and(or(ok(step)))))) {
            String batch = batch(step("INSERT INTO t(v) VALUES(1)"), stepIf(condition, "SELECT 1"));
            assertThat(client.refusal(400, null, batch)).isEqualTo("INVALID_REQUEST");
        }
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void neverEscapesSlashesOrEqualSigns() throws IOException {
        String answer = client.post(
                        "v3/pipeline", Requests.pipeline(null, execute("SELECT 'a/b=', ?", blob("+/+/")), CLOSE))
                .body();
        assertThat(answer).contains("a/b=").contains("+/+/");
    }

    /** Over a WebSocket texts belong to the connection, whatever has become of its streams. */
    @Test
    void storesTransactionStatementsAloneOnAnAbortedStream() throws Exception {
        HranaStream stream = aborted();
        Results results = stream.send(
                storeSql(1, "ROLLBACK"), storeSql(2, "SELECT 1"), storeSql(3, "ROLLBACK; SELECT 1"), closeSql(9));
        assertThat(results.codes()).containsExactly("ok", LOST, LOST, "ok");
        Results healed = stream.send(executeStmt(stmtOf(1)), GET_AUTOCOMMIT, execute("SELECT 1"));
        assertThat(healed.codes()).containsExactly("ok", "ok", "ok");
        assertThat(healed.autocommit(1)).isTrue();
        stream.close();
    }

    private HranaStream aborted() throws Exception {
        HranaStream stream = client.stream();
        stream.send(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t(v) VALUES('lost')"))
                .response(1);
        Await.until("the write lock is free", () -> !SERVER.isWriteLocked());
        return stream;
    }
}
