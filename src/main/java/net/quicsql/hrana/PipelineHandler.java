package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.util.function.LongSupplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.engine.StreamEngine;
import net.quicsql.hrana.SqlStreams.SqlStream;
import net.quicsql.http.Answer;
import net.quicsql.metrics.Operation;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Answers pipelines: runs the requests of a body on one stream, in order. A request that fails gives an error in its place
 * and stops no other, so there are always as many results as requests. Thread-safe.
 */
public final class PipelineHandler implements HranaHandler {
    private final SqlStreams streams;
    private final RequestRunner runner;
    private final PipelineEncoding encoding;
    private final int maxResponseBytes;
    private final LongSupplier nanoTime;

    public PipelineHandler(StreamEngine engine, PipelineEncoding encoding, HranaLimits limits) {
        this(new EngineStreams(engine), encoding, limits, System::nanoTime);
    }

    PipelineHandler(SqlStreams streams, PipelineEncoding encoding, HranaLimits limits, LongSupplier nanoTime) {
        this.streams = requireNonNull(streams, "streams is null");
        this.runner = new RequestRunner(streams, nanoTime);
        this.encoding = requireNonNull(encoding, "encoding is null");
        this.maxResponseBytes = limits.maxResponseBytes();
        this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
    }

    /**
     * Runs one pipeline.
     *
     * @throws ProblemException when the body is no pipeline, or the stream cannot be opened or resumed; nothing ran then
     */
    @Override
    public Answer handle(byte[] body, DatabaseName database, Principal principal) {
        long started = nanoTime.getAsLong();
        PipelineRequest pipeline = encoding.pipelineRequest(body);
        PipelineEncoder encoder = encoding.pipelineEncoder(maxResponseBytes);
        boolean answered = false;
        try {
            Answer answer = handle(pipeline, encoder, database, principal, started);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                encoder.close();
            }
        }
    }

    private Answer handle(
            PipelineRequest pipeline,
            PipelineEncoder encoder,
            DatabaseName database,
            Principal principal,
            long started) {
        SqlStream stream;
        try {
            stream = streams.open(database, principal, pipeline.baton());
        } catch (ProblemException e) {
            return unopened(e, pipeline, encoder);
        }
        @Nullable String baton;
        try {
            for (StreamRequest request : pipeline.requests()) {
                runner.run(request, stream, stream::storedSql, encoder);
            }
        } finally {
            baton = stream.release();
            stream.finished(Operation.PIPELINE, nanoTime.getAsLong() - started);
        }
        return Answer.of(200, encoding.pipelineContentType(), encoder.finish(baton));
    }

    /**
     * The answer where the database itself cannot be opened: an error for each request and the client's own baton, which
     * is still good. Some clients never recover from a status other than 200.
     */
    private Answer unopened(ProblemException e, PipelineRequest pipeline, PipelineEncoder encoder) {
        if (!(e.problem() instanceof Problem.SqlFailed)) {
            throw e;
        }
        for (int i = 0; i < pipeline.requests().size(); i++) {
            encoder.error(e.problem());
        }
        return Answer.of(200, encoding.pipelineContentType(), encoder.finish(pipeline.baton()));
    }
}
