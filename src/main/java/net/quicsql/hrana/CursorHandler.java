package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.util.function.LongSupplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.engine.StreamEngine;
import net.quicsql.hrana.SqlStreams.SqlReads;
import net.quicsql.hrana.SqlStreams.SqlStream;
import net.quicsql.http.Answer;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.Body;
import net.quicsql.metrics.Operation;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Answers cursors. Clients go on with the baton of a cursor's first line before they have read its rows, or without ever
 * reading them, so the stream must be free before the rows are sent. Reads that need nothing of the stream leave it at once
 * and their rows are sent as SQLite produces them; everything else runs to its end into a {@link CursorSpool} first.
 * Thread-safe.
 */
public final class CursorHandler implements HranaHandler {
    private final SqlStreams streams;
    private final RequestRunner runner;
    private final HranaEncoding encoding;
    private final HranaLimits limits;
    private final AnswerBuffers buffers;
    private final LongSupplier nanoTime;

    public CursorHandler(StreamEngine engine, HranaEncoding encoding, HranaLimits limits, AnswerBuffers buffers) {
        this(new EngineStreams(engine), encoding, limits, buffers, System::nanoTime);
    }

    CursorHandler(
            SqlStreams streams,
            HranaEncoding encoding,
            HranaLimits limits,
            AnswerBuffers buffers,
            LongSupplier nanoTime) {
        this.streams = requireNonNull(streams, "streams is null");
        this.runner = new RequestRunner(streams, nanoTime);
        this.encoding = requireNonNull(encoding, "encoding is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.buffers = requireNonNull(buffers, "buffers is null");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
    }

    /**
     * Runs one cursor, or begins to: the body of the answer may run the rest, and must be closed.
     *
     * @throws net.quicsql.problem.ProblemException when the body is no cursor, or the stream cannot be opened, resumed or
     *     left; nothing ran then
     */
    @Override
    public Answer handle(byte[] body, DatabaseName database, Principal principal) {
        long started = nanoTime.getAsLong();
        CursorRequest cursor = encoding.cursorRequest(body);
        SqlStream stream;
        try {
            stream = streams.open(database, principal, cursor.baton());
        } catch (ProblemException e) {
            return unopened(e, cursor);
        }
        boolean left = false;
        @Nullable CursorSpool spool = null;
        try {
            CursorSteps steps = CursorSteps.of(cursor.batch(), runner, stream::storedSql);
            if (!steps.readable().isEmpty() && stream.canDetach(steps.readable())) {
                boolean autocommit = !cursor.batch().asksForAutocommit() || stream.isAutocommit();
                SqlReads reads = stream.detach();
                left = true;
                Body rows = new DetachedBody(cursor.batch(), steps, reads, autocommit, encoding, nanoTime);
                return answer(rows).thenClose(() -> finished(stream, started));
            }
            spool = new CursorSpool(limits.cursorBufferBytes(), limits.maxSpoolBytes(), buffers);
            run(cursor.batch(), steps, stream, spool);
            left = true;
            Body rows = new SpooledBody(encoding.cursorPrelude(stream.release()), spool);
            return answer(rows).thenClose(() -> finished(stream, started));
        } catch (RuntimeException | Error e) {
            if (spool != null) {
                spool.close();
            }
            throw e;
        } finally {
            if (!left) {
                stream.release();
            }
        }
    }

    /** The statements and their arguments may be needed until the last row is sent. */
    @Override
    public boolean keepsRequest() {
        return true;
    }

    /** As for a pipeline: see {@link PipelineHandler}. Every step that would run fails with the reason. */
    private Answer unopened(ProblemException e, CursorRequest cursor) {
        if (!(e.problem() instanceof Problem.SqlFailed)) {
            throw e;
        }
        CursorSpool spool = new CursorSpool(limits.cursorBufferBytes(), limits.maxSpoolBytes(), buffers);
        CursorEncoder encoder = encoding.cursorEncoder(spool);
        StatementExecutor executor = (step, stmt, sink) -> {
            throw e;
        };
        new BatchRunner(cursor.batch(), executor, () -> true, nanoTime).run(encoder);
        encoder.finish();
        return answer(new SpooledBody(encoding.cursorPrelude(cursor.baton()), spool));
    }

    private void run(Batch batch, CursorSteps steps, SqlStream stream, CursorSpool spool) {
        CursorEncoder encoder = encoding.cursorEncoder(spool);
        StatementExecutor executor = (step, stmt, sink) -> stream.execute(steps.statement(step), sink);
        try {
            new BatchRunner(batch, executor, stream::isAutocommit, nanoTime).run(encoder);
        } finally {
            encoder.finish();
        }
    }

    private void finished(SqlStream stream, long started) {
        stream.finished(Operation.CURSOR, nanoTime.getAsLong() - started);
    }

    private Answer answer(Body body) {
        return Answer.of(200, encoding.cursorContentType(), body);
    }
}
