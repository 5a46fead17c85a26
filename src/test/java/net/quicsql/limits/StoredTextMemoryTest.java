package net.quicsql.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;

class StoredTextMemoryTest {
    private static final long FREE = MemoryShare.FREE_BYTES;
    private static final long MOST = 1_000;

    private final StoredTextMemory memory = new StoredTextMemory(4 * MOST);

    @Test
    void countsWhatIsPastTheFreePartOfEachOwner() {
        StoredTextMemory.Share one = memory.share();
        StoredTextMemory.Share other = memory.share();
        one.add(FREE);
        other.add(FREE - 1);
        assertThat(memory.held()).isZero();
        one.add(10);
        other.add(10);
        assertThat(memory.held()).isEqualTo(19);
        one.remove(FREE);
        assertThat(memory.held()).isEqualTo(9);
        other.remove(10);
        assertThat(memory.held()).isZero();
    }

    @Test
    void refusesWhatDoesNotFitAndHoldsWhatItHeld() {
        StoredTextMemory.Share one = memory.share();
        StoredTextMemory.Share other = memory.share();
        one.add(FREE + MOST - 5);
        other.add(FREE);
        assertThatThrownBy(() -> other.add(6)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.OVERLOADED);
            assertThat(e.problem().message()).contains("stored SQL texts", "limits.memory_budget");
        });
        assertThat(memory.held()).isEqualTo(MOST - 5);
        other.add(5);
        one.close();
        other.add(6);
        assertThat(memory.held()).isEqualTo(11);
    }

    @Test
    void holdsNothingOnceClosed() {
        StoredTextMemory.Share share = memory.share();
        share.add(FREE + 10);
        share.close();
        share.close();
        share.add(FREE + 20);
        share.remove(FREE + 10);
        assertThat(memory.held()).isZero();
    }
}
