package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReaderPoolTest {
    @TempDir
    Path folder;

    private StorageFixture storage;
    private Database database;

    @BeforeEach
    void open() {
        storage = new StorageFixture(
                folder,
                Map.of("app", DatabaseConfig.defaults()),
                new StorageConfig(2, 16, 1 << 20, 0, 1 << 20, 2 << 20, OpenCheck.QUARANTINE));
        database = storage.app();
    }

    @AfterEach
    void close() throws Exception {
        storage.close();
    }

    @Test
    void lendsTheWarmestConnectionAgain() {
        EngineConnection first = database.borrowReader();
        EngineConnection second = database.borrowReader();
        assertThat(second).isNotSameAs(first);
        database.giveBackReader(first);
        database.giveBackReader(second);
        assertThat(database.borrowReader()).isSameAs(second);
        database.giveBackReader(second);
        assertThat(database.openConnections()).isEqualTo(3);
    }

    @Test
    void refusesAtOnceWhenTooManyOfTheServerWait() {
        EngineConnection first = database.borrowReader();
        EngineConnection second = database.borrowReader();
        for (int i = 0; i < StorageFixture.SEATS; i++) {
            assertThat(storage.databases().waitingRoom().enter("crowd " + i % 2))
                    .isTrue();
        }
        assertThatThrownBy(database::borrowReader).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.SQL_BUSY);
            assertThat(e.problem().message()).contains("limits.max_waiting_requests");
        });
        storage.databases().waitingRoom().leave("crowd 0");
        assertThatThrownBy(database::borrowReader).hasMessageNotContaining("limits.max_waiting_requests");
        assertThat(storage.databases().waitingRoom().waiting()).isEqualTo(StorageFixture.SEATS - 1);
        database.giveBackReader(first);
        database.giveBackReader(second);
    }

    @Test
    void saysThatAllAreBusyOnceTheWaitHasPassed() {
        EngineConnection first = database.borrowReader();
        EngineConnection second = database.borrowReader();
        assertThatThrownBy(database::borrowReader).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.SQL_BUSY);
            assertThat(e.problem().message())
                    .isEqualTo("all 2 reader connections of this database are busy (storage.readers_per_database)");
        });
        database.giveBackReader(first);
        database.giveBackReader(second);
    }

    @Test
    void dropsAWaiterWhoseClientHasGone() {
        EngineConnection first = database.borrowReader();
        EngineConnection second = database.borrowReader();
        storage.client(() -> true);
        assertThatThrownBy(database::borrowReader)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.CLIENT_GONE));
        database.giveBackReader(first);
        database.giveBackReader(second);
        assertThat(storage.databases().waitingRoom().waiting()).isZero();
    }

    @Test
    void wakesWhoWaits() throws Exception {
        EngineConnection first = database.borrowReader();
        EngineConnection second = database.borrowReader();
        CompletableFuture<List<List<Object>>> waiter = CompletableFuture.supplyAsync(() -> {
            while (true) {
                try {
                    return StorageFixture.read(database, "SELECT 1");
                } catch (ProblemException stillBusy) {
                    assertThat(stillBusy.problem().code()).isEqualTo(ProblemCode.SQL_BUSY);
                }
            }
        });
        database.giveBackReader(first);
        assertThat(waiter.get(20, TimeUnit.SECONDS)).containsExactly(List.of(1L));
        database.giveBackReader(second);
    }

    @Test
    void closesAChangedConnectionAndOpensAnother() {
        EngineConnection changed = database.borrowReader();
        changed.taint();
        database.giveBackReader(changed);
        EngineConnection fresh = database.borrowReader();
        assertThat(fresh).isNotSameAs(changed);
        database.giveBackReader(fresh);
        assertThat(database.openConnections()).isEqualTo(2);
    }

    @Test
    void cannotWrite() {
        EngineConnection reader = database.borrowReader();
        for (String sql : new String[] {"CREATE TABLE t(a)", "PRAGMA user_version=1"}) {
            assertThatThrownBy(() -> StorageFixture.run(reader, sql))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.SQL_READ_ONLY));
        }
        database.giveBackReader(reader);
    }

    @Test
    void holdsNoSnapshotBetweenTwoUses() {
        StorageFixture.write(database, "CREATE TABLE t(a)");
        for (long i = 1; i <= 3; i++) {
            StorageFixture.write(database, "INSERT INTO t VALUES(?)", i);
            assertThat(StorageFixture.read(database, "SELECT max(a) FROM t")).containsExactly(List.of(i));
        }
    }
}
