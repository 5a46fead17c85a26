package net.quicsql.hrana.legacy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import net.quicsql.hrana.BatchEncoder;
import net.quicsql.hrana.HranaErrors;
import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Body;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/**
 * Writes an array with an item for each statement: its results, {@code {"error":text,"code":CODE}}, or null behind one that
 * failed. The text stands there by itself because JDBC clients read nothing else. One thread at a time.
 */
final class StatementsEncoder implements PipelineEncoder, BatchEncoder {
    private static final byte[] ERROR = "{\"error\":".getBytes(US_ASCII);
    private static final byte[] CODE = ",\"code\":".getBytes(US_ASCII);

    private static final Problem LEFT_OPEN = new Problem.Refused(
            ProblemCode.STATEMENT_NOT_ALLOWED,
            "a transaction was left open, and rolled back: here it must end in the request that begins it. Send all its"
                    + " statements in one request, or use another libSQL client");

    private final JsonWriter json;
    private final PlainResult result;
    private final Problem tooLarge;
    /** The statement that has begun, or -1 between statements. */
    private int begun = -1;
    /** Where its item starts. */
    private int start;

    private boolean statementFailed;
    /** Why there is no array at all. */
    private @Nullable Problem failure;

    /** @param json empty; closed by {@link #close}, or with the body */
    StatementsEncoder(int maxResponseBytes, JsonWriter json) {
        this.json = json;
        result = new PlainResult(json, maxResponseBytes);
        tooLarge = HranaErrors.responseTooLarge(maxResponseBytes);
    }

    @Override
    public BatchEncoder beginBatch(int steps) {
        json.raw('[');
        return this;
    }

    @Override
    public RowSink begin(int step, boolean wantRows) {
        beginItem(step);
        result.begin();
        return result;
    }

    @Override
    public boolean end(int step, StatementResult statementResult, long nanoseconds) {
        if (!result.end(statementResult, nanoseconds)) {
            error(step, tooLarge);
            return false;
        }
        begun = -1;
        return true;
    }

    @Override
    public void error(int step, Problem problem) {
        statementFailed = true;
        if (begun != step) {
            beginItem(step);
        }
        begun = -1;
        json.truncate(start);
        json.raw(ERROR).string(problem.message());
        json.raw(CODE).string(HranaErrors.of(problem).code()).raw('}');
    }

    @Override
    public void skip(int step) {
        beginItem(step);
        begun = -1;
        json.nullValue();
    }

    @Override
    public boolean isAbandoned() {
        return false;
    }

    @Override
    public void endBatch() {
        json.raw(']');
    }

    /** A transaction that a failed statement leaves open is rolled back without a further word. */
    @Override
    public void autocommit(boolean autocommit) {
        if (!autocommit && !statementFailed) {
            error(LEFT_OPEN);
        }
    }

    /** That the stream was closed goes without saying. */
    @Override
    public void done(StreamRequest.Kind kind) {}

    /** Keeps the first: what fails behind it fails because of it. */
    @Override
    public void error(Problem problem) {
        if (failure == null) {
            failure = problem;
        }
    }

    @Override
    public RowSink beginExecute(boolean wantRows) {
        throw new IllegalStateException("statements come in a batch");
    }

    @Override
    public void endExecute(StatementResult statementResult, long nanoseconds) {
        throw new IllegalStateException("statements come in a batch");
    }

    @Override
    public void description(Description description) {
        throw new IllegalStateException("nothing is described here");
    }

    /**
     * The whole answer.
     *
     * @throws net.quicsql.problem.ProblemException what the request failed with
     */
    @Override
    public Body finish(@Nullable String baton) {
        Problem problem = failure;
        if (problem != null) {
            throw problem.toException();
        }
        return Body.of(json);
    }

    @Override
    public void close() {
        json.close();
    }

    private void beginItem(int step) {
        if (step > 0) {
            json.raw(',');
        }
        start = json.length();
        begun = step;
    }
}
