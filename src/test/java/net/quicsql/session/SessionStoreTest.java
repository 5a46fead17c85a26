package net.quicsql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.quicsql.access.DatabaseName;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.WaitingRoom;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.storage.Client;
import net.quicsql.storage.ConnectionLimits;
import net.quicsql.storage.ConnectionRole;
import net.quicsql.storage.DataDirectory;
import net.quicsql.storage.Database;
import net.quicsql.storage.DatabaseConfig;
import net.quicsql.storage.DatabaseManager;
import net.quicsql.storage.StorageConfig;
import net.quicsql.storage.WriterTurn;
import net.quicsql.testing.Await;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams between their requests, under a clock that is turned by hand: the store and its reaper. */
class SessionStoreTest {
    private static final LimitsConfig LIMITS = LimitsConfig.defaults();
    private static final Duration LITTLE = Duration.ofMillis(1);

    @TempDir
    Path folder;

    private final HandClock clock = new HandClock();
    private final AtomicInteger permits = new AtomicInteger();
    private DatabaseManager databases;
    private Database app;
    private Database other;
    private SessionStore store;
    private SessionReaper reaper;

    @BeforeEach
    void open() throws Exception {
        databases = new DatabaseManager(
                DataDirectory.open(folder),
                Map.of(
                        new DatabaseName("app"), DatabaseConfig.defaults(),
                        new DatabaseName("other"), DatabaseConfig.defaults()),
                StorageConfig.defaults(),
                new ConnectionLimits(1 << 20, 1 << 20, Duration.ofSeconds(20), Duration.ofSeconds(20)),
                new ServerMetrics(new MetricRegistry()),
                new WaitingRoom(10),
                () -> Client.PRESENT);
        databases.start();
        app = databases.find(new DatabaseName("app")).orElseThrow().open();
        other = databases.find(new DatabaseName("other")).orElseThrow().open();
        store = store();
        reaper = new SessionReaper(store, LIMITS, clock::nanoTime);
    }

    @AfterEach
    void close() throws Exception {
        reaper.stop();
        databases.stop();
    }

    @Test
    void keepsNothingOfAStreamInAutocommit() {
        String baton = store.park(store.open(app, "dev"));
        assertThat(store.live()).isEmpty();

        Session resumed = store.resume(app, "dev", baton);
        resumed.lastInsertRowid(77);
        resumed.enforceForeignKeys(false);
        String next = store.park(resumed);
        assertThat(store.live()).isEmpty();

        Session again = store().resume(app, "dev", next);
        assertThat(again.lastInsertRowid()).isEqualTo(77);
        assertThat(again.enforcesForeignKeys()).isFalse();
        assertThat(again.abort()).isNull();
    }

    @Test
    void takesNoSettingForStateThatChangesNothing() {
        Session session = store.open(app, "dev");
        session.enforceForeignKeys(false);
        session.enforceForeignKeys(true);
        Session again = store.resume(app, "dev", store.park(session));
        assertThat(again.enforcesForeignKeys()).isTrue();
        store.close(again);
    }

    @Test
    void letsAParkedStreamLiveForADay() {
        String baton = store.park(store.open(app, "dev"));
        clock.pass(LIMITS.batonLifetime());
        String next = store.park(store.resume(app, "dev", baton));
        clock.pass(LIMITS.batonLifetime().plusSeconds(1));
        refuses(ProblemCode.INVALID_BATON, "limits.baton_lifetime", () -> store.resume(app, "dev", next));
    }

    @Test
    void refusesBatonsThatAreNotTheCallers() {
        String baton = store.park(store.open(app, "dev"));

        refuses(ProblemCode.ACCESS_DENIED, "another principal", () -> store.resume(app, "eve", baton));
        refuses(ProblemCode.INVALID_BATON, "another database", () -> store.resume(other, "dev", baton));
        refuses(ProblemCode.INVALID_BATON, "not one of this server's", () -> store.resume(app, "dev", baton + "A"));
        // Nobody has burnt it.
        store.close(store.resume(app, "dev", baton));
    }

    @Test
    void takesEachBatonOfALiveStreamOnce() {
        String first = store.park(inTransaction());
        assertThat(store.live()).hasSize(1);
        Session session = store.resume(app, "dev", first);
        refuses(ProblemCode.INVALID_BATON, "used already", () -> store.resume(app, "dev", first));
        String second = store.park(session);
        refuses(ProblemCode.INVALID_BATON, "used already", () -> store.resume(app, "dev", first));
        refuses(ProblemCode.ACCESS_DENIED, "another principal", () -> store.resume(app, "eve", second));

        Session last = store.resume(app, "dev", second);
        assertThat(last.inTransaction()).isTrue();
        store.close(last);
        assertThat(store.live()).isEmpty();
        assertThat(permits).hasValue(0);
        refuses(ProblemCode.INVALID_BATON, "used already", () -> store.resume(app, "dev", second));
    }

