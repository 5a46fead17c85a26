package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.and;
import static net.quicsql.wire.Requests.batch;
import static net.quicsql.wire.Requests.failed;
import static net.quicsql.wire.Requests.not;
import static net.quicsql.wire.Requests.ok;
import static net.quicsql.wire.Requests.or;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.Requests.stepIf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches: which steps run, and what is told of each. */
@ParameterizedClass
@EnumSource(Door.class)
class BatchWireTest {
    private static final String IS_AUTOCOMMIT = "{\"type\":\"is_autocommit\"}";
    private static final String FAIL = "SELECT * FROM nowhere";

    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    private final HranaClient client;

    BatchWireTest(Door door) {
        client = SERVER.client(door);
    }

    @BeforeEach
    void makeTable() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
    }

    @Test
    void goesOnAfterAStepThatFails() throws IOException {
        assertThat(steps(step("INSERT INTO t(v) VALUES(1)"), step("INSERT INTO t(v) VALUES(1)"), step("SELECT 1")))
                .containsExactly("ok", "SQLITE_CONSTRAINT_UNIQUE", "ok");
    }

    @Test
    void takesASkippedStepNeitherForDoneNorForFailed() throws IOException {
        assertThat(steps(
                        step(FAIL),
                        stepIf(ok(0), "SELECT 1"),
                        stepIf(ok(1), "SELECT 2"),
                        stepIf(failed(1), "SELECT 3"),
                        stepIf(not(ok(1)), "SELECT 4"),
                        stepIf(not(failed(1)), "SELECT 5"),
                        stepIf(failed(0), "SELECT 6")))
                .containsExactly("SQLITE_ERROR", "skipped", "skipped", "skipped", "ok", "ok", "ok");
    }

    @Test
    void combinesConditions() throws IOException {
        assertThat(steps(
                        step("SELECT 1"),
                        step(FAIL),
                        stepIf(and(), "SELECT 1"),
                        stepIf(or(), "SELECT 1"),
                        stepIf(and(ok(0), failed(1)), "SELECT 1"),
                        stepIf(and(ok(0), ok(1)), "SELECT 1"),
                        stepIf(or(ok(1), failed(0), and(not(or()), ok(0))), "SELECT 1"),
                        stepIf(not(and(ok(0), or(failed(1), ok(1)))), "SELECT 1")))
                .containsExactly("ok", "SQLITE_ERROR", "ok", "skipped", "ok", "skipped", "ok", "skipped");
    }

    @Test
    void asksForAutocommitAnewAtEachStep() throws IOException {
        assertThat(steps(
                        stepIf(IS_AUTOCOMMIT, "SELECT 1"),
                        step("BEGIN"),
                        stepIf(IS_AUTOCOMMIT, "SELECT 2"),
                        stepIf(not(IS_AUTOCOMMIT), "COMMIT"),
                        stepIf(IS_AUTOCOMMIT, "SELECT 3")))
                .containsExactly("ok", "ok", "skipped", "ok", "ok");
    }

    @Test
    void answersEveryStepInBothLists() throws IOException {
        JsonNode result = client.pipeline(
                        null, batch(step("SELECT 1"), step(FAIL), stepIf(ok(1), "SELECT 1"), stepIf(ok(1), "SELECT 1")))
                .result(0);
        JsonNode results = result.get("step_results");
        JsonNode errors = result.get("step_errors");
        assertThat(results).hasSize(4);
        assertThat(errors).hasSize(4);
        assertThat(results.get(0).isObject() && errors.get(0).isNull()).isTrue();
        assertThat(results.get(1).isNull() && errors.get(1).isObject()).isTrue();
        assertThat(results.get(2).isNull() && errors.get(2).isNull()).isTrue();
        assertThat(results.get(3).isNull() && errors.get(3).isNull()).isTrue();
    }

    @Test
    void answersABatchWithoutSteps() throws IOException {
        assertThat(client.pipeline(null, batch(), CLOSE).result(0).toString())
                .isEqualTo("{\"step_results\":[],\"step_errors\":[]}");
    }

    @Test
    void commitsATransactionalBatchAndSkipsItsRollback() throws IOException {
        assertThat(steps(transaction("INSERT INTO t(v) VALUES(1)", "INSERT INTO t(v) VALUES(2)")))
                .containsExactly("ok", "ok", "ok", "ok", "skipped");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1", "2");
    }

    @Test
    void leavesNothingOfATransactionalBatchThatFails() throws IOException {
        HranaStream stream = client.stream();
        Results results = stream.send(
                batch(transaction("INSERT INTO t(v) VALUES(1)", "INSERT INTO t(v) VALUES(1)")), GET_AUTOCOMMIT);
        assertThat(results.steps(0)).containsExactly("ok", "ok", "SQLITE_CONSTRAINT_UNIQUE", "skipped", "ok");
        assertThat(results.autocommit(1)).isTrue();
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void failsTheRollbackOfABatchThatNeverBegan() throws IOException {
        assertThat(steps(step("BEGIN NONSENSE"), stepIf(ok(0), "COMMIT"), stepIf(not(ok(1)), "ROLLBACK")))
                .containsExactly("SQLITE_ERROR", "skipped", "SQLITE_ERROR");
    }

    @Test
    void failsAStepThatCannotBeReadAloneAndRunsTheOthers() throws IOException {
        assertThat(steps(
                        step("INSERT INTO t(v) VALUES(1)"),
                        step("SELEKT"),
                        step(""),
                        step("SELECT 1; SELECT 2"),
                        step("SELECT ?"),
                        "{\"stmt\":{\"sql_id\":9}}",
                        step("INSERT INTO t(v) VALUES(2)")))
                .containsExactly(
                        "ok",
                        "SQLITE_ERROR",
                        "SQL_NO_STATEMENT",
                        "SQL_MANY_STATEMENTS",
                        "ARGS_INVALID",
                        "SQL_STORE_NOT_FOUND",
                        "ok");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1", "2");
    }

    @Test
    void returnsTheRowsOfEachStep() throws IOException {
        Results results = client.pipeline(
                null,
                batch(
                        step("INSERT INTO t(v) VALUES('a') RETURNING id"),
                        step("SELECT v FROM t"),
                        "{\"stmt\":{\"sql\":\"SELECT v FROM t\",\"want_rows\":false}}"));
        assertThat(results.stepRows(0, 0)).containsExactly("1");
        assertThat(results.stepRows(0, 1)).containsExactly("'a'");
        assertThat(results.stepRows(0, 2)).isEmpty();
    }

    private List<String> steps(String... steps) throws IOException {
        return client.pipeline(null, batch(steps), CLOSE).steps(0);
    }

    /** BEGIN, two statements, COMMIT and ROLLBACK, chained as the official clients do. */
    private static String[] transaction(String first, String second) {
        return new String[] {
            step("BEGIN IMMEDIATE"),
            stepIf(ok(0), first),
            stepIf(ok(1), second),
            stepIf(ok(2), "COMMIT"),
            stepIf(not(ok(3)), "ROLLBACK"),
        };
    }
}
