package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;

/** Runs the steps of one batch in order, each under its condition. One thread at a time, one batch only. */
final class BatchRunner implements BatchState {
    private static final byte SKIPPED = 0;
    private static final byte OK = 1;
    private static final byte FAILED = 2;

    private final List<BatchStep> steps;
    private final StatementExecutor executor;
    private final BooleanSupplier autocommit;
    private final LongSupplier nanoTime;
    private final byte[] outcomes;

    BatchRunner(Batch batch, StatementExecutor executor, BooleanSupplier autocommit, LongSupplier nanoTime) {
        this.steps = batch.steps();
        this.executor = requireNonNull(executor, "executor is null");
        this.autocommit = requireNonNull(autocommit, "autocommit is null");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
        this.outcomes = new byte[steps.size()];
    }

    /** Runs all steps. What fails is written as that step's error and thrown to nobody. */
    void run(BatchEncoder encoder) {
        for (int i = 0; i < outcomes.length && !encoder.isAbandoned(); i++) {
            outcomes[i] = run(i, steps.get(i), encoder);
        }
    }

    private byte run(int index, BatchStep step, BatchEncoder encoder) {
        try {
            BatchCondition condition = step.condition();
            if (condition != null && !condition.evaluate(this)) {
                encoder.skip(index);
                return SKIPPED;
            }
            RowSink sink = encoder.begin(index, step.stmt().wantRows());
            long started = nanoTime.getAsLong();
            StatementResult result = executor.execute(index, step.stmt(), sink);
            return encoder.end(index, result, nanoTime.getAsLong() - started) ? OK : FAILED;
        } catch (ProblemException e) {
            encoder.error(index, e.problem());
        } catch (RuntimeException e) {
            encoder.error(index, HranaErrors.unexpected(e));
        }
        return FAILED;
    }

    @Override
    public boolean isOk(int step) {
        return outcomes[step] == OK;
    }

    @Override
    public boolean isError(int step) {
        return outcomes[step] == FAILED;
    }

    @Override
    public boolean isAutocommit() {
        return autocommit.getAsBoolean();
    }
}