    @Test
    void runsOneOfTwoRequestsOnOneParkedBaton() {
        String baton = store.park(store.open(app, "dev"));
        Session first = store.resume(app, "dev", baton);
        refuses(ProblemCode.INVALID_BATON, "another request", () -> store.resume(app, "dev", baton));
        store.park(first);
        store.close(store.resume(app, "dev", baton));
    }

    @Test
    void tellsThatATransactionIsGoneAfterARestart() {
        String baton = store.park(inTransaction());
        Session session = store().resume(app, "dev", baton);

        assertThat(session.abort()).isEqualTo(Abort.of(Abort.Cause.UNKNOWN));
        assertThat(session.abort().problem().message())
                .contains("if COMMIT was sent, its outcome is unknown")
                .doesNotContain("rolled back");
    }

    @Test
    void tellsFirstOfATransactionThenOfItsTemporaryObjectsAfterARestart() {
        Session session = inTransaction();
        session.lease().temporaryObjectsMade();
        Session lost = store().resume(app, "dev", store.park(session));

        assertAborted(lost, Abort.Cause.UNKNOWN_WITH_STATE, ProblemCode.TRANSACTION_LOST);
        assertThat(lost.abort().problem().message())
                .contains("if COMMIT was sent, its outcome is unknown", "temporary objects are gone too")
                .doesNotContain("rolled back");
        assertThat(store().resume(app, "dev", store().park(lost)).abort()).isEqualTo(lost.abort());
    }

    @Test
    void leavesNothingBehindWhereTheEndOfAnOldTransactionFails() {
        Session session = store.open(app, "dev");
        Lease lease = new Lease(app, app.lease(ConnectionRole.WRITER));
        lease.connection().begin();
        lease.transactionBegan(clock.nanoTime(), () -> {
            throw new IllegalStateException("on purpose");
        });
        session.lease(lease);
        String baton = store.park(session);
        clock.pass(LIMITS.maxTxLifetime().plus(LITTLE));

        assertThatThrownBy(() -> store.resume(app, "dev", baton)).hasMessage("on purpose");
        assertThat(store.live()).isEmpty();
        assertAborted(store.resume(app, "dev", baton), Abort.Cause.LIFETIME, ProblemCode.TRANSACTION_TIMEOUT);
    }

    @Test
    void endsAnIdleTransactionAtItsLimit() {
        String baton = store.park(inTransaction());
        look(LIMITS.txIdleTimeout());
        assertThat(store.live()).hasSize(1);
        look(LITTLE);
        assertThat(store.live()).isEmpty();
        assertThat(permits).hasValue(0);

        Session session = store.resume(app, "dev", baton);
        assertAborted(session, Abort.Cause.IDLE, ProblemCode.TRANSACTION_TIMEOUT);
        assertThat(session.abort().problem().message())
                .contains("idle for 30.0 s (limits.tx_idle_timeout is 30.0 s)", "until it gets a ROLLBACK");
        // The reason travels in the baton: no memory is needed.
        String next = store.park(session);
        assertThat(store.live()).isEmpty();
        assertThat(store().resume(app, "dev", next).abort()).isEqualTo(session.abort());
    }

    @Test
    void endsABusyTransactionAtTheEndOfItsLife() {
        String baton = store.park(inTransaction());
        Duration step = Duration.ofSeconds(20);
        for (Duration age = step; age.compareTo(LIMITS.maxTxLifetime()) <= 0; age = age.plus(step)) {
            look(step);
            baton = store.park(store.resume(app, "dev", baton));
        }
        look(LITTLE);
        assertAborted(store.resume(app, "dev", baton), Abort.Cause.LIFETIME, ProblemCode.TRANSACTION_TIMEOUT);
    }

    @Test
    void endsTheLifeOfATransactionThatNobodyLookedAt() {
        String baton = store.park(inTransaction());
        clock.pass(LIMITS.maxTxLifetime().plus(LITTLE));
        Session session = store.resume(app, "dev", baton);

        assertAborted(session, Abort.Cause.LIFETIME, ProblemCode.TRANSACTION_TIMEOUT);
        assertThat(session.lease()).isNull();
        assertThat(permits).hasValue(0);
        store.park(session);
        assertThat(store.live()).isEmpty();
    }

