package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.util.List;
import net.quicsql.problem.Problem;

/**
 * When a step of a batch runs (Hrana 3, "Batch conditions"). Immutable. The methods recurse: whoever decodes conditions
 * bounds how deeply they nest.
 */
public sealed interface BatchCondition {

    boolean evaluate(BatchState state);

    /** Whether this condition or one inside it asks for the autocommit state. */
    boolean asksForAutocommit();

    /**
     * Checks that this condition refers to earlier steps only.
     *
     * @param step the step that it belongs to
     * @throws net.quicsql.problem.ProblemException INVALID_REQUEST
     */
    void requireStepsBefore(int step);

    /** The step ran and succeeded. */
    record Ok(int step) implements BatchCondition {
        @Override
        public boolean evaluate(BatchState state) {
            return state.isOk(step);
        }

        @Override
        public boolean asksForAutocommit() {
            return false;
        }

        @Override
        public void requireStepsBefore(int own) {
            requireEarlier(step, own);
        }
    }

    /** The step ran and failed. */
    @SuppressWarnings("JavaLangClash") // the specification's word
    record Error(int step) implements BatchCondition {
        @Override
        public boolean evaluate(BatchState state) {
            return state.isError(step);
        }

        @Override
        public boolean asksForAutocommit() {
            return false;
        }

        @Override
        public void requireStepsBefore(int own) {
            requireEarlier(step, own);
        }
    }

    /** The inner condition does not hold. */
    record Not(BatchCondition cond) implements BatchCondition {
        public Not {
            requireNonNull(cond, "cond is null");
        }

        @Override
        public boolean evaluate(BatchState state) {
            return !cond.evaluate(state);
        }

        @Override
        public boolean asksForAutocommit() {
            return cond.asksForAutocommit();
        }

        @Override
        public void requireStepsBefore(int own) {
            cond.requireStepsBefore(own);
        }
    }

    /** All of them hold; true of none. */
    record And(List<BatchCondition> conds) implements BatchCondition {
        public And {
            conds = List.copyOf(conds);
        }

        @Override
        public boolean evaluate(BatchState state) {
            for (BatchCondition cond : conds) {
                if (!cond.evaluate(state)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public boolean asksForAutocommit() {
            return anyAsksForAutocommit(conds);
        }

        @Override
        public void requireStepsBefore(int own) {
            for (BatchCondition cond : conds) {
                cond.requireStepsBefore(own);
            }
        }
    }

    /** One of them holds; false of none. */
    record Or(List<BatchCondition> conds) implements BatchCondition {
        public Or {
            conds = List.copyOf(conds);
        }

        @Override
        public boolean evaluate(BatchState state) {
            for (BatchCondition cond : conds) {
                if (cond.evaluate(state)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean asksForAutocommit() {
            return anyAsksForAutocommit(conds);
        }

        @Override
        public void requireStepsBefore(int own) {
            for (BatchCondition cond : conds) {
                cond.requireStepsBefore(own);
            }
        }
    }

    /** The stream is outside any transaction when the step's turn comes. */
    record IsAutocommit() implements BatchCondition {
        @Override
        public boolean evaluate(BatchState state) {
            return state.isAutocommit();
        }

        @Override
        public boolean asksForAutocommit() {
            return true;
        }

        @Override
        public void requireStepsBefore(int own) {}
    }

    private static boolean anyAsksForAutocommit(List<BatchCondition> conds) {
        for (BatchCondition cond : conds) {
            if (cond.asksForAutocommit()) {
                return true;
            }
        }
        return false;
    }

    private static void requireEarlier(int step, int own) {
        if (step < 0 || step >= own) {
            throw new Problem.AgainstProtocol("a condition of step " + own + " refers to no earlier step")
                    .toException();
        }
    }
}
