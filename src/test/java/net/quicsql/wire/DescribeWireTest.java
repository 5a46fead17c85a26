package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.describe;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.sequence;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Asking what a statement is, and running a script. */
@ParameterizedClass
@EnumSource(Door.class)
class DescribeWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    private final HranaClient client;

    DescribeWireTest(Door door) {
        client = SERVER.client(door);
    }

    @BeforeEach
    void makeTable() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "SELECT id, v, 1 AS e FROM t; id INTEGER, v TEXT, e null",
                "VALUES(1, 2); column1 null, column2 null",
                "PRAGMA user_version; user_version null",
                "PRAGMA foreign_keys; foreign_keys null",
                "INSERT INTO t(v) VALUES('a') RETURNING id; id INTEGER",
                "UPDATE t SET v = 'a' RETURNING v; v TEXT",
                "DELETE FROM t RETURNING *; id INTEGER, v TEXT",
                "WITH c AS (SELECT 1 AS x) SELECT x FROM c; x null",
            })
    void tellsTheColumnsOfStatementsThatReturnRows(String sql, String columns) throws IOException {
        List<String> told = new ArrayList<>();
        described(sql)
                .get("cols")
                .forEach(column -> told.add(column.get("name").textValue() + " "
                        + column.get("decltype").asText()));
        assertThat(String.join(", ", told)).isEqualTo(columns);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO t(v) VALUES('a')",
                "UPDATE t SET v = 1",
                "BEGIN",
                "BEGIN IMMEDIATE",
                "BEGIN READONLY",
                "BEGIN TRANSACTION READONLY",
                "COMMIT",
                "ROLLBACK",
                "SAVEPOINT s",
                "CREATE TABLE u(x)",
                "DROP TABLE t",
                "PRAGMA foreign_keys=OFF",
                "VACUUM",
            })
    void tellsNoColumnsOfStatementsThatReturnNone(String sql) throws IOException {
        assertThat(described(sql).get("cols")).isEmpty();
    }

    @Test
    void runsNothing() throws IOException {
        HranaStream stream = client.stream();
        stream.send(
                describe("INSERT INTO t(v) VALUES('a') RETURNING id"),
                describe("DROP TABLE t"),
                describe("BEGIN"),
                describe("PRAGMA foreign_keys=OFF"),
                describe("PRAGMA user_version=9"));
        assertThat(stream.isAutocommit()).isTrue();
        assertThat(stream.send(execute("SELECT count(*) FROM t")).rows(0)).containsExactly("0");
        assertThat(stream.send(execute("PRAGMA foreign_keys")).rows(0)).containsExactly("1");
        assertThat(stream.send(execute("PRAGMA user_version")).rows(0)).containsExactly("0");
    }

    @Test
    void namesParametersWithTheirPrefixAndOthersNot() throws IOException {
        assertThat(described("SELECT ?, ?3, :a, @b, $c, :a").get("params").toString())
                .isEqualTo("[{\"name\":null},{\"name\":null},{\"name\":\"?3\"},{\"name\":\":a\"},"
                        + "{\"name\":\"@b\"},{\"name\":\"$c\"}]");
        assertThat(described("SELECT 1").get("params")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "SELECT 1; false; true",
                "EXPLAIN SELECT 1; true; true",
                "EXPLAIN QUERY PLAN SELECT 1; true; true",
                "EXPLAIN DELETE FROM t; true; true",
                "INSERT INTO t(v) VALUES(1); false; false",
                "WITH x AS (SELECT 1) DELETE FROM t; false; false",
                "CREATE TABLE u(x); false; false",
                "BEGIN; false; true",
                "BEGIN IMMEDIATE; false; false",
                "COMMIT; false; true",
            })
    void tellsExplainsAndReads(String sql, boolean explain, boolean readOnly) throws IOException {
        JsonNode described = described(sql);
        assertThat(described.get("is_explain").booleanValue()).isEqualTo(explain);
        assertThat(described.get("is_readonly").booleanValue()).isEqualTo(readOnly);
    }

    @Test
    void looksAtTheFirstStatementOfSeveral() throws IOException {
        assertThat(described("SELECT 1 AS a; SELECT 2 AS b").at("/cols/0/name").textValue())
                .isEqualTo("a");
    }

    @Test
    void keepsTheStreamUsableAfterAMissingTable() throws IOException {
        HranaStream stream = client.stream();
        Results failed = stream.send(describe("SELECT * FROM nowhere"));
        assertThat(failed.code(0)).isEqualTo("SQLITE_ERROR");
        assertThat(failed.message(0)).isEqualTo("no such table: nowhere");
        assertThat(stream.send(execute("SELECT 1")).rows(0)).containsExactly("1");
        stream.run("BEGIN");
        assertThat(stream.send(describe("SELECT * FROM nowhere")).code(0)).isEqualTo("SQLITE_ERROR");
        assertThat(stream.isAutocommit()).isFalse();
        stream.close();
    }

    @Test
    void tellsTheSchemaAsItIsNow() throws IOException {
        HranaStream stream = client.stream();
        assertThat(stream.send(describe("SELECT * FROM t")).result(0).get("cols"))
                .hasSize(2);
        client.run("ALTER TABLE t ADD COLUMN w");
        assertThat(stream.send(describe("SELECT * FROM t")).result(0).get("cols"))
                .hasSize(3);
        stream.run("BEGIN", "ALTER TABLE t ADD COLUMN x");
        assertThat(stream.send(describe("SELECT * FROM t")).result(0).get("cols"))
                .hasSize(4);
        assertThat(described("SELECT * FROM t").get("cols")).hasSize(3);
        stream.run("ROLLBACK");
        assertThat(stream.send(describe("SELECT * FROM t")).result(0).get("cols"))
                .hasSize(3);
    }

    @Test
    void refusesToDescribeWhatIsRefusedToRun() throws IOException {
        Results results = client.pipeline(
                null, describe("PRAGMA journal_mode=DELETE"), describe("ATTACH 'x' AS y"), describe("VACUUM INTO 'x'"));
        assertThat(results.codes()).containsOnly("STATEMENT_REFUSED");
    }

    @Test
    void stopsAScriptAtItsFirstErrorAndKeepsWhatRanBefore() throws IOException {
        Results results = client.pipeline(
                null,
                sequence("INSERT INTO t(v) VALUES('a'); INSERT INTO nowhere VALUES(1); INSERT INTO t(v) VALUES('b')"),
                CLOSE);
        assertThat(results.codes()).containsExactly("SQLITE_ERROR", "ok");
        assertThat(results.message(0)).isEqualTo("no such table: nowhere");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'a'");
    }

    @Test
    void reportsAScriptsReadThatFailsAmidstItsRows() throws IOException {
        Results results = client.pipeline(
                null, sequence("SELECT 1 UNION ALL SELECT abs(-9223372036854775808); DELETE FROM t"), CLOSE);
        assertThat(results.message(0)).isEqualTo("integer overflow");
    }

    @Test
    void runsScriptsWithTriggersCommentsAndTransactions() throws IOException {
        client.run("-- a script\nCREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET v = v || ';'; SELECT 1; END;"
                + "BEGIN; INSERT INTO t(v) VALUES('a'); /* ; */ COMMIT;;");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'a;'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";;", "-- nothing"})
    void runsAScriptOfNothing(String script) throws IOException {
        assertThat(client.pipeline(null, sequence(script), CLOSE).codes()).containsExactly("ok", "ok");
    }

    @Test
    void leavesTheTransactionOfAScriptOpenOnItsStream() throws IOException {
        HranaStream stream = client.stream();
        stream.send(sequence("BEGIN; INSERT INTO t(v) VALUES('a')")).response(0);
        assertThat(stream.isAutocommit()).isFalse();
        stream.close();
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    private JsonNode described(String sql) throws IOException {
        return client.pipeline(null, describe(sql), CLOSE).result(0);
    }
}
