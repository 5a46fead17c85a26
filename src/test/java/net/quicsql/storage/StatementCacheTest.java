package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatementCacheTest {
    private static final int MOST = 3;
    private static final int MOST_BYTES = 4_000;

    @TempDir
    Path folder;

    private StorageFixture storage;
    private EngineConnection connection;

    @BeforeEach
    void open() {
        storage = new StorageFixture(
                folder,
                Map.of("app", DatabaseConfig.defaults()),
                new StorageConfig(1, MOST, MOST_BYTES, 1, 1 << 20, 2 << 20, OpenCheck.QUARANTINE));
        connection = storage.app().lease(ConnectionRole.WRITER);
    }

    @AfterEach
    void close() throws Exception {
        storage.app().giveBackLease(connection);
        storage.close();
    }

    @Test
    void preparesATextOnce() {
        EngineStatement first = prepared("SELECT 1");
        assertThat(prepared("SELECT 1")).isSameAs(first);
        assertThat(prepared("SELECT  1")).isNotSameAs(first);
    }

    @Test
    void closesTheLeastRecentlyUsedOne() {
        EngineStatement one = prepared("SELECT 1");
        EngineStatement two = prepared("SELECT 2");
        prepared("SELECT 3");
        prepared("SELECT 1");
        prepared("SELECT 4");

        assertThat(two.isFinalized()).isTrue();
        assertThat(one.isFinalized()).isFalse();
        assertThat(prepared("SELECT 1")).isSameAs(one);
    }

    @Test
    void isBoundedByBytesToo() {
        EngineStatement first = prepared("SELECT 1 -- " + "x".repeat(450));
        for (int i = 2; i <= MOST; i++) {
            prepared("SELECT " + i + " -- " + "x".repeat(450));
        }
        assertThat(first.isFinalized()).isFalse();
        prepared("SELECT 0 -- " + "x".repeat(450));
        assertThat(first.isFinalized()).isTrue();
    }

    @Test
    void keepsNoTextThatWouldPushTheOthersOut() {
        EngineStatement small = prepared("SELECT 1");
        EngineStatement large = prepared("SELECT 1 -- " + "x".repeat(MOST_BYTES));

        assertThat(large.isFinalized()).isTrue();
        assertThat(small.isFinalized()).isFalse();
    }

    @Test
    void preparesAgainWhatAFailureHasClosed() {
        StorageFixture.run(connection, "CREATE TABLE t(a UNIQUE)");
        String insert = "INSERT INTO t VALUES(1)";
        StorageFixture.run(connection, insert);
        for (int i = 0; i < 3; i++) {
            try {
                StorageFixture.run(connection, insert);
            } catch (net.quicsql.problem.ProblemException expected) {
                assertThat(expected).hasMessage("UNIQUE constraint failed: t.a");
            }
        }
        StorageFixture.run(connection, "DELETE FROM t");
        StorageFixture.run(connection, insert);
        assertThat(StorageFixture.run(connection, "SELECT a FROM t")).containsExactly(List.of(1L));
    }

    @Test
    void forgetsTheArgumentsOfTheRunBefore() {
        assertThat(StorageFixture.run(connection, "SELECT ?", "kept")).hasSize(1);
        EngineStatement same = connection.prepare("SELECT ?");
        same.next();
        same.reset();
        assertThat(StorageFixture.run(connection, "SELECT typeof(?)", new Object[] {null}))
                .containsExactly(List.of("text 6e756c6c"));
    }

    private EngineStatement prepared(String sql) {
        EngineStatement statement = connection.prepare(sql);
        connection.done(statement);
        return statement;
    }
}
