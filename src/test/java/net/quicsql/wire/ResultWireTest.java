package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.batch;
import static net.quicsql.wire.Requests.describe;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.executeStmt;
import static net.quicsql.wire.Requests.sequence;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.Requests.stmtOf;
import static net.quicsql.wire.Requests.storeSql;
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

/** What a statement's result and its error say. */
@ParameterizedClass
@EnumSource(Door.class)
class ResultWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    private final HranaClient client;

    ResultWireTest(Door door) {
        client = SERVER.client(door);
    }

    @BeforeEach
    void makeTable() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT UNIQUE NOT NULL)");
    }

    @Test
    void runsAStatementWhoseRowsAreNotWanted() throws IOException {
        JsonNode result =
                resultOf("{\"sql\":\"INSERT INTO t(v) VALUES('a'),('b') RETURNING id, v\",\"want_rows\":false}");
        assertThat(result.get("rows")).isEmpty();
        assertThat(result.get("cols")).hasSize(2);
        assertThat(result.get("affected_row_count").intValue()).isEqualTo(2);
        assertThat(client.rows("SELECT v FROM t ORDER BY id")).containsExactly("'a'", "'b'");
    }

    @Test
    void returnsRowsUnlessToldOtherwise() throws IOException {
        assertThat(resultOf("{\"sql\":\"SELECT 1\"}").get("rows")).hasSize(1);
        assertThat(resultOf("{\"sql\":\"SELECT 1\",\"want_rows\":null}").get("rows"))
                .hasSize(1);
        assertThat(resultOf("{\"sql\":\"SELECT 1\",\"want_rows\":true}").get("rows"))
                .hasSize(1);
    }

    @Test
    void namesTheLastRowidOfInsertsAlone() throws IOException {
        HranaStream stream = client.stream();
        JsonNode inserted =
                stream.send(execute("INSERT INTO t(id, v) VALUES(41, 'a')")).result(0);
        assertThat(inserted.get("last_insert_rowid").toString()).isEqualTo("\"41\"");
        for (String sql :
                new String[] {"SELECT 1", "UPDATE t SET v = 'b'", "DELETE FROM t", "CREATE INDEX i ON t(v)"}) {
            JsonNode result = stream.send(execute(sql)).result(0);
            assertThat(result.has("last_insert_rowid")).as(sql).isTrue();
            assertThat(result.get("last_insert_rowid").isNull()).as(sql).isTrue();
        }
        JsonNode negative =
                stream.send(execute("REPLACE INTO t(id, v) VALUES(-7, 'a')")).result(0);
        assertThat(negative.get("last_insert_rowid").toString()).isEqualTo("\"-7\"");
    }

    @Test
    void namesTheRowidOfAnInsertThatReturnsRows() throws IOException {
        JsonNode result = resultOf("{\"sql\":\"INSERT INTO t(v) VALUES('a'),('b') RETURNING id\"}");
        assertThat(result.get("last_insert_rowid").textValue()).isEqualTo("2");
        assertThat(result.get("affected_row_count").intValue()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "SELECT * FROM t",
        "CREATE TABLE IF NOT EXISTS u(x)",
        "DROP TABLE IF EXISTS u",
        "PRAGMA table_info(t)",
        "BEGIN",
        "EXPLAIN DELETE FROM t",
    })
    void countsNoChangesOfStatementsThatMakeNoneRightAfterAnInsert(String sql) throws IOException {
        Results results = client.pipeline(null, execute("INSERT INTO t(v) VALUES('a'),('b')"), execute(sql), CLOSE);
        assertThat(results.result(0).get("affected_row_count").toString()).isEqualTo("2");
        assertThat(results.result(1).get("affected_row_count").toString()).isEqualTo("0");
    }

    @Test
    void countsTheChangesOfEachStatement() throws IOException {
        Results results = client.pipeline(
                null,
                execute("INSERT INTO t(v) VALUES('a'),('b'),('c')"),
                execute("UPDATE t SET v = v || '!' WHERE id > 1"),
                execute("UPDATE t SET v = v WHERE id > 99"),
                execute("INSERT OR IGNORE INTO t(v) VALUES('a')"),
                execute("WITH x AS (SELECT 1) DELETE FROM t"),
                CLOSE);
        for (int i = 0; i < 5; i++) {
            assertThat(results.result(i).get("affected_row_count").intValue()).isEqualTo(new int[] {3, 2, 0, 0, 3}[i]);
        }
    }

    @Test
    void keepsColumnsOfTheSameName() throws IOException {
        assertThat(resultOf("{\"sql\":\"SELECT 1 AS a, 2 AS a, 3\"}")
                        .get("cols")
                        .toString())
                .isEqualTo("[{\"name\":\"a\",\"decltype\":null},{\"name\":\"a\",\"decltype\":null},"
                        + "{\"name\":\"3\",\"decltype\":null}]");
    }

    @Test
    void namesDeclaredTypesOfColumnsButNotOfExpressions() throws IOException {
        assertThat(resultOf("{\"sql\":\"SELECT id, v, v || '' AS e FROM t\"}")
                        .get("cols")
                        .toString())
                .isEqualTo("[{\"name\":\"id\",\"decltype\":\"INTEGER\"},{\"name\":\"v\",\"decltype\":\"TEXT\"},"
                        + "{\"name\":\"e\",\"decltype\":null}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "SELECT * FROM nowhere; SQLITE_ERROR; no such table: nowhere",
                "SELEKT 1; SQLITE_ERROR; near \"SELEKT\": syntax error",
                "INSERT INTO t(v) VALUES('there'); SQLITE_CONSTRAINT_UNIQUE; UNIQUE constraint failed: t.v",
                "INSERT INTO t(v) VALUES(NULL); SQLITE_CONSTRAINT_NOTNULL; NOT NULL constraint failed: t.v",
                "INSERT INTO t(id, v) VALUES(1, 'x'); SQLITE_CONSTRAINT_PRIMARYKEY; UNIQUE constraint failed: t.id",
                "INSERT INTO t(id, v) VALUES('x', 'x'); SQLITE_MISMATCH; datatype mismatch",
                "COMMIT; SQLITE_ERROR; cannot commit - no transaction is active",
                "ROLLBACK; SQLITE_ERROR; cannot rollback - no transaction is active",
                "RELEASE nothing; SQLITE_ERROR; no such savepoint: nothing",
                "SELECT abs(-9223372036854775808); SQLITE_ERROR; integer overflow",
                "SELECT json('x'); SQLITE_ERROR; malformed JSON",
            })
    void tellsErrorsBySqlitesNameAndText(String sql, String code, String message) throws IOException {
        client.run("INSERT INTO t(id, v) VALUES(1, 'there')");
        Results results = client.pipeline(null, execute(sql), execute("SELECT 1"), CLOSE);
        assertThat(results.codes()).containsExactly(code, "ok", "ok");
        assertThat(results.message(0)).isEqualTo(message);
        assertThat(results.item(0).get("error").get("code").isTextual()).isTrue();
    }

    /** The Rust client and all that wrap it fail to read an error without a code. */
    @Test
    void givesEveryErrorATextAndACode() throws IOException {
        client.run("INSERT INTO t(v) VALUES('there')");
        HranaStream stream = client.stream();
        Results results = stream.send(
                execute("SELECT * FROM nowhere"),
                execute(""),
                execute("SELECT 1; SELECT 2"),
                execute("SELECT ?"),
                execute("ATTACH 'x' AS y"),
                execute("SELECT '\0'"),
                executeStmt(stmtOf(9)),
                describe("SELEKT"),
                sequence("SELEKT"),
                storeSql(1, "SELECT 1"),
                storeSql(1, "SELECT 2"),
                batch(step("SELEKT"), step("INSERT INTO t(v) VALUES('there')"), step("")));
        List<JsonNode> errors = new ArrayList<>(results.body().findValues("error"));
        results.result(11).get("step_errors").forEach(errors::add);
        errors.addAll(stream.cursor(step("SELEKT"), step("SELECT ?")).entries().stream()
                .map(entry -> entry.get("error"))
                .toList());
        assertThat(errors).hasSize(10 + 3 + 2).allSatisfy(error -> {
            assertThat(error.get("code").textValue()).isNotBlank();
            assertThat(error.get("message").textValue()).isNotBlank();
        });
        stream.close();
    }

    @Test
    void endsAResultThatFailsAmidstItsRowsWithTheErrorAlone() throws IOException {
        Results results = client.pipeline(
                null,
                execute("WITH RECURSIVE c(x) AS (VALUES(0) UNION ALL SELECT x + 1 FROM c LIMIT 100)"
                        + " SELECT CASE WHEN x = 50 THEN abs(-9223372036854775808) ELSE x END FROM c"),
                execute("SELECT 1"),
                CLOSE);
        assertThat(results.codes()).containsExactly("SQLITE_ERROR", "ok", "ok");
        assertThat(results.item(0).size()).isEqualTo(2);
    }

    private JsonNode resultOf(String stmt) throws IOException {
        return client.pipeline(null, executeStmt(stmt), CLOSE).result(0);
    }
}
