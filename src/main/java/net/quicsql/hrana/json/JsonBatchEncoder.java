package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.JsonEncoding.ascii;

import net.quicsql.hrana.BatchEncoder;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.Problem;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/**
 * Writes the result of one batch (Hrana 3, "Batch results"). Results go straight into the answer; the
 * errors, which stand behind all results, are kept aside from the first one on. One thread at a time.
 */
final class JsonBatchEncoder implements BatchEncoder {
    private static final byte[] STEP_RESULTS = ascii("{\"step_results\":[");
    private static final byte[] STEP_ERRORS = ascii("],\"step_errors\":[");
    private static final byte[] END = ascii("]}");

    /** Errors no longer than this are written though the answer is full. */
    private static final int SHORT_ERROR_BYTES = 256;

    private final JsonWriter json;
    private final JsonStatementResult result;
    private final int steps;
    private final int maxBytes;
    private final Problem tooLarge;

    private @Nullable JsonWriter errors;
    /** The step that has begun, or -1 between steps. */
    private int begun = -1;
    /** Where the result of the step that has begun starts. */
    private int start;

    JsonBatchEncoder(JsonWriter json, JsonStatementResult result, int steps, int maxBytes, Problem tooLarge) {
        this.json = json;
        this.result = result;
        this.steps = steps;
        this.maxBytes = maxBytes;
        this.tooLarge = tooLarge;
        json.raw(STEP_RESULTS);
    }

    @Override
    public RowSink begin(int step, boolean wantRows) {
        beginStep(step);
        result.begin(wantRows, errorBytes());
        return result;
    }

    @Override
    public boolean end(int step, StatementResult statementResult, long nanoseconds) {
        if (!result.end(statementResult, nanoseconds)) {
            error(step, tooLarge);
            return false;
        }
        endStep(null);
        return true;
    }

    @Override
    public void error(int step, Problem problem) {
        if (begun != step) {
            beginStep(step);
        }
        json.truncate(start);
        json.nullValue();
        endStep(problem);
    }

    @Override
    public void skip(int step) {
        beginStep(step);
        json.nullValue();
        endStep(null);
    }

    @Override
    public boolean isAbandoned() {
        return false;
    }

    /** Writes the errors, once all steps are done. */
    void finish() {
        json.raw(STEP_ERRORS);
        JsonWriter kept = errors;
        if (kept == null) {
            nulls(json, steps);
        } else {
            json.raw(kept);
        }
        json.raw(END);
    }

    private void beginStep(int step) {
        if (step > 0) {
            json.raw(',');
        }
        start = json.length();
        begun = step;
    }

    private void endStep(@Nullable Problem problem) {
        int step = begun;
        begun = -1;
        JsonWriter to = errors;
        if (to == null) {
            if (problem == null) {
                return;
            }
            to = new JsonWriter();
            errors = to;
            nulls(to, step);
        }
        if (step > 0) {
            to.raw(',');
        }
        if (problem == null) {
            to.nullValue();
            return;
        }
        int mark = to.length();
        JsonParts.error(to, problem);
        if ((long) json.length() + to.length() > maxBytes && to.length() - mark > SHORT_ERROR_BYTES) {
            to.truncate(mark);
            JsonParts.error(to, tooLarge);
        }
    }

    private int errorBytes() {
        return errors == null ? 0 : errors.length();
    }

    private static void nulls(JsonWriter to, int count) {
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                to.raw(',');
            }
            to.nullValue();
        }
    }
}
