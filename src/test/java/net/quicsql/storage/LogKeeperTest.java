package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The timer of the database manager at work on logs whose alarm and limit are low. */
class LogKeeperTest {
    private static final long ALARM = 1 << 20;
    private static final long LOW_LIMIT = 4 << 20;

    /** More than a test writes between two looks of the timer. */
    private static final long LIMIT = 256 << 20;

    private static final String INSERT = "INSERT INTO t VALUES(zeroblob(20000))";

    private static final String READ = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i < 500)"
            + " SELECT count(*), (SELECT count(*) FROM t) FROM c";

    @TempDir
    Path folder;

    private StorageFixture storage;
    private Database database;

    @BeforeEach
    void open() {
        open(LIMIT, Duration.ofMinutes(1));
    }

    @AfterEach
    void close() throws Exception {
        storage.close();
    }

    @Test
    void beginsTheLogAnewThoughItIsWrittenAllTheTime() throws Exception {
        writeUntilBegunAnew();
        assertThat(database.wal().isPastLimit()).isFalse();
    }

    @Test
    void beginsTheLogAnewThoughReadsOverlapAllTheTime() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(CompletableFuture.runAsync(() -> {
                while (!over.get()) {
                    StorageFixture.read(database, READ);
                }
            }));
        }
        try {
            writeUntilBegunAnew();
        } finally {
            over.set(true);
            for (CompletableFuture<Void> reader : readers) {
                reader.get();
            }
        }
    }

    @Test
    void emptiesTheFileOnceNobodyHasWrittenForLong() throws Exception {
        writeUntil(() -> database.walBytes() >= ALARM / 2);
        long bytes = database.walBytes();
        AtomicLong skippedNanos = new AtomicLong();
        try (LogKeeper keeper = new LogKeeper(database, ALARM, () -> System.nanoTime() + skippedNanos.get())) {
            keeper.look();
            skippedNanos.set(Duration.ofSeconds(3).toNanos());
            try (Maintenance other = Maintenance.open(database)) {
                Await.until("it is copied", () -> {
                    keeper.look();
                    return other.look().isCopied();
                });
            }
            keeper.look();
            assertThat(database.walBytes()).as("it is written over soon").isEqualTo(bytes);

            skippedNanos.set(Duration.ofSeconds(31).toNanos());
            Await.until("it is empty", () -> {
                keeper.look();
                return database.walBytes() == 0;
            });
        }
        StorageFixture.write(database, INSERT);
        assertThat(database.walBytes()).isPositive();
    }

    @Test
    void holdsNoWriterBackForAReaderThatStays() throws Exception {
        long turns = turnsHeld();
        EngineConnection reader = oldReader();
        long started = System.nanoTime();
        writeUntil(() -> database.walBytes() > 3 * ALARM
                && System.nanoTime() - started > Duration.ofSeconds(3).toNanos());
        // One for what was written before it began to read.
        assertThat(turnsHeld() - turns).as("turns that checkpoints took").isLessThanOrEqualTo(1);
        assertThat(database.wal().warning())
                .hasValueSatisfying(
                        text -> assertThat(text).contains("not copied back", "the oldest reader has been reading for"));

        end(reader);
        Await.until(() -> database.walBytes() == 0 && database.wal().warning().isEmpty());
    }

    @Test
    void holdsWritersBackPastTheLimitAndNobodyElse() throws Exception {
        close();
        open(LOW_LIMIT, Duration.ofMinutes(1));
        EngineConnection reader = oldReader();
        WriterTurn turn = database.writerTurn("test", "a long transaction");
        EngineConnection busy = database.writer();
        busy.beginImmediate();
        for (int i = 0; i < 5; i++) {
            StorageFixture.run(busy, "INSERT INTO t VALUES(zeroblob(1000000))");
        }
        busy.commit();
        busy.beginImmediate();
        StorageFixture.run(busy, INSERT);
        Await.until(() -> database.wal().isPastLimit());

        assertThatThrownBy(() -> StorageFixture.write(database, INSERT))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.SQL_BUSY);
                    assertThat(e.problem().message())
                            .contains("storage.wal_limit", "the oldest reader has been reading for");
                });
        storage.client(() -> true);
        assertThatThrownBy(() -> StorageFixture.write(database, INSERT))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.CLIENT_GONE));
        storage.client(Client.PRESENT);
        busy.commit();
        turn.close();
        assertThat(StorageFixture.read(database, "SELECT count(*) FROM t")).containsExactly(List.of(8L));

        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> writePatiently(INSERT));
        end(reader);
        waiting.get();
        assertThat(database.wal().isPastLimit()).isFalse();
        assertThat(StorageFixture.read(database, "SELECT count(*) FROM t")).containsExactly(List.of(9L));
    }

    @Test
    void tellsWritersAtTheLimitThatTheServerStops() throws Exception {
        close();
        open(LOW_LIMIT, Duration.ofMinutes(1));
        EngineConnection reader = oldReader();
        while (!database.wal().isPastLimit()) {
            try {
                StorageFixture.write(database, INSERT);
            } catch (ProblemException e) {
                assertThat(e.problem().code()).isEqualTo(ProblemCode.SQL_BUSY);
            }
        }
        storage.databases().endWork();
        assertThatThrownBy(() -> StorageFixture.write(database, INSERT))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.SHUTTING_DOWN));
        end(reader);
    }

    @Test
    void endsReadsThatAreTooOldPastTheAlarmAndNoOthers() throws Exception {
        close();
        open(LIMIT, Duration.ofMillis(300));
        EngineConnection old = database.lease(ConnectionRole.READER);
        EngineStatement rows = old.prepare("SELECT a FROM t");
        old.startClock(System.nanoTime() + Duration.ofMinutes(1).toNanos());
        assertThat(rows.start(new Object[0])).isTrue();
        // As a cursor does while its client takes the rows.
        old.pauseClock();
        long started = System.nanoTime();
        Await.until(() -> System.nanoTime() - started > Duration.ofSeconds(1).toNanos());
        assertThat(old.ending()).as("below the alarm").isNull();

        EngineConnection writing = database.lease(ConnectionRole.WRITER);
        writing.startClock(System.nanoTime() + Duration.ofMinutes(1).toNanos());
        writeUntil(() -> old.ending() != null);
        old.resumeClock(0);
        assertThatThrownBy(rows::next).isInstanceOf(ProblemException.class);
        assertThat(old.stopClock()).isTrue();
        Problem why = old.ending();
        assertThat(why).isNotNull();
        assertThat(why.code()).isEqualTo(ProblemCode.STATEMENT_TIMEOUT);
        assertThat(why.message()).contains("storage.wal_alarm", "limits.contended_tx_lifetime is 0.3 s");
        assertThat(writing.stopClock()).isFalse();
        old.done(rows);
        database.giveBackLease(old);
        database.giveBackLease(writing);
        writeUntilBegunAnew();
        assertThat(StorageFixture.read(database, "SELECT 1")).containsExactly(List.of(1L));
    }

    private void open(long limit, Duration snapshotLifetime) {
        StorageConfig defaults = StorageConfig.defaults();
        storage = new StorageFixture(
                folder,
                Map.of("app", DatabaseConfig.defaults()),
                new StorageConfig(
                        8,
                        defaults.statementCacheEntries(),
                        defaults.statementCacheBytes(),
                        defaults.idleConnectionsPerDatabase(),
                        ALARM,
                        limit,
                        OpenCheck.QUARANTINE),
                snapshotLifetime);
        database = storage.app();
        StorageFixture.write(database, "CREATE TABLE IF NOT EXISTS t(a)");
        StorageFixture.write(database, INSERT);
    }

    /** A connection in a read transaction that has read. */
    private EngineConnection oldReader() {
        EngineConnection reader = database.lease(ConnectionRole.READER);
        reader.begin();
        reader.transactionBegan(System.nanoTime());
        StorageFixture.run(reader, "SELECT count(*) FROM t");
        return reader;
    }

    private void end(EngineConnection reader) {
        reader.rollback();
        reader.transactionEnded();
        database.giveBackLease(reader);
    }

    private void writeUntil(Callable<Boolean> condition) throws Exception {
        Await.until(() -> {
            writePatiently(INSERT);
            return condition.call();
        });
    }

    /** The fixture's wait for the turn is short, which is of no interest on a slow machine. */
    private void writePatiently(String sql) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                StorageFixture.write(database, sql);
                return;
            } catch (ProblemException e) {
                if (e.problem().code() != ProblemCode.SQL_BUSY || System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    private void writeUntilBegunAnew() throws Exception {
        try (Maintenance looking = Maintenance.open(database)) {
            int[] before = {0};
            writeUntil(() -> {
                int last = before[0];
                before[0] = looking.look().log();
                return before[0] < last;
            });
        }
    }

    private long turnsHeld() {
        return storage.metrics().timer("quicsql.app.checkpoint_turn_seconds").getCount();
    }
}
