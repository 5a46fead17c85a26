package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.batch;
import static net.quicsql.wire.Requests.closeSql;
import static net.quicsql.wire.Requests.describe;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.executeStmt;
import static net.quicsql.wire.Requests.integer;
import static net.quicsql.wire.Requests.sequence;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.Requests.stmtOf;
import static net.quicsql.wire.Requests.storeSql;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pipeline is, whatever its statements do. */
@ParameterizedClass
@MethodSource("net.quicsql.wire.Door#overHttp")
class PipelineWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    private final HranaClient client;

    PipelineWireTest(Door door) {
        client = SERVER.client(door);
    }

    @Test
    void closesTheStreamOfAnExecuteWithClose() throws IOException {
        Results results = client.pipeline(null, execute("SELECT 1"), CLOSE);
        assertThat(results.baton()).isNull();
        assertThat(results.codes()).containsExactly("ok", "ok");
        assertThat(results.rows(0)).containsExactly("1");
    }

    @Test
    void answersRequestsAfterACloseWithAnErrorEach() throws IOException {
        Results results = client.pipeline(
                null, CLOSE, execute("SELECT 1"), GET_AUTOCOMMIT, batch(step("SELECT 1")), describe("SELECT 1"), CLOSE);
        assertThat(results.baton()).isNull();
        assertThat(results.code(0)).isEqualTo("ok");
        assertThat(List.of(results.code(1), results.code(2), results.code(4), results.code(5)))
                .containsOnly("STREAM_CLOSED");
        assertThat(results.steps(3)).containsExactly("STREAM_CLOSED");
    }

    @Test
    void answersEveryRequestThoughSomeFail() throws IOException {
        Results results = client.pipeline(
                null,
                execute("SELECT 1"),
                execute("SELECT * FROM nowhere"),
                execute("SELEKT"),
                describe("SELECT * FROM nowhere"),
                executeStmt(stmtOf(7)),
                execute("SELECT 2"),
                CLOSE);
        assertThat(results.codes())
                .containsExactly(
                        "ok", "SQLITE_ERROR", "SQLITE_ERROR", "SQLITE_ERROR", "SQL_STORE_NOT_FOUND", "ok", "ok");
        assertThat(results.rows(5)).containsExactly("2");
    }

    @Test
    void echoesTheTypeOfEachRequest() throws IOException {
        Results results = client.pipeline(
                null,
                execute("SELECT 1"),
                batch(step("SELECT 1")),
                sequence("SELECT 1; SELECT 2"),
                describe("SELECT 1"),
                storeSql(1, "SELECT 1"),
                closeSql(1),
                GET_AUTOCOMMIT,
                CLOSE);
        List<String> types = List.of(
                "execute", "batch", "sequence", "describe", "store_sql", "close_sql", "get_autocommit", "close");
        for (int i = 0; i < types.size(); i++) {
            assertThat(results.response(i).get("type").textValue()).isEqualTo(types.get(i));
        }
    }

    @Test
    void answersNoRequestsWithNoResultsAndALiveStream() throws IOException {
        Results results = client.pipeline(null);
        assertThat(results.size()).isZero();
        assertThat(client.pipeline(results.baton(), execute("SELECT 1")).rows(0))
                .containsExactly("1");
    }

    @Test
    void ignoresUnknownMembers() throws IOException {
        Results results =
                send("{'x':{'y':[1]},'baton':'','requests':[{'type':'execute','x':[],'stmt':{'sql':'SELECT ?',"
                        + "'x':1,'args':[{'type':'integer','value':'7','x':{}}],'replication_index':'1'}},"
                        + "{'type':'batch','batch':{'x':1,'steps':[{'x':2,'condition':{'type':'not','x':3,"
                        + "'cond':{'type':'or','conds':[],'x':4}},'stmt':{'sql':'SELECT 1'}}],'replication_index':1}},"
                        + "{'type':'close','x':null}]}");
        assertThat(results.codes()).containsExactly("ok", "ok", "ok");
        assertThat(results.rows(0)).containsExactly("7");
        assertThat(results.steps(1)).containsExactly("ok");
    }

    @Test
    void takesNullForAbsent() throws IOException {
        Results results = send("{'baton':null,'requests':[{'type':'execute','stmt':{'sql':'SELECT 1','sql_id':null,"
                + "'args':null,'named_args':null,'want_rows':null,'replication_index':null}},"
                + "{'type':'batch','batch':{'steps':[{'condition':null,'stmt':{'sql':'SELECT 1','sql_id':null}}],"
                + "'replication_index':null}},{'type':'sequence','sql':'SELECT 1','sql_id':null},"
                + "{'type':'describe','sql':'SELECT 1','sql_id':null},{'type':'close'}]}");
        assertThat(results.codes()).containsOnly("ok");
        assertThat(results.rows(0)).containsExactly("1");
    }

    @Test
    void takesMembersInAnyOrder() throws IOException {
        Results results = send("{'requests':[{'stmt':{'args':[{'value':'7','type':'integer'},{'base64':'AA','type':"
                + "'blob'}],'sql':'SELECT ?, ?'},'type':'execute'},{'type':'close'}],'baton':null}");
        assertThat(results.rows(0)).containsExactly("7|x'AA'");
    }

    @Test
    void answersSuccessWithStatus200AndNoOther() throws IOException {
        String body = Requests.pipeline(null, execute("CREATE TABLE IF NOT EXISTS made(x)"), CLOSE);
        for (String path : new String[] {"v2/pipeline", "v3/pipeline"}) {
            assertThat(client.post(path, body).statusCode()).isEqualTo(200);
            assertThat(client.post(path, "{\"requests\":[]}").statusCode()).isEqualTo(200);
        }
        assertThat(client.post("v3/cursor", Requests.cursor(null)).statusCode()).isEqualTo(200);
    }

    @Test
    void answersAWritePrincipalsMayNotDoWithinTheStream() throws IOException {
        client.run("CREATE TABLE IF NOT EXISTS guarded(x)");
        HranaStream reader = SERVER.client(WireServer.APP, WireServer.READER).stream();
        Results results = reader.send(
                execute("INSERT INTO guarded VALUES(1)"),
                execute("DROP TABLE guarded"),
                execute("PRAGMA user_version=7"),
                execute("VACUUM"),
                execute("CREATE TEMP TABLE mine(x)"),
                execute("SELECT count(*) FROM guarded"));
        assertThat(results.codes())
                .containsExactly(
                        "SQLITE_READONLY",
                        "SQLITE_READONLY",
                        "SQLITE_READONLY",
                        "SQLITE_READONLY",
                        "SQLITE_READONLY",
                        "ok");
        assertThat(results.rows(5)).containsExactly("0");
    }

    @Test
    void answersWhatNobodyMayDoWithinTheStream() throws IOException {
        Results results = client.pipeline(
                null,
                execute("ATTACH '/tmp/x.db' AS x"),
                execute("VACUUM INTO '/tmp/x.db'"),
                execute("PRAGMA journal_mode=DELETE"),
                execute("PRAGMA writable_schema=ON"),
                execute("EXPLAIN PRAGMA foreign_keys=OFF"),
                execute("SELECT load_extension('x')"),
                execute("SELECT 1"),
                CLOSE);
        assertThat(results.codes())
                .containsExactly(
                        "STATEMENT_REFUSED",
                        "STATEMENT_REFUSED",
                        "STATEMENT_REFUSED",
                        "STATEMENT_REFUSED",
                        "STATEMENT_REFUSED",
                        "SQLITE_ERROR",
                        "ok",
                        "ok");
    }

    @Test
    void survivesEmptyStatementsInARow() throws IOException {
        HranaStream stream = client.stream();
        for (int i = 0; i < 3; i++) {
            assertThat(stream.send(execute(""), execute(" ;; "), execute("-- nothing"))
                            .codes())
                    .containsOnly("SQL_NO_STATEMENT");
        }
        assertThat(stream.send(execute("SELECT 1")).rows(0)).containsExactly("1");
    }

    @Test
    void refusesNulInSqlAndAnswersTheNextRequest() throws IOException {
        HranaStream stream = client.stream();
        Results results = stream.send(
                execute("SELECT 1\0; DROP TABLE x"), sequence("SELECT 1; SELECT '\0'"), describe("SELECT \0"));
        assertThat(results.codes()).containsOnly("SQL_INVALID_TEXT");
        assertThat(stream.send(execute("SELECT ?", integer(1))).rows(0)).containsExactly("1");
    }

    private Results send(String singleQuoted) throws IOException {
        HttpResponse<String> reply = client.post("v3/pipeline", singleQuoted.replace('\'', '"'));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        JsonNode body = HranaClient.JSON.readTree(reply.body());
        return new Results(body);
    }
}
