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
import net.quicsql.sql.RowSink;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/**
 * Answers pipelines: runs the requests of a body on one stream, in order. A request that fails gives an error in its place
 * and stops no other, so there are always as many results as requests. Thread-safe.
 */
public final class PipelineHandler {
    private final SqlStreams streams;
    private final PipelineEncoding encoding;
    private final int maxResponseBytes;
    private final LongSupplier nanoTime;

    public PipelineHandler(StreamEngine engine, PipelineEncoding encoding, HranaLimits limits) {
        this(new EngineStreams(engine), encoding, limits, System::nanoTime);
    }

    PipelineHandler(SqlStreams streams, PipelineEncoding encoding, HranaLimits limits, LongSupplier nanoTime) {
        this.streams = requireNonNull(streams, "streams is null");
        this.encoding = requireNonNull(encoding, "encoding is null");
        this.maxResponseBytes = limits.maxResponseBytes();
        this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
    }

    /**
     * Runs one pipeline.
     *
     * @throws ProblemException when the body is no pipeline, or the stream cannot be opened or resumed; nothing ran then
     */
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
                run(request, stream, encoder);
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

    private void run(StreamRequest request, SqlStream stream, PipelineEncoder encoder) {
        try {
            switch (request.kind()) {
                case EXECUTE -> execute(((StreamRequest.Execute) request).stmt(), stream, encoder);
                case BATCH -> batch(((StreamRequest.ExecuteBatch) request).batch(), stream, encoder);
                case DESCRIBE -> {
                    SqlText text = ((StreamRequest.Describe) request).text();
                    encoder.description(stream.describe(SqlTexts.text(text, stream)));
                }
                case GET_AUTOCOMMIT -> encoder.autocommit(stream.isAutocommit());
                case SEQUENCE, STORE_SQL, CLOSE_SQL, CLOSE -> {
                    command(request, stream);
                    encoder.done(request.kind());
                }
            }
        } catch (ProblemException e) {
            encoder.error(e.problem());
        } catch (RuntimeException e) {
            encoder.error(HranaErrors.unexpected(e));
        }
    }

    private void execute(Stmt stmt, SqlStream stream, PipelineEncoder encoder) {
        Statement statement = SqlTexts.statement(stmt, streams, stream);
        RowSink sink = encoder.beginExecute(stmt.wantRows());
        long started = nanoTime.getAsLong();
        StatementResult result = stream.execute(statement, sink);
        encoder.endExecute(result, nanoTime.getAsLong() - started);
    }

    private void batch(Batch batch, SqlStream stream, PipelineEncoder encoder) {
        StatementExecutor executor =
                (step, stmt, sink) -> stream.execute(SqlTexts.statement(stmt, streams, stream), sink);
        BatchEncoder steps = encoder.beginBatch(batch.steps().size());
        new BatchRunner(batch, executor, stream::isAutocommit, nanoTime).run(steps);
        encoder.endBatch();
    }

    /** Runs a request whose answer says only that it succeeded. */
    private static void command(StreamRequest request, SqlStream stream) {
        if (request instanceof StreamRequest.Sequence sequence) {
            stream.sequence(SqlTexts.text(sequence.text(), stream));
        } else if (request instanceof StreamRequest.StoreSql store) {
            stream.storeSql(store.sqlId(), store.sql());
        } else if (request instanceof StreamRequest.CloseSql close) {
            stream.closeSql(close.sqlId());
        } else if (request instanceof StreamRequest.Close) {
            stream.close();
        } else {
            throw new IllegalArgumentException(request.kind() + " is no command");
        }
    }
}
