package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every result code that can be provoked, as this server tells it: SQLite's own words, without the driver's. */
class SqliteProblemsTest {
    @TempDir
    Path folder;

    private StorageFixture storage;
    private EngineConnection connection;

    @BeforeEach
    void open() {
        storage = new StorageFixture(folder);
        connection = storage.app().lease(ConnectionRole.WRITER);
        run("CREATE TABLE p(id INTEGER PRIMARY KEY, u UNIQUE, n NOT NULL DEFAULT 1, c CHECK(c > 0)) STRICT"
                .replace(" UNIQUE", " ANY UNIQUE")
                .replace("n NOT", "n ANY NOT")
                .replace("c CHECK", "c INTEGER CHECK"));
        run("CREATE TABLE f(p REFERENCES p)");
        run("CREATE TABLE k(a TEXT PRIMARY KEY) WITHOUT ROWID");
        run("CREATE TRIGGER r BEFORE DELETE ON p BEGIN SELECT RAISE(ABORT, 'not (so) fast'); END");
        run("INSERT INTO p(id, u) VALUES(1, 'u')");
        run("INSERT INTO k VALUES('a')");
    }

    @AfterEach
    void close() throws Exception {
        storage.app().giveBackLease(connection);
        storage.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT x                         | SQL_FAILED     | 1    | SQLITE_ERROR                  | no such column: x",
                "SELEC 1                          | SQL_FAILED     | 1    | SQLITE_ERROR                  | near \"SELEC\": syntax error",
                "SELECT abs(-9223372036854775808) | SQL_FAILED     | 1    | SQLITE_ERROR                  | integer overflow",
                "SELECT load_extension('x')       | SQL_FAILED     | 1    | SQLITE_ERROR                  | not authorized",
                "SELECT zeroblob(100000000)       | SQL_FAILED     | 18   | SQLITE_TOOBIG                 | string or blob too big",
                "INSERT INTO p(id) VALUES('x')    | SQL_FAILED     | 20   | SQLITE_MISMATCH               | datatype mismatch",
                "INSERT INTO p(u) VALUES('u')     | SQL_CONSTRAINT | 2067 | SQLITE_CONSTRAINT_UNIQUE      | UNIQUE constraint failed: p.u",
                "INSERT INTO p(id) VALUES(1)      | SQL_CONSTRAINT | 1555 | SQLITE_CONSTRAINT_PRIMARYKEY  | UNIQUE constraint failed: p.id",
                "INSERT INTO k VALUES('a')        | SQL_CONSTRAINT | 1555 | SQLITE_CONSTRAINT_PRIMARYKEY  | UNIQUE constraint failed: k.a",
                "INSERT INTO p(n) VALUES(NULL)    | SQL_CONSTRAINT | 1299 | SQLITE_CONSTRAINT_NOTNULL     | NOT NULL constraint failed: p.n",
                "INSERT INTO p(c) VALUES(0)       | SQL_CONSTRAINT | 275  | SQLITE_CONSTRAINT_CHECK       | CHECK constraint failed: c > 0",
                "INSERT INTO p(c) VALUES('x')     | SQL_CONSTRAINT | 3091 | SQLITE_CONSTRAINT_DATATYPE    | cannot store TEXT value in INTEGER column p.c",
                "INSERT INTO f VALUES(9)          | SQL_CONSTRAINT | 787  | SQLITE_CONSTRAINT_FOREIGNKEY  | FOREIGN KEY constraint failed",
                "DELETE FROM p                    | SQL_CONSTRAINT | 1811 | SQLITE_CONSTRAINT_TRIGGER     | not (so) fast",
            })
    void tellsSqlitesOwnCodeAndWords(String sql, ProblemCode row, int extended, String name, String message) {
        for (int i = 0; i < 2; i++) {
            Problem.SqlFailed failed = failure(() -> run(sql));
            assertThat(failed.message()).isEqualTo(message);
            assertThat(failed.code()).isEqualTo(row);
            assertThat(failed.extendedCode()).isEqualTo(extended);
            assertThat(failed.primaryCode()).isEqualTo(extended & 0xff);
            assertThat(failed.wireCode()).isEqualTo(name);
        }
    }

    @Test
    void tellsALockThatAnotherConnectionHolds() {
        EngineConnection other = storage.app().lease(ConnectionRole.WRITER);
        other.beginImmediate();
        Problem.SqlFailed busy = failure(() -> run("INSERT INTO k VALUES('b')"));
        other.rollback();
        storage.app().giveBackLease(other);

        assertThat(busy.code()).isEqualTo(ProblemCode.SQL_BUSY);
        assertThat(busy.wireCode()).isEqualTo("SQLITE_BUSY");
        assertThat(busy.message()).isEqualTo("database is locked");
        assertThat(busy.retryAfter()).isPresent();
    }

    @Test
    void tellsASnapshotThatIsTooOld() {
        connection.begin();
        run("SELECT * FROM k");
        StorageFixture.write(storage.app(), "INSERT INTO k VALUES('newer')");
        Problem.SqlFailed busy = failure(() -> run("INSERT INTO k VALUES('late')"));
        connection.rollback();

        assertThat(busy.code()).isEqualTo(ProblemCode.SQL_BUSY_SNAPSHOT);
        assertThat(busy.extendedCode()).isEqualTo(517);
        assertThat(busy.wireCode()).isEqualTo("SQLITE_BUSY_SNAPSHOT");
        assertThat(busy.retryAfter()).isEmpty();
    }

    @Test
    void tellsAWriteOnAReader() {
        EngineConnection reader = storage.app().borrowReader();
        Problem.SqlFailed failed = failure(() -> StorageFixture.run(reader, "DELETE FROM k"));
        storage.app().giveBackReader(reader);

        assertThat(failed.code()).isEqualTo(ProblemCode.SQL_READ_ONLY);
        assertThat(failed.wireCode()).isEqualTo("SQLITE_READONLY");
        assertThat(failed.message()).isEqualTo("attempt to write a readonly database");
    }

    /** SQLite looks for the file under its name only where it keeps a rollback journal. */
    @Test
    void tellsAFileThatIsGone() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("kept"));
        StorageFixture.outside(elsewhere.resolve("app.db"), "CREATE TABLE t(a)");
        DatabaseConfig keep = DatabaseConfig.of(null, null, null, "keep", null, null, null);
        try (StorageFixture kept = new StorageFixture(elsewhere, Map.of("app", keep), StorageConfig.defaults())) {
            EngineConnection writer = kept.app().writer();
            StorageFixture.run(writer, "INSERT INTO t VALUES(1)");
            Files.move(elsewhere.resolve("app.db"), elsewhere.resolve("moved"));
            Problem.SqlFailed failed = failure(() -> StorageFixture.run(writer, "INSERT INTO t VALUES(2)"));

            assertThat(failed.code()).isEqualTo(ProblemCode.SQL_IO_FAILED);
            assertThat(failed.wireCode()).isEqualTo("SQLITE_READONLY_DBMOVED");
            assertThat(failed.message()).isEqualTo("attempt to write a readonly database");
        }
    }

    @Test
    void tellsAnInterruptedStatement() {
        connection.startClock(System.nanoTime() - 1);
        Problem.SqlFailed failed = failure(
                () -> run("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c) SELECT count(*) FROM c"));
        connection.stopClock();

        assertThat(failed.wireCode()).isEqualTo("SQLITE_INTERRUPT");
        assertThat(failed.message()).isEqualTo("interrupted");
    }

    @Test
    void tellsAFullDatabase() {
        connection.execute("PRAGMA max_page_count=1");
        Problem.SqlFailed failed = failure(() -> run("INSERT INTO k VALUES(hex(zeroblob(100000)))"));
        connection.taint();

        assertThat(failed.code()).isEqualTo(ProblemCode.SQL_DISK_FULL);
        assertThat(failed.wireCode()).isEqualTo("SQLITE_FULL");
        assertThat(failed.message()).isEqualTo("database or disk is full");
    }

    @Test
    void tellsADamagedPage() throws Exception {
        StorageFixture.outside(folder.resolve("damaged.db"), "CREATE TABLE t(a)", "INSERT INTO t VALUES(1)");
        byte[] bytes = Files.readAllBytes(folder.resolve("damaged.db"));
        java.util.Arrays.fill(bytes, 4096, 4196, (byte) 0xff);
        Files.write(folder.resolve("damaged.db"), bytes);
        // Found while the file is opened, so that no statement answers from it.
        Problem.SqlFailed failed = failure(() -> storage.database("damaged").open());

        assertThat(failed.code()).isEqualTo(ProblemCode.SQL_CORRUPT);
        assertThat(failed.primaryCode()).isEqualTo(11);
        assertThat(failed.message()).startsWith("the database file is damaged: ");
    }

    @Test
    void callsAClosedConnectionClosed() {
        assertThat(SqliteProblems.from(new SQLException("closed")).problem().code())
                .isEqualTo(ProblemCode.DATABASE_CLOSED);
    }

    private void run(String sql) {
        StorageFixture.run(connection, sql);
    }

    private static Problem.SqlFailed failure(ThrowingCallable call) {
        ProblemException e = catchThrowableOfType(ProblemException.class, call);
        assertThat(e).as("a failure").isNotNull();
        assertThat(e.problem()).as(e.getMessage()).isInstanceOf(Problem.SqlFailed.class);
        return (Problem.SqlFailed) e.problem();
    }
}
