package net.quicsql.hrana;

import java.util.List;

/**
 * Steps to run in order, each under its condition (Hrana 3, "Batches"). A step that fails stops no other. Immutable.
 */
public record Batch(List<BatchStep> steps) {
    /**
     * @throws net.quicsql.problem.ProblemException INVALID_REQUEST when a condition refers to its own or to a later step
     */
    public Batch {
        steps = List.copyOf(steps);
        for (int i = 0; i < steps.size(); i++) {
            BatchCondition condition = steps.get(i).condition();
            if (condition != null) {
                condition.requireStepsBefore(i);
            }
        }
    }

    /** Whether some step's condition asks for the stream's autocommit state. */
    boolean asksForAutocommit() {
        for (BatchStep step : steps) {
            BatchCondition condition = step.condition();
            if (condition != null && condition.asksForAutocommit()) {
                return true;
            }
        }
        return false;
    }
}
