package net.quicsql.limits;

import static org.assertj.core.api.Assertions.assertThat;

import net.quicsql.access.DatabaseName;
import org.junit.jupiter.api.Test;

class ConcurrencyGateTest {
    private static final DatabaseName APP = new DatabaseName("app");
    private static final DatabaseName OTHER = new DatabaseName("other");

    @Test
    void letsInSoManyOnEachDatabaseAndForgetsQuietOnes() {
        ConcurrencyGate gate = new ConcurrencyGate(2);
        assertThat(gate.enter(APP)).isTrue();
        assertThat(gate.enter(APP)).isTrue();
        assertThat(gate.enter(APP)).isFalse();
        assertThat(gate.enter(OTHER)).isTrue();
        gate.leave(APP);
        assertThat(gate.enter(APP)).isTrue();
        assertThat(gate.enter(APP)).isFalse();
        gate.leave(APP);
        gate.leave(APP);
        assertThat(gate.remembered()).isEqualTo(1);
        gate.leave(OTHER);
        assertThat(gate.remembered()).isZero();
    }
}
