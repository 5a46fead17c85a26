package net.quicsql.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.quicsql.engine.EngineFixture;
import net.quicsql.engine.Stream;
import net.quicsql.execution.WritersInLine.Write;
import net.quicsql.limits.Limits;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.storage.DatabaseConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What writes that share a transaction do to one another: nothing. */
final class GroupCommitTest {
    private static final int MANY = 40;

    @TempDir
    Path folder;

    private EngineFixture fixture;
    private WritersInLine line;

    @AfterEach
    void close() throws Exception {
        if (fixture != null) {
            line.close();
            fixture.close();
        }
    }

    @Test
    void answersEachAsIfItWereAlone() throws Exception {
        open(LimitsConfig.defaults(), "CREATE TABLE t (id INTEGER PRIMARY KEY, v UNIQUE)");

        List<String> answers = together(
                "INSERT INTO t (v) VALUES ('a')",
                "INSERT INTO t (v) VALUES ('b'), ('c')",
                "UPDATE t SET v = v || '!' WHERE v <> 'a'",
                "WITH x(v) AS (VALUES ('d')) INSERT INTO t (v) SELECT v FROM x",
                "DELETE FROM t WHERE v = 'a'");

        assertThat(answers)
                .containsExactly(
                        "[] [] changes 1 rowid 1",
                        "[] [] changes 2 rowid 3",
                        "[] [] changes 2 rowid null",
                        "[] [] changes 1 rowid 4",
                        "[] [] changes 1 rowid null");
        assertThat(rows("SELECT v FROM t ORDER BY id")).containsExactly("b!", "c!", "d");
    }

    @Test
    void sharesCommits() throws Exception {
        open(LimitsConfig.defaults(), "CREATE TABLE t (id INTEGER PRIMARY KEY, v UNIQUE)");
        long before = commits();
        manyInserts();
        assertThat(commits() - before).isLessThan(MANY);
        assertThat(rows("SELECT count(*), max(id) FROM t")).containsExactly(MANY + "|" + MANY);
    }

    @Test
    void takesBackTheWorkOfOneThatFailsAlone() throws Exception {
        open(
                LimitsConfig.defaults(),
                "CREATE TABLE t (id INTEGER PRIMARY KEY, v UNIQUE CHECK (v <> 'bad'))",
                "CREATE TRIGGER abort_on_x BEFORE INSERT ON t WHEN NEW.v = 'x'"
                        + " BEGIN SELECT RAISE(ABORT, 'no x'); END");

        List<String> answers = together(
                "INSERT INTO t (v) VALUES ('a')",
                "INSERT INTO t (v) VALUES ('b'), ('a')",
                "INSERT INTO t (v) VALUES ('c'), ('bad')",
                "INSERT INTO t (v) VALUES ('d'), ('x')",
                "INSERT INTO nowhere VALUES (1)",
                "INSERT OR IGNORE INTO t (v) VALUES ('a'), ('e')",
                "INSERT INTO t (v) VALUES ('f')");

        assertThat(answers)
                .containsExactly(
                        "[] [] changes 1 rowid 1",
                        "SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: t.v",
                        "SQLITE_CONSTRAINT_CHECK: CHECK constraint failed: v <> 'bad'",
                        "SQLITE_CONSTRAINT_TRIGGER: no x",
                        "SQLITE_ERROR: no such table: nowhere",
                        "[] [] changes 1 rowid 2",
                        "[] [] changes 1 rowid 3");
        assertThat(rows("SELECT id, v FROM t ORDER BY id")).containsExactly("1|a", "2|e", "3|f");
    }

    @Test
    void givesEachItsOwnLastRowid() throws Exception {
        open(
                LimitsConfig.defaults(),
                "CREATE TABLE t (id INTEGER PRIMARY KEY, v UNIQUE)",
                "CREATE TABLE plain (k TEXT PRIMARY KEY) WITHOUT ROWID",
                "INSERT INTO t VALUES (4242, 'there')");
        Stream first = stream();
        fixture.run(first, "INSERT INTO t VALUES (7, 'seven')");

        List<String> answers = line.together(List.of(
                new Write(stream(), "INSERT INTO t VALUES (100, 'hundred')"),
                new Write(first, "INSERT OR IGNORE INTO t (v) VALUES ('there')"),
                new Write(stream(), "INSERT INTO t (v) VALUES ('there') ON CONFLICT (v) DO UPDATE SET v = 'here'"),
                new Write(first, "INSERT INTO plain VALUES ('k')")));

        assertThat(answers)
                .containsExactly(
                        "[] [] changes 1 rowid 100",
                        "[] [] changes 0 rowid null",
                        "[] [] changes 1 rowid null",
                        "[] [] changes 1 rowid 7");
        assertThat(fixture.rows(first, "SELECT last_insert_rowid()")).containsExactly("7");
    }

