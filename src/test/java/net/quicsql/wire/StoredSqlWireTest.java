package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.batch;
import static net.quicsql.wire.Requests.closeSql;
import static net.quicsql.wire.Requests.executeStmt;
import static net.quicsql.wire.Requests.integer;
import static net.quicsql.wire.Requests.stmtOf;
import static net.quicsql.wire.Requests.storeSql;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** SQL texts that a stream keeps. */
@ParameterizedClass
@EnumSource(Door.class)
class StoredSqlWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with(
            "max_stored_sql_per_stream: 3", "max_stored_sql_length: 1KiB", "max_session_states_per_principal: 4");

    private final HranaClient client;

    StoredSqlWireTest(Door door) {
        client = SERVER.client(door);
    }

    @Test
    void runsAStoredTextInTheSamePipelineAndLater() throws IOException {
        HranaStream stream = client.stream();
        Results results = stream.send(
                storeSql(0, "SELECT ? + 1"),
                executeStmt(stmtOf(0, integer(1))),
                batch("{\"stmt\":" + stmtOf(0, integer(2)) + "}"),
                "{\"type\":\"sequence\",\"sql_id\":0}",
                "{\"type\":\"describe\",\"sql_id\":0}");
        assertThat(results.rows(1)).containsExactly("2");
        assertThat(results.stepRows(2, 0)).containsExactly("3");
        assertThat(results.code(3)).isEqualTo("ARGS_INVALID");
        assertThat(results.result(4).get("params")).hasSize(1);
        assertThat(stream.send(executeStmt(stmtOf(0, integer(3)))).rows(0)).containsExactly("4");
        assertThat(stream.cursor("{\"stmt\":" + stmtOf(0, integer(4)) + "}").rows())
                .containsExactly("5");
        stream.close();
    }

    @Test
    void closesTextsThatNobodyStored() throws IOException {
        assertThat(client.pipeline(null, closeSql(99), closeSql(-1), CLOSE).codes())
                .containsOnly("ok");
    }

    @Test
    void forgetsAClosedText() throws IOException {
        Results results = client.pipeline(
                null,
                storeSql(1, "SELECT 1"),
                closeSql(1),
                executeStmt(stmtOf(1)),
                storeSql(1, "SELECT 2"),
                executeStmt(stmtOf(1)),
                CLOSE);
        assertThat(results.codes()).containsExactly("ok", "ok", "SQL_STORE_NOT_FOUND", "ok", "ok", "ok");
        assertThat(results.rows(4)).containsExactly("2");
    }

    @Test
    void knowsNoTextOfAnotherStream() throws IOException {
        HranaStream owner = client.stream();
        owner.send(storeSql(5, "SELECT 1")).response(0);
        assertThat(client.pipeline(null, executeStmt(stmtOf(5)), CLOSE).codes())
                .containsExactly("SQL_STORE_NOT_FOUND", "ok");
        owner.close();
    }

    @Test
    void refusesANumberThatIsInUseAndKeepsItsText() throws IOException {
        Results results =
                client.pipeline(null, storeSql(1, "SELECT 1"), storeSql(1, "SELECT 2"), executeStmt(stmtOf(1)), CLOSE);
        assertThat(results.codes()).containsExactly("ok", "SQL_STORE_DUPLICATE", "ok", "ok");
        assertThat(results.rows(2)).containsExactly("1");
    }

    @Test
    void boundsNumberAndLengthOfTexts() throws IOException {
        Results results = client.pipeline(
                null,
                storeSql(1, "SELECT 1"),
                storeSql(2, "SELECT 1"),
                storeSql(3, "SELECT '" + "x".repeat(1024) + "'"),
                storeSql(3, "SELECT 1"),
                storeSql(4, "SELECT 1"),
                CLOSE);
        assertThat(results.codes())
                .containsExactly("ok", "ok", "SQL_STORE_TOO_LARGE", "ok", "SQL_STORE_TOO_MANY", "ok");
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
}
