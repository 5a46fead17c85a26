package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.JsonEncoding.ascii;

import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Body;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.Problem;
import org.jspecify.annotations.Nullable;

/** Writes the one result that an answer of Hrana 1 has. One thread at a time. */
final class JsonStatelessEncoder extends JsonResponses implements PipelineEncoder {
    private static final byte[] RESULT = ascii("{\"result\":");

    /** What the request failed with, which {@link #finish} tells. */
    private @Nullable Problem failure;

    /** @param json empty; closed by {@link #close}, or with the body */
    JsonStatelessEncoder(int maxResponseBytes, JsonWriter json) {
        super(maxResponseBytes, json);
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

    @Override
    void beginResponse(StreamRequest.Kind kind) {
        json.raw(RESULT);
    }

    @Override
    void endResponse() {
        json.raw('}');
    }

    @Override
    void beginError() {
        throw new IllegalStateException("an error of Hrana 1 is no part of its answer");
    }

    @Override
    void endError() {
        beginError();
    }
}