    @Test
    void keepsRowsUntilTheCommitAndLargeOnesGoAlone() throws Exception {
        open(LimitsConfig.defaults(), "CREATE TABLE t (id INTEGER PRIMARY KEY, v)");

        List<String> answers = together(
                "INSERT INTO t (v) VALUES (1), (2.5), (NULL), (x'00ff'), ('é') RETURNING id, v",
                "INSERT INTO t (v) VALUES (zeroblob(200000)) RETURNING v, length(v) AS n",
                "UPDATE t SET v = 2 WHERE id = 1 RETURNING *",
                "DELETE FROM t WHERE id > 100 RETURNING id");

        assertThat(answers.get(0)).isEqualTo("[id, v] [1|1, 2|2.5, 3|NULL, 4|x'00ff', 5|é] changes 5 rowid 5");
        assertThat(answers.get(1)).startsWith("[v, n] [x'00").endsWith("|200000] changes 1 rowid 6");
        assertThat(answers.get(2)).isEqualTo("[id, v] [1|2] changes 1 rowid null");
        assertThat(answers.get(3)).isEqualTo("[id] [] changes 0 rowid null");
        assertThat(rows("SELECT count(*) FROM t")).containsExactly("6");
    }

    @Test
    void letsNobodyShareWhoMayEndTheTransaction() throws Exception {
        open(LimitsConfig.defaults(), "CREATE TABLE t (id INTEGER PRIMARY KEY, v UNIQUE)");

        List<String> answers = together(
                "INSERT INTO t (v) VALUES ('a')",
                "INSERT INTO t (v) VALUES ('b')",
                "INSERT OR ROLLBACK INTO t (v) VALUES ('c'), ('a')",
                "INSERT OR FAIL INTO t (v) VALUES ('d'), ('a'), ('e')",
                "INSERT INTO t (v) VALUES ('f')");

        assertThat(answers)
                .containsExactly(
                        "[] [] changes 1 rowid 1",
                        "[] [] changes 1 rowid 2",
                        "SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: t.v",
                        "SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: t.v",
                        "[] [] changes 1 rowid 4");
        assertThat(rows("SELECT v FROM t ORDER BY id")).containsExactly("a", "b", "d", "f");
    }

    @Test
    void groupsNobodyWhereTheSchemaMayEndTheTransaction() throws Exception {
        open(
                LimitsConfig.defaults(),
                "CREATE TABLE t (id INTEGER PRIMARY KEY, v UNIQUE)",
                "CREATE TRIGGER over BEFORE INSERT ON t WHEN NEW.v = 'x' BEGIN SELECT RAISE(ROLLBACK, 'over'); END");
        long commits = commits();

        List<String> answers = together(
                "INSERT INTO t (v) VALUES ('a')", "INSERT INTO t (v) VALUES ('x')", "INSERT INTO t (v) VALUES ('b')");

        assertThat(answers)
                .containsExactly(
                        "[] [] changes 1 rowid 1", "SQLITE_CONSTRAINT_TRIGGER: over", "[] [] changes 1 rowid 2");
        assertThat(commits() - commits).isEqualTo(2);

        fixture.run(stream(), "DROP TRIGGER over");
        long before = commits();
        manyInserts();
        assertThat(commits() - before).as("the rule follows the schema").isLessThan(MANY);
    }

    @Test
    void checksDeferredForeignKeysForEachAlone() throws Exception {
        open(
                LimitsConfig.defaults(),
                "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
                "CREATE TABLE child (id INTEGER PRIMARY KEY, p REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED)");

        List<String> answers =
                together("INSERT INTO child (p) VALUES (5)", "INSERT INTO parent VALUES (5)", "DELETE FROM child");

        assertThat(answers)
                .containsExactly(
                        "SQLITE_CONSTRAINT_FOREIGNKEY: FOREIGN KEY constraint failed",
                        "[] [] changes 1 rowid 5",
                        "[] [] changes 0 rowid null");
    }

