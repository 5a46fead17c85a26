package net.quicsql.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.SqliteCode;
import net.quicsql.storage.Database;
import net.quicsql.storage.DatabaseConfig;
import net.quicsql.storage.OpenCheck;
import net.quicsql.storage.StorageConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a transaction's connection when the transaction is over. */
final class DoubtfulConnectionTest {
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    @Test
    void isKeptForTheNextTransactionWhereAStatementWasWrong() throws Exception {
        try (EngineFixture server = new EngineFixture(folder)) {
            server.query(EngineFixture.DEV, "CREATE TABLE t(a)");
            assertThat(closedAfter(server, "SELECT no_such_column FROM t", SqliteCode.ERROR))
                    .isZero();
        }
    }

    @Test
    void isClosedWhereItReadWhatCannotBe() throws Exception {
        try (EngineFixture server = new EngineFixture(folder)) {
            server.query(EngineFixture.DEV, "CREATE TABLE t(a)");
            server.query(EngineFixture.DEV, "INSERT INTO t VALUES(1)");
        }
        // The second page is the table's.
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("app.db").toFile(), "rw")) {
            file.seek(PAGE);
            file.write(new byte[PAGE]);
        }
        StorageConfig defaults = StorageConfig.defaults();
        StorageConfig unchecked = new StorageConfig(
                defaults.readersPerDatabase(),
                defaults.statementCacheEntries(),
                defaults.statementCacheBytes(),
                defaults.idleConnectionsPerDatabase(),
                defaults.walAlarmBytes(),
                defaults.walLimitBytes(),
                OpenCheck.OFF);
        try (EngineFixture server =
                new EngineFixture(folder, LimitsConfig.defaults(), DatabaseConfig.defaults(), unchecked)) {
            assertThat(closedAfter(server, "SELECT a FROM t", SqliteCode.CORRUPT))
                    .isOne();
        }
    }

    /** How many connections fewer there are after a transaction in which a statement fails than in it. */
    private static int closedAfter(EngineFixture server, String sql, int code) {
        Stream stream = server.engine().open(EngineFixture.APP, EngineFixture.DEV);
        try {
            server.run(stream, "BEGIN IMMEDIATE");
            Database database = server.databases().find(EngineFixture.APP).orElseThrow();
            int before = database.openConnections();
            assertThatThrownBy(() -> server.rows(stream, sql))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            e -> assertThat(e.problem())
                                    .isInstanceOfSatisfying(
                                            Problem.SqlFailed.class,
                                            failed -> assertThat(failed.primaryCode())
                                                    .isEqualTo(code)));
            if (!stream.isAutocommit()) {
                server.run(stream, "ROLLBACK");
            }
            return before - database.openConnections();
        } finally {
            stream.close();
        }
    }
}
