package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.SqliteCode;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatementClockTest {
    private static final String ENDLESS =
            "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c) SELECT count(*) FROM c";

    @TempDir
    Path folder;

    private StorageFixture storage;
    private EngineConnection connection;

    @BeforeEach
    void open() {
        storage = new StorageFixture(folder);
        connection = storage.app().lease(ConnectionRole.WRITER);
    }

    @AfterEach
    void close() throws Exception {
        storage.app().giveBackLease(connection);
        storage.close();
    }

    @Test
    void endsARunawayAtItsDeadline() {
        long started = System.nanoTime();
        connection.startClock(started + Duration.ofMillis(50).toNanos());
        assertInterrupted(() -> StorageFixture.run(connection, ENDLESS));

        assertThat(connection.stopClock()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .isBetween(Duration.ofMillis(50), Duration.ofSeconds(20));
        assertThat(StorageFixture.run(connection, "SELECT 1")).containsExactly(List.of(1L));
    }

    @Test
    void leavesAStatementAloneThatIsInTime() {
        connection.startClock(System.nanoTime() + Duration.ofMinutes(1).toNanos());
        assertThat(StorageFixture.run(connection, "SELECT 1")).containsExactly(List.of(1L));
        connection.interruptIfLate();
        assertThat(connection.stopClock()).isFalse();
    }

    @Test
    void endsTheRunningStatementWhenAsked() throws Exception {
        connection.startClock(System.nanoTime() + Duration.ofMinutes(1).toNanos());
        CompletableFuture<Void> running =
                CompletableFuture.runAsync(() -> assertInterrupted(() -> StorageFixture.run(connection, ENDLESS)));
        connection.cancel();
        running.get(20, TimeUnit.SECONDS);
        assertThat(connection.stopClock()).isTrue();
    }

    @Test
    void neverInterruptsTheNextStatement() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> interrupter = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                connection.interruptIfLate();
                storage.app().interruptLate();
            }
        });
        for (int i = 0; i < 2_000; i++) {
            // Over before it begins: the interrupt comes while nothing runs.
            connection.startClock(System.nanoTime() - 1);
            connection.stopClock();
            assertThat(StorageFixture.run(connection, "SELECT 1")).hasSize(1);
            connection.startClock(System.nanoTime() + Duration.ofMinutes(1).toNanos());
            assertThat(StorageFixture.run(connection, "SELECT 2")).hasSize(1);
            connection.stopClock();
        }
        over.set(true);
        interrupter.get(20, TimeUnit.SECONDS);
    }

    @Test
    void cancelsNothingBetweenStatements() {
        connection.cancel();
        assertThat(StorageFixture.run(connection, "SELECT 1")).hasSize(1);
        connection.startClock(System.nanoTime() + Duration.ofMinutes(1).toNanos());
        assertThat(connection.stopClock()).isFalse();
    }

    @Test
    void letsNoStatementBeginOnceTheServerStops() {
        storage.app().endWork();
        assertThatThrownBy(() -> connection.startClock(
                        System.nanoTime() + Duration.ofMinutes(1).toNanos()))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.SHUTTING_DOWN));
    }

    @Test
    void countsNoTimeWhileItIsPaused() {
        connection.startClock(System.nanoTime() + Duration.ofMillis(20).toNanos());
        connection.pauseClock();
        long paused = Duration.ofSeconds(60).toNanos();
        connection.interruptIfLate();
        connection.resumeClock(paused);
        assertThat(StorageFixture.run(connection, "SELECT 1")).hasSize(1);
        assertThat(connection.stopClock()).isFalse();

        connection.startClock(System.nanoTime() + Duration.ofMillis(20).toNanos());
        connection.pauseClock();
        connection.resumeClock(0);
        assertInterrupted(() -> StorageFixture.run(connection, ENDLESS));
        assertThat(connection.stopClock()).isTrue();
    }

    @Test
    void endsAPausedStatementWhenAsked() {
        long started = System.nanoTime();
        connection.startClock(System.nanoTime() + Duration.ofMinutes(1).toNanos());
        connection.pauseClock();
        connection.cancel();
        connection.resumeClock(0);
        assertInterrupted(() -> StorageFixture.run(connection, ENDLESS));
        assertThat(connection.stopClock()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void doesNotGoOnWhereItWasStoppedMeanwhile() {
        connection.startClock(System.nanoTime() + Duration.ofMillis(1).toNanos());
        connection.pauseClock();
        connection.stopClock();
        connection.resumeClock(-Duration.ofMinutes(1).toNanos());
        assertThat(StorageFixture.run(connection, "SELECT 1")).hasSize(1);
        assertThat(connection.stopClock()).isFalse();
    }

    @Test
    void endsAReadWhoseClientHasGoneAndLetsTheNextOneRun() {
        storage.client(() -> true);
        connection.startReadClock(farAway());
        assertInterrupted(() -> StorageFixture.run(connection, ENDLESS));
        assertThat(connection.stopClock()).isTrue();
        assertThat(connection.endedByHangUp()).isTrue();

        storage.client(Client.PRESENT);
        connection.startReadClock(farAway());
        assertThat(connection.endedByHangUp()).isFalse();
        assertThat(StorageFixture.run(connection, "SELECT 1")).hasSize(1);
        assertThat(connection.stopClock()).isFalse();
    }

    @Test
    void doesNowAndThenWhatIsToBeDoneWhileAReadRunsThoughItFails() {
        AtomicInteger done = new AtomicInteger();
        String count =
                "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT count(*) FROM c";
        connection.startReadClock(farAway(), () -> {
            done.incrementAndGet();
            throw new IllegalStateException("nobody is told");
        });
        assertThat(StorageFixture.run(connection, count)).containsExactly(List.of(100_000L));
        assertThat(connection.stopClock()).isFalse();
        int before = done.get();
        assertThat(before).isPositive();

        connection.startReadClock(farAway());
        assertThat(StorageFixture.run(connection, count)).containsExactly(List.of(100_000L));
        assertThat(connection.stopClock()).isFalse();
        assertThat(done).hasValue(before);
    }

    @Test
    void asksForNoClientOfAYoungStatementNorOfOneThatWrites() throws Exception {
        AtomicInteger questions = new AtomicInteger();
        storage.client(() -> questions.incrementAndGet() > 0);
        connection.startReadClock(farAway());
        connection.interruptIfLate();
        assertThat(connection.stopClock()).isFalse();
        assertThat(questions).hasValue(0);

        connection.startClock(farAway());
        long started = System.nanoTime();
        Await.until(() -> System.nanoTime() - started > Duration.ofMillis(250).toNanos());
        connection.interruptIfLate();
        assertThat(connection.stopClock()).isFalse();
        assertThat(questions).hasValue(0);
    }

    @Test
    void asksForNoClientWhileItIsPaused() throws Exception {
        AtomicInteger questions = new AtomicInteger();
        storage.client(() -> questions.incrementAndGet() > 0);
        connection.startReadClock(farAway());
        connection.pauseClock();
        long started = System.nanoTime();
        Await.until(() -> System.nanoTime() - started > Duration.ofMillis(250).toNanos());
        connection.interruptIfLate();
        assertThat(questions).hasValue(0);
        assertThat(connection.stopClock()).isFalse();
    }

    @Test
    void endsASortThatLooksAtNoClock() throws Exception {
        StorageFixture.run(
                connection,
                "CREATE TABLE t AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c"
                        + " WHERE i < 20000) SELECT random() AS r FROM c");
        connection.startClock(System.nanoTime() + Duration.ofMillis(30).toNanos());
        assertInterrupted(() -> StorageFixture.run(
                connection, "SELECT count(*) FROM (SELECT a.r FROM t a, t b ORDER BY a.r * b.r LIMIT -1 OFFSET 1)"));
        assertThat(connection.stopClock()).isTrue();
    }

    private static long farAway() {
        return System.nanoTime() + Duration.ofMinutes(1).toNanos();
    }

    private static void assertInterrupted(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(((Problem.SqlFailed) e.problem()).primaryCode())
                                .isEqualTo(SqliteCode.INTERRUPT));
    }
}
