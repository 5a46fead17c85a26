package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.JsonEncoding.ascii;

import net.quicsql.hrana.BatchEncoder;
import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Body;
import net.quicsql.json.JsonWriter;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/** Writes the one result that an answer of Hrana 1 has. One thread at a time. */
final class JsonStatelessEncoder implements PipelineEncoder {
    private static final byte[] RESULT = ascii("{\"result\":");

    private final JsonWriter json;
    private final JsonStatementResult result;
    private final int maxBytes;
    private final Problem tooLarge;
    private @Nullable JsonBatchEncoder batch;
    /** What the request failed with, which {@link #finish} tells. */
    private @Nullable Problem failure;

    /** @param json empty; closed by {@link #close}, or with the body */
    JsonStatelessEncoder(int maxResponseBytes, JsonWriter json) {
        this.json = json;
        maxBytes = maxResponseBytes;
        result = new JsonStatementResult(json, maxResponseBytes);
        tooLarge = new Problem.Refused(
                ProblemCode.RESPONSE_TOO_LARGE,
                "the response would be larger than " + maxResponseBytes + " bytes (" + LimitsConfig.MAX_RESPONSE_SIZE
                        + "); the statement was run");
    }

    @Override
    public RowSink beginExecute(boolean wantRows) {
        json.raw(RESULT);
        result.begin(wantRows, 0);
        return result;
    }

    @Override
    public void endExecute(StatementResult statementResult, long nanoseconds) {
        if (result.end(statementResult, nanoseconds)) {
            json.raw('}');
        } else {
            error(tooLarge);
        }
    }

    @Override
    public BatchEncoder beginBatch(int steps) {
        json.raw(RESULT);
        JsonBatchEncoder begun = new JsonBatchEncoder(json, result, steps, maxBytes, tooLarge);
        batch = begun;
        return begun;
    }

    @Override
    public void endBatch() {
        if (batch == null) {
            throw new IllegalStateException("no batch was begun");
        }
        batch.finish();
        json.raw('}');
    }

    @Override
    public void description(Description description) {
        throw new IllegalStateException("Hrana 1 describes nothing over HTTP");
    }

    @Override
    public void autocommit(boolean autocommit) {
        throw new IllegalStateException("Hrana 1 knows no autocommit");
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
}
