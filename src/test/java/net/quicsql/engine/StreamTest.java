package net.quicsql.engine;

import static net.quicsql.engine.EngineFixture.APP;
import static net.quicsql.engine.EngineFixture.DEV;
import static net.quicsql.engine.EngineFixture.READER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import net.quicsql.limits.Limits;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.storage.WriterQueue;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTest {
    private static final Duration PAST_IDLE = Duration.ofSeconds(31);

    @TempDir
    Path folder;

    private EngineFixture fixture;
    private StreamEngine engine;

    @BeforeEach
    void open() {
        fixture = new EngineFixture(folder);
        engine = fixture.engine();
        fixture.query(DEV, "CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void keepsNothingInMemoryForAnIdleStream() {
        Stream stream = engine.open(APP, DEV);
        fixture.run(stream, "INSERT INTO t(v) VALUES(1)");
        String baton = stream.release();

        assertThat(fixture.sessions().live()).isEmpty();
        Stream next = engine.resume(APP, DEV, baton);
        assertThat(fixture.rows(next, "SELECT last_insert_rowid()")).containsExactly("1");
        next.release();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE _quicsql_last RENAME TO t",
                "ALTER TABLE '_quicsql_last' RENAME TO t",
                "ALTER TABLE [_QUICSQL_LAST] RENAME TO t",
                "ALTER TABLE \"_quicsql_last\" ADD COLUMN v",
                "INSERT INTO _quicsql_last VALUES(1)",
                "CREATE INDEX i ON _quicsql_last(rowid)",
                "DROP TABLE IF EXISTS `_quicsql_last`"
            })
    void refusesWhatNamesTheServersOwnTable(String sql) {
        fixture.query(DEV, "INSERT INTO t(v) VALUES('primed')");
        assertFails(() -> fixture.query(DEV, sql), ProblemCode.STATEMENT_REFUSED);

        Stream stream = engine.open(APP, READER);
        fixture.run(stream, "BEGIN");
        fixture.rows(stream, "SELECT last_insert_rowid()");
        assertFails(() -> fixture.run(stream, sql), ProblemCode.STATEMENT_REFUSED);
        stream.close();
    }

    @Test
    void givesATransactionsPlaceBackWhereItsConnectionCannotBeOpened() throws Exception {
        Path file = folder.resolve("app.db");
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(file, elsewhere);
        int more = LimitsConfig.defaults().maxTransactionsPerDatabase() + 1;
        for (int i = 0; i < more; i++) {
            assertFails(() -> fixture.run(engine.open(APP, DEV), "BEGIN"), ProblemCode.SQL_IO_FAILED);
        }
        Files.move(elsewhere, file);

        Stream stream = engine.open(APP, DEV);
        // A look at the files in between may have let go of it, for a second.
        Await.until(() -> {
            try {
                fixture.run(stream, "BEGIN");
                return true;
            } catch (ProblemException e) {
                assertThat(e.problem().code()).isNotEqualTo(ProblemCode.TOO_MANY_STREAMS);
                return false;
            }
        });
        stream.close();
    }

    @Test
    void countsTheStreamsOwnChangesInATransaction() {
        fixture.query(DEV, "INSERT INTO t(v) VALUES(1), (2), (3)");
        Stream stream = engine.open(APP, DEV);
        fixture.run(stream, "BEGIN");
        fixture.run(stream, "UPDATE t SET v = v + 10");
        assertThat(fixture.rows(stream, "SELECT changes(), last_insert_rowid()"))
                .containsExactly("3|0");
        fixture.run(stream, "COMMIT");
        fixture.run(stream, "BEGIN");
        assertThat(fixture.rows(stream, "SELECT changes()")).containsExactly("0");
        stream.close();
    }

    @Test
    void tellsTheLastRowidInAReadOnlyTransactionWithTemporaryObjects() {
        Stream stream = engine.open(APP, DEV);
        fixture.run(stream, "CREATE TEMP TABLE x(a)");
        fixture.run(stream, "BEGIN READONLY");
        assertThat(fixture.rows(stream, "SELECT last_insert_rowid()")).containsExactly("0");
        stream.close();
    }

    @Test
    void endsATransactionPastItsLifetimeWithinOneRequest() {
        Stream stream = engine.open(APP, DEV);
        fixture.run(stream, "BEGIN IMMEDIATE");
        fixture.run(stream, "INSERT INTO t(v) VALUES(1)");
        fixture.pass(LimitsConfig.defaults().maxTxLifetime().plusSeconds(1));
        assertFails(() -> fixture.run(stream, "INSERT INTO t(v) VALUES(2)"), ProblemCode.TRANSACTION_TIMEOUT);
        assertThat(stream.isAutocommit()).isFalse();
        fixture.run(stream, "ROLLBACK");
        assertThat(fixture.rows(stream, "SELECT count(*) FROM t")).containsExactly("0");
        stream.close();
    }

    @Test
    void acceptsAnOlderBatonOfAParkedStream() {
        String first = released(engine.open(APP, DEV));
        released(engine.resume(APP, DEV, first));

        assertThat(fixture.rows(engine.resume(APP, DEV, first), "SELECT 1")).containsExactly("1");
    }

    @Test
    void runsATransactionOverSeveralRequests() {
        String baton = after(engine.open(APP, DEV), "BEGIN");
        baton = after(engine.resume(APP, DEV, baton), "INSERT INTO t(v) VALUES('a')");
        assertThat(fixture.query(DEV, "SELECT count(*) FROM t")).containsExactly("0");

        Stream stream = engine.resume(APP, DEV, baton);
        assertThat(stream.isAutocommit()).isFalse();
        fixture.run(stream, "COMMIT");
        assertThat(stream.isAutocommit()).isTrue();
        stream.release();
        assertThat(fixture.query(DEV, "SELECT v FROM t")).containsExactly("a");
        assertThat(fixture.sessions().live()).isEmpty();
    }

    @Test
    void refusesAReplayedBatonOfAStreamInATransaction() {
        String first = after(engine.open(APP, DEV), "BEGIN");
        String second = after(engine.resume(APP, DEV, first), "INSERT INTO t(v) VALUES(1)");

        assertFails(() -> engine.resume(APP, DEV, first), ProblemCode.INVALID_BATON);
        String third = after(engine.resume(APP, DEV, second), "COMMIT");
        assertFails(() -> engine.resume(APP, DEV, second), ProblemCode.INVALID_BATON);
        assertThat(fixture.rows(engine.resume(APP, DEV, third), "SELECT count(*) FROM t"))
                .containsExactly("1");
    }

    @Test
    void refusesTheSecondOfTwoOverlappingRequests() {
        String baton = released(engine.open(APP, DEV));
        Stream running = engine.resume(APP, DEV, baton);

        assertFails(() -> engine.resume(APP, DEV, baton), ProblemCode.INVALID_BATON);
        running.release();
    }

    @Test
    void abortsAStreamThatIsNeverIdleAndInTheWayForTooLong() throws Exception {
        String baton = after(engine.open(APP, DEV), "BEGIN IMMEDIATE");
        Stream busy = engine.resume(APP, DEV, baton);
        Thread other = new Thread(() -> fixture.query(DEV, "INSERT INTO t(v) VALUES('other')"));
        other.start();
        WriterQueue queue = fixture.databases().find(APP).orElseThrow().writerQueue();
        while (!queue.isContended()) {
            Thread.onSpinWait();
        }
        fixture.pass(Duration.ofSeconds(31));

        Stream next = engine.resume(APP, DEV, busy.release());
        assertFails(() -> fixture.run(next, "INSERT INTO t(v) VALUES('late')"), ProblemCode.TRANSACTION_TIMEOUT);
        next.release();
        other.join();
        assertThat(fixture.query(DEV, "SELECT v FROM t")).containsExactly("other");
    }

    @Test
    void givesAStreamToItsClientWhileTheReaperLooks() throws Exception {
        String baton = after(engine.open(APP, DEV), "BEGIN");
        AtomicBoolean done = new AtomicBoolean();
        Thread reaper = new Thread(() -> {
            while (!done.get()) {
                fixture.pass(Duration.ZERO);
            }
        });
        reaper.start();
        try {
            for (int i = 0; i < 5_000; i++) {
                baton = released(engine.resume(APP, DEV, baton));
            }
        } finally {
            done.set(true);
            reaper.join();
        }
        assertThat(engine.resume(APP, DEV, baton).isAutocommit()).isFalse();
    }

    @Test
    void refusesForeignAndForgedBatonsWithoutBurningThem() {
        String baton = after(engine.open(APP, DEV), "BEGIN");

        assertFails(() -> engine.resume(APP, READER, baton), ProblemCode.ACCESS_DENIED);
        assertFails(() -> engine.resume(APP, DEV, baton.substring(1)), ProblemCode.INVALID_BATON);
        assertFails(() -> engine.resume(APP, DEV, baton + "AAAA"), ProblemCode.INVALID_BATON);
        assertFails(() -> engine.resume(APP, DEV, ""), ProblemCode.INVALID_BATON);
        engine.resume(APP, DEV, baton).release();
    }

    @Test
    void abortsAStreamWhoseTransactionWasIdleForTooLong() {
        String baton = after(engine.open(APP, DEV), "BEGIN IMMEDIATE");
        baton = after(engine.resume(APP, DEV, baton), "INSERT INTO t(v) VALUES('lost')");
        fixture.pass(PAST_IDLE);

        // The lock is free at once.
        fixture.query(DEV, "INSERT INTO t(v) VALUES('other')");

        Stream stream = engine.resume(APP, DEV, baton);
        assertFails(() -> fixture.run(stream, "INSERT INTO t(v) VALUES('late')"), ProblemCode.TRANSACTION_TIMEOUT);
        assertThat(stream.isAutocommit()).isFalse();
        baton = stream.release();

        Stream again = engine.resume(APP, DEV, baton);
        assertFails(() -> fixture.run(again, "SELECT 1"), ProblemCode.TRANSACTION_TIMEOUT);
        assertFails(() -> again.describe("SELECT 1"), ProblemCode.TRANSACTION_TIMEOUT);
        assertFails(() -> fixture.run(again, "SAVEPOINT s"), ProblemCode.TRANSACTION_TIMEOUT);
        assertThat(again.describe("ROLLBACK").columns()).isEmpty();
        fixture.run(again, "ROLLBACK");
        assertThat(again.isAutocommit()).isTrue();
        fixture.run(again, "INSERT INTO t(v) VALUES('healed')");
        again.release();
        assertThat(fixture.query(DEV, "SELECT v FROM t ORDER BY id")).containsExactly("other", "healed");
    }

    @Test
    void failsTheCommitOfALostTransactionAndIsInAutocommitThen() {
        String baton = after(engine.open(APP, DEV), "BEGIN");
        fixture.pass(PAST_IDLE);

        Stream stream = engine.resume(APP, DEV, baton);
        assertFails(() -> fixture.run(stream, "COMMIT"), ProblemCode.TRANSACTION_TIMEOUT);
        assertThat(stream.isAutocommit()).isTrue();
        stream.release();
    }

    @Test
    void endsTransactionsThatLiveTooLongHoweverBusy() {
        String baton = after(engine.open(APP, DEV), "BEGIN");
        for (int i = 0; i < 11; i++) {
            fixture.pass(Duration.ofSeconds(28));
            Stream stream = engine.resume(APP, DEV, baton);
            if (i < 10) {
                fixture.run(stream, "SELECT 1");
            } else {
                assertFails(() -> fixture.run(stream, "SELECT 1"), ProblemCode.TRANSACTION_TIMEOUT);
            }
            baton = stream.release();
        }
    }

    @Test
    void tellsThatATransactionIsGoneAfterARestart() throws Exception {
        String inTransaction = after(engine.open(APP, DEV), "BEGIN");
        String parked = after(engine.open(APP, DEV), "INSERT INTO t(v) VALUES(7)");
        fixture.close();
        fixture = new EngineFixture(folder);
        engine = fixture.engine();

        Stream lost = engine.resume(APP, DEV, inTransaction);
        assertFails(() -> fixture.run(lost, "INSERT INTO t(v) VALUES(8)"), ProblemCode.TRANSACTION_LOST);
        fixture.run(lost, "ROLLBACK");
        lost.release();
        assertThat(fixture.rows(engine.resume(APP, DEV, parked), "SELECT last_insert_rowid()"))
                .containsExactly("1");
    }

    @Test
    void followsSqlitesOwnRollbackWithoutAborting() {
        Stream stream = engine.open(APP, DEV);
        fixture.run(stream, "INSERT INTO t(v) VALUES('taken')");
        fixture.run(stream, "BEGIN");
        fixture.run(stream, "INSERT INTO t(v) VALUES('gone')");
        assertFails(
                () -> fixture.run(stream, "INSERT OR ROLLBACK INTO t(v) VALUES('taken')"), ProblemCode.SQL_CONSTRAINT);
        assertThat(stream.isAutocommit()).isTrue();
        fixture.run(stream, "INSERT INTO t(v) VALUES('next')");
        stream.release();
        assertThat(fixture.query(DEV, "SELECT v FROM t")).containsExactlyInAnyOrder("taken", "next");
    }

    @Test
    void keepsTheTransactionWhenACommitFailsOnADeferredForeignKey() {
        fixture.query(DEV, "CREATE TABLE c(p REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED)");
        Stream stream = engine.open(APP, DEV);
        fixture.run(stream, "BEGIN");
        fixture.run(stream, "INSERT INTO c VALUES(99)");
        assertFails(() -> fixture.run(stream, "COMMIT"), ProblemCode.SQL_CONSTRAINT);
        assertThat(stream.isAutocommit()).isFalse();
        fixture.run(stream, "INSERT INTO t(id) VALUES(99)");
        fixture.run(stream, "COMMIT");
        assertThat(stream.isAutocommit()).isTrue();
        stream.release();
    }

    @Test
    void writesNothingWhenNobodyCanTakeTheRowsOfAnInsert() {
        EngineFixture.TextRows full = new EngineFixture.TextRows() {
            @Override
            public void beginRow() {
                throw new Problem.Refused(ProblemCode.RESPONSE_TOO_LARGE, "full").toException();
            }
        };
        assertFails(
                () -> engine.query(APP, DEV, fixture.statement("INSERT INTO t(v) VALUES(1) RETURNING v"), full),
                ProblemCode.RESPONSE_TOO_LARGE);
        assertThat(fixture.query(DEV, "SELECT count(*) FROM t")).containsExactly("0");
        assertThat(fixture.query(DEV, "INSERT INTO t(v) VALUES(2) RETURNING v")).containsExactly("2");
        assertThat(fixture.query(DEV, "SELECT v FROM t")).containsExactly("2");
    }

    @Test
    void letsAReaderMakeNothingTemporaryInATransactionEither() {
        Stream stream = engine.open(APP, READER);
        fixture.run(stream, "BEGIN");
        assertFails(() -> fixture.run(stream, "CREATE TEMP TABLE u(x)"), ProblemCode.SQL_WRITE_FORBIDDEN);
        fixture.run(stream, "ROLLBACK");
        stream.release();
    }

    @Test
    void tellsThatTemporaryObjectsWentWithATransactionInARestart() throws Exception {
        String baton = after(engine.open(APP, DEV), "CREATE TEMP TABLE mine(x)");
        baton = after(engine.resume(APP, DEV, baton), "BEGIN");
        fixture.close();
        fixture = new EngineFixture(folder);
        engine = fixture.engine();
        Stream lost = engine.resume(APP, DEV, baton);
        assertFails(() -> fixture.run(lost, "SELECT 1"), ProblemCode.TRANSACTION_LOST);
        lost.release();
    }

    @Test
    void tellsWhatToDoAboutAStaleSnapshot() {
        Stream stream = engine.open(APP, DEV);
        fixture.run(stream, "BEGIN");
        fixture.rows(stream, "SELECT count(*) FROM t");
        fixture.query(DEV, "INSERT INTO t(v) VALUES(1)");
        assertThatThrownBy(() -> fixture.run(stream, "INSERT INTO t(v) VALUES(2)"))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem().wireCode()).isEqualTo("SQLITE_BUSY_SNAPSHOT");
                    assertThat(e.problem().message()).contains("BEGIN IMMEDIATE");
                });
        // Nobody waits for a transaction that could not write.
        fixture.query(DEV, "INSERT INTO t(v) VALUES(3)");
        fixture.run(stream, "ROLLBACK");
        stream.release();
    }

    @Test
    void countsASavepointOutsideATransactionAsOne() {
        Stream stream = engine.open(APP, DEV);
        fixture.run(stream, "SAVEPOINT a");
        assertThat(stream.isAutocommit()).isFalse();
        fixture.run(stream, "INSERT INTO t(v) VALUES(1)");
        fixture.run(stream, "SAVEPOINT b");
        fixture.run(stream, "INSERT INTO t(v) VALUES(2)");
        fixture.run(stream, "ROLLBACK TO b");
        fixture.run(stream, "RELEASE a");
        assertThat(stream.isAutocommit()).isTrue();
        stream.release();
        assertThat(fixture.query(DEV, "SELECT v FROM t")).containsExactly("1");
    }

    @Test
    void refusesWritesInAReadonlyTransactionAndAllowsThemAfterIt() {
        for (String begin : List.of("BEGIN READONLY", "BEGIN TRANSACTION READONLY")) {
            Stream stream = engine.open(APP, DEV);
            fixture.run(stream, begin);
            assertFails(() -> fixture.run(stream, "INSERT INTO t(v) VALUES(1)"), ProblemCode.SQL_READ_ONLY);
            fixture.run(stream, "COMMIT");
            fixture.run(stream, "INSERT INTO t(v) VALUES('" + begin + "')");
            stream.release();
        }
        assertThat(fixture.query(DEV, "SELECT count(*) FROM t")).containsExactly("2");
    }

    @Test
    void pinsTheConnectionThatHasTheStreamsTemporaryObjects() {
        String baton = after(engine.open(APP, DEV), "CREATE TEMP TABLE mine(x)");
        baton = after(engine.resume(APP, DEV, baton), "INSERT INTO mine VALUES(5)");
        Stream stream = engine.resume(APP, DEV, baton);
        assertThat(fixture.rows(stream, "SELECT x FROM mine")).containsExactly("5");
        assertThat(stream.isAutocommit()).isTrue();
        baton = stream.release();
        fixture.query(DEV, "INSERT INTO t(v) VALUES('nobody waits')");

        fixture.pass(Duration.ofHours(2));
        Stream lost = engine.resume(APP, DEV, baton);
        assertFails(() -> fixture.rows(lost, "SELECT x FROM mine"), ProblemCode.SESSION_STATE_LOST);
        lost.release();
    }

    @Test
    void neverShowsAnotherStreamsLastRowid() {
        fixture.query(DEV, "CREATE TABLE w(k PRIMARY KEY, v) WITHOUT ROWID");
        Stream one = engine.open(APP, DEV);
        Stream two = engine.open(APP, DEV);
        fixture.run(one, "INSERT INTO t(id) VALUES(4242)");

        assertThat(fixture.rows(two, "SELECT last_insert_rowid()")).containsExactly("0");
        assertThat(fixture.run(two, "INSERT INTO w VALUES(1, 1)").lastInsertRowid())
                .isNull();
        assertThat(fixture.run(one, "INSERT OR IGNORE INTO t(id) VALUES(4242)").lastInsertRowid())
                .isNull();
        assertThat(fixture.rows(one, "SELECT last_insert_rowid()")).containsExactly("4242");
        one.release();
        two.release();
    }

    @Test
    void letsAReaderReadOnly() {
        fixture.query(DEV, "INSERT INTO t(v) VALUES(1)");
        for (String sql : List.of(
                "INSERT INTO t(v) VALUES(2)",
                "WITH x AS (SELECT 1) DELETE FROM t",
                "CREATE TABLE u(x)",
                "CREATE TEMP TABLE u(x)",
                "PRAGMA user_version=3",
                "VACUUM")) {
            Stream stream = engine.open(APP, READER);
            assertFails(() -> fixture.run(stream, sql), ProblemCode.SQL_WRITE_FORBIDDEN);
            stream.release();
        }
        Stream stream = engine.open(APP, READER);
        fixture.run(stream, "BEGIN IMMEDIATE");
        fixture.query(DEV, "INSERT INTO t(v) VALUES(3)");
        fixture.run(stream, "ROLLBACK");
        stream.release();
        assertThat(fixture.query(READER, "SELECT count(*) FROM t")).containsExactly("2");
    }

    @Test
    void refusesWhatNoConnectionStops() {
        Path target = folder.resolve("copy.db");
        for (String sql : List.of(
                "ATTACH '" + target + "' AS x",
                "DETACH x",
                "VACUUM INTO '" + target + "'",
                "PRAGMA writable_schema=ON",
                "PRAGMA journal_mode=DELETE",
                "EXPLAIN PRAGMA writable_schema=ON",
                "SELECT * FROM pragma_optimize(0xfffe)")) {
            Stream stream = engine.open(APP, DEV);
            assertFails(() -> fixture.run(stream, sql), ProblemCode.STATEMENT_REFUSED);
            stream.release();
        }
        assertThat(target).doesNotExist();
    }

    @Test
    void carriesTheStreamsForeignKeyChoiceInItsBaton() {
        fixture.query(DEV, "CREATE TABLE c(p REFERENCES t(id))");
        String baton = after(engine.open(APP, DEV), "PRAGMA foreign_keys=off");
        assertThat(fixture.sessions().live()).isEmpty();
        Stream stream = engine.resume(APP, DEV, baton);
        assertThat(fixture.rows(stream, "PRAGMA foreign_keys")).containsExactly("0");
        fixture.run(stream, "INSERT INTO c VALUES(12345)");
        stream.release();

        Stream other = engine.open(APP, DEV);
        assertThat(fixture.rows(other, "PRAGMA foreign_keys")).containsExactly("1");
        assertFails(() -> fixture.run(other, "INSERT INTO c VALUES(12345)"), ProblemCode.SQL_CONSTRAINT);
        other.release();
    }

    @Test
    void describesWithoutRunning() {
        Stream stream = engine.open(APP, DEV);
        assertThat(stream.describe("INSERT INTO t(v) VALUES(:a) RETURNING id, v")
                        .columns())
                .extracting(column -> column.name() + " " + column.declaredType())
                .containsExactly("id INTEGER", "v null");
        assertThat(stream.describe("INSERT INTO t(v) VALUES(1)").columns()).isEmpty();
        assertThat(stream.describe("PRAGMA journal_mode=wal").columns()).hasSize(1);
        assertFails(() -> stream.describe("SELECT * FROM missing"), ProblemCode.SQL_FAILED);
        fixture.query(DEV, "ALTER TABLE t ADD COLUMN w");
        assertThat(stream.describe("SELECT * FROM t").columns()).hasSize(3);
        stream.release();
        assertThat(fixture.query(DEV, "SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void showsNewColumnsOfACachedStatement() {
        fixture.query(DEV, "INSERT INTO t(id, v) VALUES(1, 2)");
        assertThat(fixture.query(DEV, "SELECT * FROM t")).containsExactly("1|2");
        fixture.query(DEV, "ALTER TABLE t ADD COLUMN w DEFAULT 3");
        Stream stream = engine.open(APP, DEV);
        EngineFixture.TextRows rows = new EngineFixture.TextRows();
        stream.execute(fixture.statement("SELECT * FROM t"), rows);
        assertThat(rows.rows).containsExactly("1|2|3");
        assertThat(rows.columns).hasSize(3);
        stream.release();
    }

    @Test
    void runsAScriptUpToItsFirstFailure() {
        Stream stream = engine.open(APP, DEV);
        assertFails(
                () -> stream.sequence(
                        "INSERT INTO t(v) VALUES(1); INSERT INTO nowhere VALUES(1); INSERT INTO t(v) VALUES(2)"),
                ProblemCode.SQL_FAILED);
        stream.sequence("");
        stream.release();
        assertThat(fixture.query(DEV, "SELECT v FROM t")).containsExactly("1");
    }

    @Test
    void stopsARunawayStatementAndAbortsItsTransactionIfItWrote() throws Exception {
        fixture.close();
        fixture = new EngineFixture(
                folder, Limits.with("\"statement_timeout\": \"150ms\""), net.quicsql.storage.DatabaseConfig.defaults());
        engine = fixture.engine();
        String endless = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c) ";
        Stream stream = engine.open(APP, DEV);
        assertFails(() -> fixture.rows(stream, endless + "SELECT count(*) FROM c"), ProblemCode.STATEMENT_TIMEOUT);
        fixture.run(stream, "BEGIN");
        assertFails(() -> fixture.rows(stream, endless + "SELECT count(*) FROM c"), ProblemCode.STATEMENT_TIMEOUT);
        assertThat(stream.isAutocommit()).isFalse();
        fixture.run(stream, "INSERT INTO t(v) VALUES(1)");
        assertFails(
                () -> fixture.run(stream, "INSERT INTO t(v) SELECT count(*) FROM (" + endless + "SELECT x FROM c)"),
                ProblemCode.STATEMENT_TIMEOUT);
        assertFails(() -> fixture.run(stream, "SELECT 1"), ProblemCode.TRANSACTION_TIMEOUT);
        fixture.run(stream, "ROLLBACK");
        stream.release();
        assertThat(fixture.query(DEV, "SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void answersEmptyStatementsCleanlyAgainAndAgain() {
        for (int i = 0; i < 3; i++) {
            assertFails(() -> engine.statement(" -- nothing\n;"), ProblemCode.SQL_NO_STATEMENT);
            assertThat(fixture.query(DEV, "SELECT 1")).containsExactly("1");
        }
        assertFails(() -> engine.statement("SELECT 1; SELECT 2"), ProblemCode.SQL_MANY_STATEMENTS);
        assertFails(() -> engine.statement("SELECT '\0'"), ProblemCode.SQL_INVALID_TEXT);
    }

    private String after(Stream stream, String sql) {
        fixture.run(stream, sql);
        return released(stream);
    }

    private static String released(Stream stream) {
        String baton = stream.release();
        assertThat(baton).isNotNull();
        return baton;
    }

    private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ProblemCode code) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ProblemException.class, e -> {
            Problem problem = e.problem();
            assertThat(problem.code()).as(problem.message()).isEqualTo(code);
        });
    }
}
