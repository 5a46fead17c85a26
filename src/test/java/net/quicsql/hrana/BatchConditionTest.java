package net.quicsql.hrana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.quicsql.hrana.BatchCondition.And;
import net.quicsql.hrana.BatchCondition.Error;
import net.quicsql.hrana.BatchCondition.IsAutocommit;
import net.quicsql.hrana.BatchCondition.Not;
import net.quicsql.hrana.BatchCondition.Ok;
import net.quicsql.hrana.BatchCondition.Or;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Arguments;
import org.junit.jupiter.api.Test;

class BatchConditionTest {
    private static final int SUCCEEDED = 0;
    private static final int FAILED = 1;
    private static final int SKIPPED = 2;

    private final BatchState state = new BatchState() {
        @Override
        public boolean isOk(int step) {
            return step == SUCCEEDED;
        }

        @Override
        public boolean isError(int step) {
            return step == FAILED;
        }

        @Override
        public boolean isAutocommit() {
            return true;
        }
    };

    @Test
    void tellsSuccessFromFailure() {
        assertThat(new Ok(SUCCEEDED).evaluate(state)).isTrue();
        assertThat(new Error(SUCCEEDED).evaluate(state)).isFalse();
        assertThat(new Ok(FAILED).evaluate(state)).isFalse();
        assertThat(new Error(FAILED).evaluate(state)).isTrue();
    }

    @Test
    void takesASkippedStepForNeither() {
        assertThat(new Ok(SKIPPED).evaluate(state)).isFalse();
        assertThat(new Error(SKIPPED).evaluate(state)).isFalse();
        assertThat(new Not(new Ok(SKIPPED)).evaluate(state)).isTrue();
    }

    @Test
    void combines() {
        BatchCondition yes = new IsAutocommit();
        BatchCondition no = new Not(yes);
        assertThat(new And(List.of()).evaluate(state)).isTrue();
        assertThat(new And(List.of(yes, yes)).evaluate(state)).isTrue();
        assertThat(new And(List.of(yes, no)).evaluate(state)).isFalse();
        assertThat(new Or(List.of()).evaluate(state)).isFalse();
        assertThat(new Or(List.of(no, no)).evaluate(state)).isFalse();
        assertThat(new Or(List.of(no, yes)).evaluate(state)).isTrue();
        assertThat(new Not(new And(List.of(no, new Or(List.of(yes))))).evaluate(state))
                .isTrue();
    }

    @Test
    void refersToEarlierStepsOnly() {
        Stmt stmt = new Stmt(SqlText.of("SELECT 1"), Arguments.none(), true);
        BatchStep first = new BatchStep(null, stmt);
        assertThat(new Batch(List.of(first, new BatchStep(new Ok(0), stmt))).steps())
                .hasSize(2);
        for (BatchCondition condition : List.of(
                new Ok(1),
                new Error(2),
                new Ok(-1),
                new Not(new Error(1)),
                new And(List.of(new Ok(0), new Ok(1))),
                new Or(List.of(new Not(new Ok(7)))))) {
            assertThatThrownBy(() -> new Batch(List.of(first, new BatchStep(condition, stmt))))
                    .isInstanceOf(ProblemException.class);
        }
    }

    @Test
    void knowsWhetherItAsksForAutocommit() {
        assertThat(new Ok(0).asksForAutocommit()).isFalse();
        assertThat(new Or(List.of(new Ok(0), new Not(new IsAutocommit()))).asksForAutocommit())
                .isTrue();
        assertThat(new And(List.of(new Error(0))).asksForAutocommit()).isFalse();
    }
}
