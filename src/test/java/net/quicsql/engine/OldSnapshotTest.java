package net.quicsql.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.storage.Database;
import net.quicsql.storage.DatabaseConfig;
import net.quicsql.storage.StorageConfig;
import net.quicsql.testing.Await;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who keeps a snapshot for longer than the write-ahead log bears. */
class OldSnapshotTest {
    private static final long MIB = 1 << 20;
    private static final String COUNT =
            "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i < 1000) SELECT i FROM c";

    @TempDir
    Path folder;

    private EngineFixture server;
    private Database database;

    @BeforeEach
    void open() {
        StorageConfig defaults = StorageConfig.defaults();
        StorageConfig storage = new StorageConfig(
                defaults.readersPerDatabase(),
                defaults.statementCacheEntries(),
                defaults.statementCacheBytes(),
                defaults.idleConnectionsPerDatabase(),
                MIB,
                1024 * MIB,
                defaults.checkOnOpen());
        server = new EngineFixture(folder, LimitsConfig.defaults(), DatabaseConfig.defaults(), storage);
        server.query(EngineFixture.DEV, "CREATE TABLE t(a)");
        database = server.databases().find(EngineFixture.APP).orElseThrow();
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    @Test
    void endsAnOldReadTransactionPastTheAlarmAndTellsWhy() throws Exception {
        String reading = begun("BEGIN", "SELECT count(*) FROM t");
        String onlyBegun = begun("BEGIN");
        pastTheAlarm();
        server.pass(Duration.ofSeconds(25));
        reading = goesOn(reading);
        onlyBegun = goesOn(onlyBegun);
        server.pass(Duration.ofSeconds(10));

        Stream ended = server.engine().resume(EngineFixture.APP, EngineFixture.DEV, reading);
        assertThatThrownBy(() -> server.rows(ended, "SELECT 1")).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.TRANSACTION_TIMEOUT);
            assertThat(e.problem().message())
                    .contains("storage.wal_alarm", "limits.contended_tx_lifetime is 30.0 s")
                    // What this test itself takes comes on top.
                    .containsPattern("lasted (3[5-9]|4\\d)\\.");
        });
        server.run(ended, "ROLLBACK");
        assertThat(server.rows(ended, "SELECT 1")).containsExactly("1");
        ended.close();
        server.engine()
                .resume(EngineFixture.APP, EngineFixture.DEV, goesOn(onlyBegun))
                .close();
        Await.until(() -> !database.wal().isPastAlarm());
    }

    @Test
    void leavesAnOldReadTransactionAloneBelowTheAlarm() {
        String reading = begun("BEGIN", "SELECT count(*) FROM t");
        server.pass(Duration.ofSeconds(25));
        reading = goesOn(reading);
        server.pass(Duration.ofSeconds(25));
        server.engine()
                .resume(EngineFixture.APP, EngineFixture.DEV, goesOn(reading))
                .close();
    }

    @Test
    void endsACursorWhoseRowsAreTakenTooSlowly() {
        Stream stream = server.engine().open(EngineFixture.APP, EngineFixture.DEV);
        AtomicInteger taken = new AtomicInteger();
        try (DetachedReads reads = stream.detach()) {
            EngineFixture.TextRows slow = new EngineFixture.TextRows() {
                @Override
                public Demand endRow() {
                    reads.pauseClock();
                    server.pass(Duration.ofMinutes(1));
                    reads.resumeClock();
                    taken.incrementAndGet();
                    return super.endRow();
                }
            };
            tooSlow(() -> reads.execute(server.statement(COUNT), slow));
            assertThat(taken.get()).isEqualTo(5);
            tooSlow(() -> reads.execute(server.statement("SELECT 1"), new EngineFixture.TextRows()));
        }
        assertThat(server.query(EngineFixture.DEV, "SELECT 1")).containsExactly("1");
    }

    private static void tooSlow(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.STATEMENT_TIMEOUT);
            assertThat(e.problem().message()).contains("300.0 s (limits.max_tx_lifetime)");
        });
    }

    private String begun(String... statements) {
        Stream stream = server.engine().open(EngineFixture.APP, EngineFixture.DEV);
        for (String sql : statements) {
            server.run(stream, sql);
        }
        return stream.release();
    }

    /** Uses a baton for nothing, so that its transaction is not idle. */
    private String goesOn(String baton) {
        Stream stream = server.engine().resume(EngineFixture.APP, EngineFixture.DEV, baton);
        assertThat(stream.isAutocommit()).isFalse();
        return stream.release();
    }

    private void pastTheAlarm() throws Exception {
        Await.until(() -> {
            server.query(EngineFixture.DEV, "INSERT INTO t VALUES(zeroblob(100000))");
            return database.wal().isPastAlarm();
        });
    }
}
