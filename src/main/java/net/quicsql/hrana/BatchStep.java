package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A step of a batch. Immutable.
 *
 * @param condition the step is skipped unless this holds; null for a step that always runs
 */
public record BatchStep(@Nullable BatchCondition condition, Stmt stmt) {
    public BatchStep {
        requireNonNull(stmt, "stmt is null");
    }
}
