package net.quicsql.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
    @Test
    void letsInAsManyAsThereAreSeats() {
        WaitingRoom room = new WaitingRoom(2);
        assertThat(room.enter("ada")).isTrue();
        assertThat(room.enter("ada")).isTrue();
        assertThat(room.enter("ada")).isFalse();
        assertThat(room.waiting()).isEqualTo(2);
        room.leave("ada");
        assertThat(room.enter("ada")).isTrue();
    }

    @Test
    void keepsAQuarterOfTheSeatsFromAnyOne() {
        WaitingRoom room = new WaitingRoom(8);
        for (int i = 0; i < 6; i++) {
            assertThat(room.enter("ada")).isTrue();
        }
        assertThat(room.enter("ada")).isFalse();
        assertThat(room.waiting()).isEqualTo(6);
        assertThat(room.enter("bob")).isTrue();
        assertThat(room.enter("eve")).isTrue();
        assertThat(room.enter("bob")).isFalse();
        room.leave("ada");
        assertThat(room.enter("ada")).isTrue();
    }

    @Test
    void neverHoldsMoreAndLosesNoSeat() throws Exception {
        WaitingRoom room = new WaitingRoom(3);
        AtomicInteger inside = new AtomicInteger();
        List<CompletableFuture<Integer>> crowd = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            crowd.add(CompletableFuture.supplyAsync(() -> {
                int most = 0;
                for (int round = 0; round < 20_000; round++) {
                    if (room.enter("ada")) {
                        most = Math.max(most, inside.incrementAndGet());
                        inside.decrementAndGet();
                        room.leave("ada");
                    }
                }
                return most;
            }));
        }
        for (CompletableFuture<Integer> each : crowd) {
            assertThat(each.get(20, TimeUnit.SECONDS)).isLessThanOrEqualTo(3);
        }
        assertThat(room.waiting()).isZero();
    }
}
