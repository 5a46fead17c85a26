package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WalGateTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(20);

    private final WalGate gate = new WalGate();

    @Test
    void letsEverybodyThroughWhileItIsOpen() {
        assertThat(gate.pass(0)).isTrue();
    }

    @Test
    void holdsBackUntilItOpens() throws Exception {
        gate.shut();
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> gate.pass(LONG));
        assertThat(gate.pass(1_000_000)).isFalse();
        assertThat(waiting).isNotDone();
        gate.open();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void givesUpWhereTheThreadIsInterruptedAndKeepsTheInterrupt() {
        gate.shut();
        Thread.currentThread().interrupt();
        assertThat(gate.pass(LONG)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void staysOpenOnceItIsRemoved() {
        gate.shut();
        gate.remove();
        gate.shut();
        assertThat(gate.pass(0)).isTrue();
        assertThat(gate.isShut()).isFalse();
    }
}
