package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import net.quicsql.limits.WaitingRoom;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.Test;

class WriterQueueTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(20);
    private static final int SEATS = 10;

    private final WriterQueue queue = new WriterQueue(System::nanoTime, new WaitingRoom(SEATS));
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final List<CompletableFuture<Void>> writers = new ArrayList<>();

    @Test
    void givesAFreeTurnAtOnce() {
        try (WriterTurn turn = queue.acquire("ada", "a write", 0)) {
            assertThat(queue.isContended()).isFalse();
        }
        queue.acquire("ada", "a write", 0).close();
    }

    @Test
    void refusesAtOnceWhenTooManyOfTheServerWait() throws Exception {
        WaitingRoom room = new WaitingRoom(2);
        WriterQueue small = new WriterQueue(System::nanoTime, room);
        WriterTurn holder = small.acquire("ada", "BEGIN IMMEDIATE", LONG);
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            // On threads of their own: from Java 25 on, two cores share a pool of one.
            waiting.add(CompletableFuture.runAsync(
                    () -> small.acquire("bob", "a write", LONG).close(), task -> new Thread(task, "waiting").start()));
        }
        Await.until(() -> small.depth() == 2);

        assertThatThrownBy(() -> small.acquire("eve", "a write", LONG))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.SQL_BUSY);
                    assertThat(e.problem().message())
                            .startsWith("database is locked, and as many requests of this server wait already as may"
                                    + " (limits.max_waiting_requests is 2")
                            .contains("by principal 'ada' (BEGIN IMMEDIATE)");
                });
        assertThat(small.depth()).isEqualTo(2);

        holder.close();
        for (CompletableFuture<Void> waiter : waiting) {
            waiter.get(20, TimeUnit.SECONDS);
        }
        assertThat(room.waiting()).isZero();
    }

    @Test
    void handsNoTurnToAThreadWhoseWaitHasFailed() throws Exception {
        WaitingRoom room = new WaitingRoom(SEATS);
        WriterQueue line = new WriterQueue(System::nanoTime, room);
        Client failing = () -> {
            throw new OutOfMemoryError("for the test");
        };
        try (WriterTurn holder = line.acquire("ada", "a write", LONG)) {
            assertThatThrownBy(() -> line.acquire("bob", "a write", LONG, failing))
                    .isInstanceOf(OutOfMemoryError.class);
            assertThat(line.depth()).isZero();
            assertThat(room.waiting()).isZero();
        }
        line.acquire("eve", "a write", 0).close();
    }

    @Test
    void servesOnePrincipalInOrder() throws Exception {
        WriterTurn first = queue.acquire("ada", "a write", LONG);
        for (String name : new String[] {"1", "2", "3", "4"}) {
            waits("ada", name);
        }
        first.close();
        finish();
        assertThat(order).containsExactly("1", "2", "3", "4");
    }

    @Test
    void refusesWhoeverWaitsWhenItIsClosed() throws Exception {
        WriterTurn holder = queue.acquire("ada", "a write", LONG);
        CompletableFuture<ProblemCode> waiting = CompletableFuture.supplyAsync(() -> {
            try (WriterTurn turn = queue.acquire("bob", "a write", LONG)) {
                throw new AssertionError("a closed queue gave a turn");
            } catch (ProblemException e) {
                return e.problem().code();
            }
        });
        while (!queue.isContended()) {
            Thread.onSpinWait();
        }
        queue.close();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(ProblemCode.SHUTTING_DOWN);
        assertThat(queue.depth()).isZero();
        holder.close();
        queue.acquireForUpkeep("closing", LONG).close();
    }

    @Test
    void rotatesAmongPrincipals() throws Exception {
        WriterTurn first = queue.acquire("ada", "a write", LONG);
        waits("ada", "a1");
        waits("ada", "a2");
        waits("ada", "a3");
        waits("bob", "b1");
        waits("bob", "b2");
        waits("eve", "e1");
        first.close();
        finish();
        assertThat(order).containsExactly("a1", "b1", "e1", "a2", "b2", "a3");
        assertThat(queue.depth()).isZero();
    }

    @Test
    void namesTheHolderWhenTheWaitHasPassed() {
        AtomicLong now = new AtomicLong();
        WriterQueue clocked = new WriterQueue(() -> now.getAndAdd(500_000_000L), new WaitingRoom(SEATS));
        WriterTurn held = clocked.acquire("ada", "BEGIN IMMEDIATE", LONG);

        assertThatThrownBy(() -> clocked.acquire("bob", "a write", 250_000_000L))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.SQL_BUSY);
                    assertThat(e.problem().wireCode()).isEqualTo("SQLITE_BUSY");
                    assertThat(e.problem().message())
                            .matches("database is locked: waited 0\\.3 s \\(limits\\.lock_wait\\) for the write lock;"
                                    + " held for \\d\\.\\d s by principal 'ada' \\(BEGIN IMMEDIATE\\).*");
                });
        assertThat(clocked.depth()).isZero();
        held.close();
        clocked.acquire("bob", "a write", 0).close();
    }

    @Test
    void namesAnAnonymousHolder() {
        WriterTurn held = queue.acquire("", "a batch", LONG);
        assertThatThrownBy(() -> queue.acquire("", "a write", 0))
                .hasMessageContaining("by an anonymous client (a batch)");
        held.close();
    }

    @Test
    void dropsAWaiterWhoseClientHasGone() {
        WriterTurn held = queue.acquire("ada", "a write", LONG);
        assertThatThrownBy(() -> queue.acquire("bob", "a write", LONG, () -> true))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.CLIENT_GONE));
        assertThat(queue.depth()).isZero();
        held.close();
        queue.acquire("eve", "a write", 0).close();
    }

    @Test
    void givesAFreeTurnToWhoeverAsks() {
        queue.acquire("bob", "a write", LONG, () -> true).close();
    }

    @Test
    void endsAnInterruptedWaitAndStaysInterrupted() throws Exception {
        WriterTurn held = queue.acquire("ada", "a write", LONG);
        AtomicReference<Problem> told = new AtomicReference<>();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread waiter = new Thread(() -> {
            try {
                queue.acquire("bob", "a write", LONG).close();
            } catch (ProblemException e) {
                told.set(e.problem());
            }
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        waiter.start();
        Await.until(() -> queue.depth() == 1);
        waiter.interrupt();
        waiter.join(20_000);

        assertThat(told.get().code()).isEqualTo(ProblemCode.SQL_BUSY);
        assertThat(interrupted.get()).isTrue();
        assertThat(queue.depth()).isZero();
        held.close();
        queue.acquire("eve", "a write", 0).close();
    }

    @Test
    void handsOnWhereSomeGaveUp() throws Exception {
        WriterTurn held = queue.acquire("ada", "a write", LONG);
        assertThatThrownBy(() -> queue.acquire("bob", "a write", 1_000_000)).isInstanceOf(ProblemException.class);
        waits("eve", "e");
        held.close();
        held.close();
        finish();
        assertThat(order).containsExactly("e");
    }

    @Test
    void closesATurnOnceOnly() {
        WriterTurn first = queue.acquire("ada", "a write", LONG);
        first.close();
        WriterTurn second = queue.acquire("bob", "a write", LONG);
        first.close();
        assertThatThrownBy(() -> queue.acquire("eve", "a write", 0)).hasMessageContaining("principal 'bob'");
        second.close();
    }

    @Test
    void neverHasTwoHolders() throws Exception {
        AtomicLong inside = new AtomicLong();
        AtomicLong turns = new AtomicLong();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String principal = "p" + i % 2;
            threads.add(CompletableFuture.runAsync(
                    () -> {
                        for (int k = 0; k < 500; k++) {
                            try (WriterTurn turn = queue.acquire(principal, "a write", LONG)) {
                                assertThat(inside.incrementAndGet()).isEqualTo(1);
                                turns.incrementAndGet();
                                inside.decrementAndGet();
                            }
                        }
                    },
                    task -> new Thread(task).start()));
        }
        for (CompletableFuture<Void> thread : threads) {
            thread.get(20, TimeUnit.SECONDS);
        }
        assertThat(turns).hasValue(2000);
        assertThat(queue.depth()).isZero();
    }

    /** Puts a writer in line and returns once it stands there. */
    private void waits(String principal, String name) throws Exception {
        int before = queue.depth();
        writers.add(CompletableFuture.runAsync(
                () -> {
                    try (WriterTurn turn = queue.acquire(principal, name, LONG)) {
                        order.add(name);
                    }
                },
                task -> new Thread(task).start()));
        Await.until(() -> queue.depth() == before + 1);
    }

    private void finish() throws Exception {
        for (CompletableFuture<Void> writer : writers) {
            writer.get(20, TimeUnit.SECONDS);
        }
    }
}
