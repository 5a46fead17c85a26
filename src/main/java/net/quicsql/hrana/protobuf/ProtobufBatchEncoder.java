package net.quicsql.hrana.protobuf;

import net.quicsql.hrana.BatchEncoder;
import net.quicsql.problem.Problem;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;

/**
 * Writes the fields of one batch's result within a pipeline (Hrana 3, "Batch results"): a step that succeeded is an entry of
 * one map, a step that failed an entry of the other, a step that was skipped is in neither. One thread at a time.
 */
final class ProtobufBatchEncoder implements BatchEncoder {
    /** The fields of a map's entry are numbered by Protobuf itself. */
    private static final int KEY = 1;

    private static final int VALUE = 2;

    private final MessageOutput output;
    private final ProtobufStatementResult result;
    private final int maxBytes;
    private final Problem tooLarge;

    /** The step that has begun, or -1 between steps. */
    private int begun = -1;
    /** Where the entry of the step that has begun starts. */
    private long entry;
    /** Where its result starts. */
    private long value;

    ProtobufBatchEncoder(MessageOutput output, ProtobufStatementResult result, int maxBytes, Problem tooLarge) {
        this.output = output;
        this.result = result;
        this.maxBytes = maxBytes;
        this.tooLarge = tooLarge;
    }

    @Override
    public RowSink begin(int step, boolean wantRows) {
        beginStep(step);
        result.begin(wantRows);
        return result;
    }

    @Override
    public boolean end(int step, StatementResult statementResult, long nanoseconds) {
        if (!result.end(statementResult, nanoseconds)) {
            error(step, tooLarge);
            return false;
        }
        output.wrap(value, VALUE);
        output.wrap(entry, HranaMessages.BatchResult.STEP_RESULTS_FIELD_NUMBER);
        begun = -1;
        return true;
    }

    @Override
    public void error(int step, Problem problem) {
        if (begun == step) {
            output.truncate(entry);
        }
        writeError(step, problem);
        if (output.size() > maxBytes && output.sizeFrom(entry) > ProtobufResponses.SHORT_ERROR_BYTES) {
            output.truncate(entry);
            writeError(step, tooLarge);
        }
        begun = -1;
    }

    @Override
    public void skip(int step) {}

    @Override
    public boolean isAbandoned() {
        return false;
    }

    private void beginStep(int step) {
        entry = output.mark();
        output.unsigned(KEY, step);
        value = output.mark();
        begun = step;
    }

    private void writeError(int step, Problem problem) {
        beginStep(step);
        output.message(VALUE, ProtobufParts.error(problem));
        output.wrap(entry, HranaMessages.BatchResult.STEP_ERRORS_FIELD_NUMBER);
    }
}
