package net.quicsql.engine;

import net.quicsql.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * How a batch ended. Immutable.
 *
 * @param problem why it was rolled back; null where it was committed
 * @param failedIndex the statement that failed, from 0; {@link #NO_STATEMENT} where the batch failed at its begin or commit
 *     and where it did not fail
 */
public record BatchOutcome(@Nullable Problem problem, int failedIndex) {
    public static final int NO_STATEMENT = -1;

    static final BatchOutcome COMMITTED = new BatchOutcome(null, NO_STATEMENT);
}
