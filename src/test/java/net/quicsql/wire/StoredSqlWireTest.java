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
}
