package net.quicsql.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.ProblemException;
import net.quicsql.storage.Database;
import net.quicsql.storage.DatabaseConfig;
import net.quicsql.storage.StorageConfig;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a transaction has while it waits for the writer's turn, and what it gets with it. */
final class WaitingBeginTest {
    private static final int WAITING = 6;

    private final ExecutorService threads = Executors.newFixedThreadPool(WAITING);

    @TempDir
    Path folder;

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void takeOneConnectionInTurn() throws Exception {
        try (EngineFixture server = new EngineFixture(folder)) {
            server.query(EngineFixture.DEV, "CREATE TABLE t(a)");
            Database database = server.databases().find(EngineFixture.APP).orElseThrow();
            Stream holder = server.engine().open(EngineFixture.APP, EngineFixture.DEV);
            server.run(holder, "BEGIN IMMEDIATE");
            int connections = database.openConnections();

            List<CompletableFuture<Void>> others = new ArrayList<>();
            for (int i = 0; i < WAITING; i++) {
                others.add(CompletableFuture.runAsync(() -> insert(server), threads));
            }
            Await.until(() -> database.writerQueue().depth() == WAITING);
            assertThat(database.openConnections()).isEqualTo(connections);

            server.run(holder, "INSERT INTO t VALUES(0)");
            server.run(holder, "COMMIT");
            for (CompletableFuture<Void> other : others) {
                other.get();
            }
            assertThat(database.openConnections()).isEqualTo(connections);
            assertThat(server.query(EngineFixture.DEV, "SELECT count(*) FROM t"))
                    .containsExactly(Integer.toString(WAITING + 1));
            holder.close();
        }
    }

    @Test
    void handTheTurnOnWhereThereIsNoConnection() throws Exception {
        StorageConfig defaults = StorageConfig.defaults();
        StorageConfig keepsNone = new StorageConfig(
                defaults.readersPerDatabase(),
                defaults.statementCacheEntries(),
                defaults.statementCacheBytes(),
                0,
                defaults.walAlarmBytes(),
                defaults.walLimitBytes(),
                defaults.checkOnOpen());
        try (EngineFixture server =
                new EngineFixture(folder, LimitsConfig.defaults(), DatabaseConfig.defaults(), keepsNone)) {
            server.query(EngineFixture.DEV, "CREATE TABLE t(a)");
            Database database = server.databases().find(EngineFixture.APP).orElseThrow();
            Stream holder = server.engine().open(EngineFixture.APP, EngineFixture.DEV);
            server.run(holder, "BEGIN IMMEDIATE");
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> insert(server), threads);
            Await.until(() -> database.writerQueue().depth() == 1);
            Path file = folder.resolve("app.db");
            Path away = folder.resolve("away");

            Files.move(file, away);
            server.run(holder, "ROLLBACK");
            assertThatThrownBy(other::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ProblemException.class);
            Files.move(away, file);

            // Whether the server has seen meanwhile that the file was away is chance; then it opens it anew.
            Await.until("a row is inserted", () -> {
                try {
                    insert(server);
                    return true;
                } catch (ProblemException movedAway) {
                    return false;
                }
            });
            assertThat(server.query(EngineFixture.DEV, "SELECT count(*) FROM t"))
                    .containsExactly("1");
            holder.close();
        }
    }

    private static void insert(EngineFixture server) {
        Stream stream = server.engine().open(EngineFixture.APP, EngineFixture.DEV);
        try {
            server.run(stream, "BEGIN IMMEDIATE");
            server.run(stream, "INSERT INTO t VALUES(1)");
            server.run(stream, "COMMIT");
        } finally {
            stream.close();
        }
    }
}