    @Test
    void separatesStreamsThatDifferInForeignKeys() throws Exception {
        open(
                LimitsConfig.defaults(),
                "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
                "CREATE TABLE child (id INTEGER PRIMARY KEY, p REFERENCES parent(id))");
        Stream off = stream();
        fixture.run(off, "PRAGMA foreign_keys = OFF");

        List<String> answers = line.together(List.of(
                new Write(stream(), "INSERT INTO child (p) VALUES (5)"),
                new Write(off, "INSERT INTO child (p) VALUES (6)"),
                new Write(stream(), "INSERT INTO child (p) VALUES (7)")));

        assertThat(answers)
                .containsExactly(
                        "SQLITE_CONSTRAINT_FOREIGNKEY: FOREIGN KEY constraint failed",
                        "[] [] changes 1 rowid 1",
                        "SQLITE_CONSTRAINT_FOREIGNKEY: FOREIGN KEY constraint failed");
    }

    @Test
    void runsTheOthersOnceMoreWhenOneRunsOutOfTime() throws Exception {
        open(
                Limits.with("\"statement_timeout\":\"400ms\""),
                "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v UNIQUE)",
                "CREATE TABLE log (v)");

        List<String> answers = together(
                "INSERT INTO t (v) VALUES ('a') RETURNING id",
                "INSERT INTO t (v) VALUES ('a')",
                "INSERT INTO log WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
                "INSERT INTO t (v) VALUES ('b')");

        assertThat(answers.get(0)).isEqualTo("[id] [1] changes 1 rowid 1");
        assertThat(answers.get(1)).startsWith("SQLITE_CONSTRAINT_UNIQUE");
        assertThat(answers.get(2)).startsWith("STATEMENT_TIMEOUT");
        assertThat(answers.get(3)).isEqualTo("[] [] changes 1 rowid 2");
        assertThat(rows("SELECT v FROM t ORDER BY id")).containsExactly("a", "b");
        assertThat(rows("SELECT count(*) FROM log")).containsExactly("0");
    }

    @Test
    void givesATransactionInLineItsTurnBetweenGroups() throws Exception {
        open(LimitsConfig.defaults(), "CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
        Stream transaction = stream();

        List<Write> writes = new ArrayList<>();
        writes.add(new Write(stream(), "INSERT INTO t (v) VALUES ('a')"));
        writes.add(new Write(transaction, "BEGIN IMMEDIATE"));
        assertThat(line.together(writes)).last().asString().startsWith("[] []");
        fixture.run(transaction, "INSERT INTO t (v) VALUES ('b')");
        fixture.run(transaction, "COMMIT");

        assertThat(rows("SELECT v FROM t ORDER BY id")).containsExactly("a", "b");
    }

    private void open(LimitsConfig limits, String... schema) {
        fixture = new EngineFixture(folder, limits, DatabaseConfig.defaults());
        line = new WritersInLine(fixture);
        Stream stream = stream();
        for (String sql : schema) {
            fixture.run(stream, sql);
        }
        stream.close();
    }

    private Stream stream() {
        return fixture.engine().open(EngineFixture.APP, EngineFixture.DEV);
    }

    private List<String> together(String... statements) throws Exception {
        List<Write> writes = new ArrayList<>();
        for (String sql : statements) {
            writes.add(new Write(stream(), sql));
        }
        return line.together(writes);
    }

    private List<String> rows(String sql) {
        return fixture.query(EngineFixture.DEV, sql);
    }

    /** Enough for some to share a commit on the slowest machine: a group takes nobody more after 5 ms. */
    private void manyInserts() throws Exception {
        String[] statements = new String[MANY];
        Arrays.fill(statements, "INSERT INTO t (v) VALUES (hex(randomblob(8)))");
        assertThat(together(statements)).allMatch(answer -> answer.startsWith("[] [] changes 1 rowid "));
    }

    private long commits() {
        return line.database().metrics().writeCommits();
    }
}
