package net.quicsql.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.quicsql.access.DatabaseName;
import net.quicsql.limits.TransactionPlaces.Place;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransactionPlacesTest {
    private static final DatabaseName APP = new DatabaseName("app");
    private static final DatabaseName OTHER = new DatabaseName("other");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final WaitingRoom room = new WaitingRoom(50);
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void countsDatabasesApartAndForgetsThem() {
        TransactionPlaces places = places(2, 2, "20s");
        Place first = free(places, APP, "ada");
        Place second = free(places, APP, "bob");
        assertThat(places.poll(APP, "eve")).isEmpty();
        Place elsewhere = free(places, OTHER, "eve");
        assertThat(places.remembered()).isEqualTo(2);
        first.giveBack();
        second.giveBack();
        elsewhere.giveBack();
        assertThat(places.remembered()).isZero();
    }

    @Test
    void givesAPlaceBackOnce() {
        TransactionPlaces places = places(1, 1, "20s");
        Place first = free(places, APP, "ada");
        first.giveBack();
        Place second = free(places, APP, "ada");
        first.giveBack();
        assertThat(places.poll(APP, "ada")).isEmpty();
        second.giveBack();
        free(places, APP, "ada");
    }

    @Test
    void givesNoPlaceToAThreadWhoseWaitHasFailed() {
        TransactionPlaces places = places(1, 1, "20s");
        Place only = free(places, APP, "ada");
        assertThatThrownBy(() -> places.await(APP, "bob", () -> {
                    throw new OutOfMemoryError("for the test");
                }))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(room.waiting()).isZero();
        only.giveBack();
        assertThat(places.remembered()).isZero();
    }

    @Test
    void leavesPlacesForOtherPrincipals() {
        TransactionPlaces places = places(3, 2, "20s");
        free(places, APP, "ada");
        free(places, APP, "ada");
        assertThat(places.poll(APP, "ada")).isEmpty();
        free(places, APP, "bob");
        assertThat(places.poll(APP, "bob")).isEmpty();
    }

    @Test
    void servesTheLineInOrderAndPassesOverWhoHasAllHeMay() throws Exception {
        TransactionPlaces places = places(3, 2, "20s");
        Place ada = free(places, APP, "ada");
        Place adaToo = free(places, APP, "ada");
        Place bob = free(places, APP, "bob");
        List<CompletableFuture<Place>> line = new ArrayList<>();
        for (String name : List.of("ada", "bob", "eve", "ada")) {
            line.add(waits(places, name));
            int inLine = line.size();
            Await.until(() -> room.waiting() == inLine);
        }

        bob.giveBack();
        Await.until(() -> order.size() == 1);
        assertThat(order).containsExactly("bob");
        ada.giveBack();
        Await.until(() -> order.size() == 2);
        assertThat(order).containsExactly("bob", "ada");
        line.get(1).get(20, TimeUnit.SECONDS).giveBack();
        Await.until(() -> order.size() == 3);
        assertThat(order).containsExactly("bob", "ada", "eve");
        adaToo.giveBack();
        line.get(3).get(20, TimeUnit.SECONDS).giveBack();
        line.get(0).get(20, TimeUnit.SECONDS).giveBack();
        line.get(2).get(20, TimeUnit.SECONDS).giveBack();
        assertThat(room.waiting()).isZero();
        assertThat(places.remembered()).isZero();
    }

    @Test
    void saysWhichLimitAndLeavesNoTrace() {
        TransactionPlaces places = places(3, 2, "151ms");
        Place ada = free(places, APP, "ada");
        Place adaToo = free(places, APP, "ada");
        refused(places, "ada", "a principal may have 2 in a database (limits.max_transactions_per_principal)");
        Place bob = free(places, APP, "bob");
        refused(places, "bob", "this database allows 3 at a time (limits.max_transactions_per_database)");
        refused(places, "bob", "none became free in 0.2 s (limits.lock_wait)");
        ada.giveBack();
        adaToo.giveBack();
        bob.giveBack();
        assertThat(places.remembered()).isZero();
        assertThat(room.waiting()).isZero();
    }

    @Test
    void refusesAtOnceWhenTooManyOfTheServerWait() {
        TransactionPlaces places = places(1, 1, "20s");
        free(places, APP, "ada");
        for (int i = 0; i < 50; i++) {
            assertThat(room.enter("crowd " + i % 2)).isTrue();
        }
        refused(places, "bob", "limits.max_waiting_requests is 50");
    }

    @Test
    void dropsAWaiterWhoseClientHasGone() {
        TransactionPlaces places = places(1, 1, "20s");
        Place ada = free(places, APP, "ada");
        assertThatThrownBy(() -> places.await(APP, "bob", () -> true))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.CLIENT_GONE));
        assertThat(room.waiting()).isZero();
        ada.giveBack();
        assertThat(places.remembered()).isZero();
    }

    @Test
    void sendsEverybodyAwayWhenItIsClosed() throws Exception {
        TransactionPlaces places = places(1, 1, "20s");
        Place ada = free(places, APP, "ada");
        CompletableFuture<Place> waiting = waits(places, "bob");
        Await.until(() -> room.waiting() == 1);
        places.close();
        assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS)).hasRootCauseMessage("the server is stopping");
        assertThatThrownBy(() -> places.await(APP, "eve", () -> false)).hasMessage("the server is stopping");
        ada.giveBack();
        assertThat(places.remembered()).isZero();
    }

    @Test
    void lendsNoMoreThanThereAreHoweverManyCome() throws Exception {
        TransactionPlaces places = places(4, 3, "20s");
        AtomicInteger open = new AtomicInteger();
        List<CompletableFuture<Integer>> crowd = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String principal = "principal" + i % 3;
            crowd.add(CompletableFuture.supplyAsync(
                    () -> {
                        int most = 0;
                        for (int round = 0; round < 500; round++) {
                            Place place = places.await(APP, principal, () -> false);
                            most = Math.max(most, open.incrementAndGet());
                            open.decrementAndGet();
                            place.giveBack();
                        }
                        return most;
                    },
                    threads));
        }
        for (CompletableFuture<Integer> each : crowd) {
            assertThat(each.get(20, TimeUnit.SECONDS)).isLessThanOrEqualTo(4);
        }
        assertThat(places.remembered()).isZero();
        assertThat(room.waiting()).isZero();
    }

    private TransactionPlaces places(int perDatabase, int perPrincipal, String wait) {
        LimitsConfig limits = Limits.with("\"max_transactions_per_database\":" + perDatabase
                + ",\"max_transactions_per_principal\":" + perPrincipal + ",\"lock_wait\":\"" + wait
                + "\",\"contended_idle_timeout\":\"1ms\"");
        return new TransactionPlaces(limits, room, System::nanoTime);
    }

    private static Place free(TransactionPlaces places, DatabaseName database, String principal) {
        return places.poll(database, principal).orElseThrow();
    }

    private CompletableFuture<Place> waits(TransactionPlaces places, String principal) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Place place = places.await(APP, principal, () -> false);
                    order.add(principal);
                    return place;
                },
                threads);
    }

    private static void refused(TransactionPlaces places, String principal, String words) {
        assertThatThrownBy(() -> places.await(APP, principal, () -> false))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.TOO_MANY_STREAMS);
                    assertThat(e.problem().message()).contains(words);
                });
    }
}