    @Test
    void endsAHolderOfTheLockSoonerWhileOthersWait() throws Exception {
        Session session = inTransaction();
        session.lease().hold(app.writerTurn("dev", "an open transaction"));
        String baton = store.park(session);
        Thread waiter = new Thread(() -> app.writerTurn("eve", "a write").close());
        waiter.start();
        Await.until(() -> app.writerQueue().isContended());

        look(LIMITS.contendedIdleTimeout());
        assertThat(store.live()).hasSize(1);
        look(LITTLE);
        waiter.join(20_000);
        assertThat(waiter.isAlive()).isFalse();
        assertAborted(store.resume(app, "dev", baton), Abort.Cause.CONTENDED_IDLE, ProblemCode.TRANSACTION_TIMEOUT);
    }

    @Test
    void leavesAReaderAloneWhileOthersWaitToWrite() throws Exception {
        store.park(inTransaction());
        WriterTurn held = app.writerTurn("eve", "a write");
        Thread waiter = new Thread(() -> app.writerTurn("bob", "a write").close());
        waiter.start();
        Await.until(() -> app.writerQueue().isContended());
        look(LIMITS.contendedIdleTimeout().plus(LITTLE));
        assertThat(store.live()).hasSize(1);
        held.close();
        waiter.join(20_000);
    }

    @Test
    void leavesAStreamAloneThatARequestWorksOn() {
        String baton = store.park(inTransaction());
        Session working = store.resume(app, "dev", baton);
        look(Duration.ofDays(1));
        assertThat(store.live()).containsExactly(working);
        assertThat(working.abort()).isNull();
        store.close(working);
    }

    @Test
    void forgetsTheWayATransactionEndedAfterAWhile() {
        String baton = store.park(inTransaction());
        look(LIMITS.txIdleTimeout().plus(LITTLE));
        clock.pass(Duration.ofMinutes(5).plus(LITTLE));
        assertAborted(store.resume(app, "dev", baton), Abort.Cause.UNKNOWN, ProblemCode.TRANSACTION_LOST);
    }

    @Test
    void refusesABatonFromBeforeTheClientsOwnEnd() {
        String open = store.park(inTransaction());
        Session session = store.resume(app, "dev", open);
        session.endLease();
        String after = store.park(session);

        assertThat(store.live()).isEmpty();
        refuses(ProblemCode.INVALID_BATON, "used already", () -> store.resume(app, "dev", open));
        store.close(store.resume(app, "dev", after));
    }

    @Test
    void endsTemporaryStateAtItsLimit() {
        Session session = store.open(app, "dev");
        Lease lease = new Lease(app, app.lease(ConnectionRole.WRITER));
        lease.temporaryObjectsMade();
        session.lease(lease);
        String baton = store.park(session);
        assertThat(store.live()).hasSize(1);

        look(LIMITS.sessionStateIdleTimeout());
        assertThat(store.live()).hasSize(1);
        look(LITTLE);
        assertThat(store.live()).isEmpty();
        assertAborted(store.resume(app, "dev", baton), Abort.Cause.SESSION_STATE, ProblemCode.SESSION_STATE_LOST);
    }

    @Test
    void keepsStoredSqlInMemory() {
        Session session = store.open(app, "dev");
        session.storedSql().put(1, "SELECT 1");
        String baton = store.park(session);
        assertThat(store.live()).hasSize(1);
        Session again = store.resume(app, "dev", baton);
        assertThat(again.storedSql()).containsEntry(1, "SELECT 1");
        again.storedSql().clear();
        store.park(again);
        assertThat(store.live()).isEmpty();
    }

    @Test
    void rollsEverythingBackAtTheStop() throws Exception {
        store.park(inTransaction());
        store.park(inTransaction());
        assertThat(store.live()).hasSize(2);
        reaper.stop();
        assertThat(store.live()).isEmpty();
        assertThat(permits).hasValue(0);
    }

    private SessionStore store() {
        try {
            return new SessionStore(
                    BatonKeys.open(folder, clock, LIMITS.batonLifetime()), LIMITS, clock, clock::nanoTime);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Session inTransaction() {
        Session session = store.open(app, "dev");
        Lease lease = new Lease(app, app.lease(ConnectionRole.WRITER));
        lease.connection().begin();
        permits.incrementAndGet();
        lease.transactionBegan(clock.nanoTime(), permits::decrementAndGet);
        session.lease(lease);
        return session;
    }

    private void look(Duration after) {
        clock.pass(after);
        reaper.look();
    }

    private static void assertAborted(Session session, Abort.Cause cause, ProblemCode code) {
        assertThat(session.abort()).isNotNull();
        assertThat(session.abort().cause()).isEqualTo(cause);
        assertThat(session.abort().problem().code()).isEqualTo(code);
        assertThat(session.inTransaction()).isFalse();
    }

    private static void refuses(ProblemCode code, String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(code);
            assertThat(e.problem().message()).contains(message);
        });
    }
}
