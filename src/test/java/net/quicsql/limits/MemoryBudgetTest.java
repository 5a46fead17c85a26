package net.quicsql.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryBudgetTest {
    private static final long MIB = 1L << 20;

    private final MemoryBudget budget = new MemoryBudget(100);

    @Test
    void givesAllThatThereIsAndNoMore() {
        try (MemoryShare one = budget.share();
                MemoryShare other = budget.share()) {
            one.take(60);
            assertThat(other.tryTake(41)).isFalse();
            assertThat(other.held()).isZero();
            assertThat(other.tryTake(40)).isTrue();
            assertThat(budget.held()).isEqualTo(100);
            one.giveBack(10);
            other.take(10);
        }
        assertThat(budget.held()).isZero();
    }

    @Test
    void refusesWithAProblemThatIsWorthARetry() {
        MemoryShare share = budget.share();
        assertThatThrownBy(() -> share.take(101)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.OVERLOADED);
            assertThat(e.problem().code().status()).isEqualTo(503);
            assertThat(e.problem().retryAfter()).isPresent();
            assertThat(e.problem().message()).contains("limits.memory_budget");
        });
        assertThat(budget.held()).isZero();
    }

    @Test
    void closesTwice() {
        MemoryShare share = budget.share();
        share.take(70);
        share.close();
        share.close();
        assertThat(budget.held()).isZero();
        assertThat(share.held()).isZero();
    }

    @Test
    void countsWhatHugeRequestsAskForWithoutOverflow() {
        MemoryShare share = budget.share();
        share.take(1);
        assertThat(share.tryTake(Long.MAX_VALUE)).isFalse();
        assertThatThrownBy(() -> share.giveBack(2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void staysWithinItsBoundUnderManyThreads() throws Exception {
        AtomicLong most = new AtomicLong();
        Callable<Void> task = () -> {
            for (int i = 0; i < 20_000; i++) {
                try (MemoryShare share = budget.share()) {
                    if (share.tryTake(30)) {
                        most.accumulateAndGet(budget.held(), Math::max);
                    }
                }
            }
            return null;
        };
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Void>> done = new ArrayList<>(threads.invokeAll(List.of(task, task, task, task, task, task)));
            for (Future<Void> one : done) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(most.get()).isBetween(30L, 100L);
        assertThat(budget.held()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"32, 16", "96, 16", "128, 32", "1024, 480", "12288, 6112"})
    void suitsTheHeap(long heapMiB, long budgetMiB) {
        assertThat(MemoryBudget.suiting(heapMiB * MIB)).isEqualTo(budgetMiB * MIB);
    }
}
