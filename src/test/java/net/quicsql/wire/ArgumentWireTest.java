package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.executeStmt;
import static net.quicsql.wire.Requests.integer;
import static net.quicsql.wire.Requests.stmtWithNames;
import static net.quicsql.wire.Requests.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which argument goes to which parameter, and how many statements a text may hold. */
@ParameterizedClass
@EnumSource(Door.class)
class ArgumentWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    private final HranaClient client;

    ArgumentWireTest(Door door) {
        client = SERVER.client(door);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", ":a"})
    void bindsByNameWithAndWithoutPrefix(String name) throws IOException {
        assertThat(named("SELECT :a", name, integer(1))).containsExactly("1");
    }

    @Test
    void feedsEveryPrefixFromOneBareName() throws IOException {
        assertThat(named("SELECT :x, $x, @x", "x", integer(5))).containsExactly("5|5|5");
    }

    @Test
    void prefersANameWithItsPrefix() throws IOException {
        String sql = "SELECT :x, $x";
        assertThat(named(sql, "x", integer(1), ":x", integer(2))).containsExactly("2|1");
        assertThat(named(sql, ":x", integer(2), "x", integer(1))).containsExactly("2|1");
    }

    @Test
    void bindsNumberedParametersByTheirNumber() throws IOException {
        assertThat(client.rows("SELECT ?2, ?1", integer(1), integer(2))).containsExactly("2|1");
        assertThat(client.rows("SELECT ?, ?3, ?, ?1", integer(1), integer(2), integer(3), integer(4)))
                .containsExactly("1|3|4|1");
    }

    @Test
    void bindsARepeatedNameOnce() throws IOException {
        assertThat(client.rows("SELECT :a, :b, :a", integer(1), integer(2))).containsExactly("1|2|1");
        assertThat(named("SELECT :a + :a", "a", integer(2))).containsExactly("4");
    }

    @Test
    void bindsNamedArgumentsOverPositionalOnes() throws IOException {
        String stmt = "{\"sql\":\"SELECT ?, :b\",\"args\":[" + integer(1) + "," + integer(2) + "],\"named_args\":["
                + Requests.named("b", integer(3)) + "]}";
        assertThat(client.pipeline(null, executeStmt(stmt), CLOSE).rows(0)).containsExactly("1|3");
    }

    @Test
    void refusesMissingAndSuperfluousArgumentsWithinTheStream() throws IOException {
        Results results = client.stream()
                .send(
                        execute("SELECT ?"),
                        execute("SELECT ?, ?", integer(1)),
                        execute("SELECT ?3", integer(1), integer(2)),
                        execute("SELECT 1", integer(1)),
                        execute("SELECT ?", integer(1), integer(2)),
                        executeStmt(stmtWithNames("SELECT :a")),
                        executeStmt(stmtWithNames("SELECT :a", Requests.named("b", integer(1)))),
                        executeStmt(stmtWithNames("SELECT :a", Requests.named("$a", integer(1)))),
                        execute("SELECT 1"));
        assertThat(results.codes().subList(0, 8)).containsOnly("ARGS_INVALID");
        assertThat(results.rows(8)).containsExactly("1");
    }

    @Test
    void refusesAWriteWithMissingArgumentsBeforeItRuns() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(a, b)");
        Results results = client.pipeline(null, execute("INSERT INTO t VALUES(?, ?)", integer(1)), CLOSE);
        assertThat(results.code(0)).isEqualTo("ARGS_INVALID");
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void explainsWithUnboundParameters() throws IOException {
        assertThat(client.rows("EXPLAIN SELECT ?, :a")).isNotEmpty();
        assertThat(client.rows("EXPLAIN QUERY PLAN SELECT * FROM sqlite_schema WHERE name = ?"))
                .isNotEmpty();
    }

    @Test
    void readsNoParametersInStringsAndComments() throws IOException {
        assertThat(client.rows("SELECT '?', \":a\", [@b] /* ? */ FROM (SELECT 1 AS \":a\", 2 AS [@b]) -- ?"))
                .containsExactly("'?'|1|2");
    }

    @Test
    void runsOneStatementWithWhatMayFollowIt() throws IOException {
        List<String> texts = List.of(
                "SELECT 1;", "SELECT 1 ;;; ", "SELECT 1; -- the end", "/* first */ SELECT 1; /* last */", ";SELECT 1");
        for (String sql : texts) {
            assertThat(client.rows(sql)).as(sql).containsExactly("1");
        }
    }

    @Test
    void refusesTwoStatementsInOneTextAndRunsNeither() throws IOException {
        client.run("DROP TABLE IF EXISTS two; CREATE TABLE two(x)");
        Results results = client.pipeline(
                null, execute("INSERT INTO two VALUES(1); INSERT INTO two VALUES(2)"), execute("SELECT 1; x"), CLOSE);
        assertThat(results.codes()).containsExactly("SQL_MANY_STATEMENTS", "SQL_MANY_STATEMENTS", "ok");
        assertThat(client.rows("SELECT count(*) FROM two")).containsExactly("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ";", "-- nothing", "/* nothing */"})
    void refusesATextWithoutStatement(String sql) throws IOException {
        assertThat(client.pipeline(null, execute(sql), CLOSE).codes()).containsExactly("SQL_NO_STATEMENT", "ok");
    }

    @Test
    void keepsTypesOfArguments() throws IOException {
        assertThat(client.rows("SELECT typeof(?), typeof(?), typeof(?)", integer(1), text("1"), Requests.real("1")))
                .containsExactly("'integer'|'text'|'real'");
    }

    private List<String> named(String sql, String... namesAndValues) throws IOException {
        String[] arguments = new String[namesAndValues.length / 2];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = Requests.named(namesAndValues[2 * i], namesAndValues[2 * i + 1]);
        }
        return client.pipeline(null, executeStmt(stmtWithNames(sql, arguments)), CLOSE)
                .rows(0);
    }
}
