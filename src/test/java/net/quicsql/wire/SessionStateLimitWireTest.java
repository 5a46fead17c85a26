package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.executeStmt;
import static net.quicsql.wire.Requests.stmtOf;
import static net.quicsql.wire.Requests.storeSql;
import static org.assertj.core.api.Assertions.assertThat;

import net.quicsql.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Temporary objects and stored texts of streams that went quiet. */
class SessionStateLimitWireTest {
    @RegisterExtension
    static final WireServer SERVER =
            WireServer.with("session_state_idle_timeout: 200ms", "max_session_states_per_principal: 1");

    private final HranaClient client = SERVER.client();

    @Test
    void abortsAStreamWhoseTemporaryObjectsNobodyAskedForAnyMore() throws Exception {
        HranaStream owner = client.stream().run("CREATE TEMP TABLE mine(x)");
        Await.until(
                "there is room for another stream with temporary objects",
                () -> client.pipeline(null, execute("CREATE TEMP TABLE mine(x)"), CLOSE)
                        .code(0)
                        .equals("ok"));
        Results results = owner.send(execute("SELECT * FROM mine"), GET_AUTOCOMMIT);
        assertThat(results.codes()).containsExactly("SESSION_STATE_LOST", "ok");
        assertThat(results.autocommit(1)).isFalse();
        assertThat(owner.send(execute("COMMIT")).codes()).containsExactly("SESSION_STATE_LOST");
        owner.run("CREATE TEMP TABLE mine(x)").send(CLOSE);
    }

    @Test
    void forgetsStoredTextsThatNobodyAskedForAnyMore() throws Exception {
        HranaStream owner = client.stream();
        owner.send(storeSql(1, "SELECT 1")).response(0);
        Await.until(
                "there is room for another stream with stored texts",
                () -> client.pipeline(null, storeSql(1, "SELECT 1"), CLOSE)
                        .code(0)
                        .equals("ok"));
        assertThat(owner.send(executeStmt(stmtOf(1)), execute("SELECT 1")).codes())
                .containsExactly("SQL_STORE_NOT_FOUND", "ok");
    }
}
