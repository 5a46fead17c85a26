package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.function.LongSupplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.engine.StreamEngine;
import net.quicsql.hrana.SqlStreams.SqlReads;
import net.quicsql.hrana.SqlStreams.SqlStream;
import net.quicsql.http.Answer;
import net.quicsql.http.Body;
import net.quicsql.metrics.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Answers cursors. Clients go on with the baton of a cursor's first line before they have read its rows, or without ever
 * reading them, so the stream must be free before the rows are sent. Reads that need nothing of the stream leave it at once
 * and their rows are sent as SQLite produces them; everything else runs to its end into a {@link CursorSpool} first.
 * Thread-safe.
 */
public final class CursorHandler {
    private final SqlStreams streams;
    private final HranaEncoding encoding;
    private final HranaLimits limits;
    private final Path spoolDirectory;
    private final LongSupplier nanoTime;

    /**
     * @param spoolDirectory where large spools are kept; a file is unlinked as soon as it is open
     */
    public CursorHandler(StreamEngine engine, HranaEncoding encoding, HranaLimits limits, Path spoolDirectory) {
        this(new EngineStreams(engine), encoding, limits, spoolDirectory, System::nanoTime);
    }

    CursorHandler(
            SqlStreams streams,
            HranaEncoding encoding,
            HranaLimits limits,
            Path spoolDirectory,
            LongSupplier nanoTime) {
        this.streams = requireNonNull(streams, "streams is null");
        this.encoding = requireNonNull(encoding, "encoding is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.spoolDirectory = requireNonNull(spoolDirectory, "spoolDirectory is null");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
    }

    /**
     * Runs one cursor, or begins to: the body of the answer may run the rest, and must be closed.
     *
     * @throws net.quicsql.problem.ProblemException when the body is no cursor, or the stream cannot be opened, resumed or
     *     left; nothing ran then
     */
    public Answer handle(byte[] body, DatabaseName database, Principal principal) {
        long started = nanoTime.getAsLong();
        CursorRequest cursor = encoding.cursorRequest(body);
        SqlStream stream = streams.open(database, principal, cursor.baton());
        boolean left = false;
        @Nullable CursorSpool spool = null;
        try {
            CursorSteps steps = CursorSteps.of(cursor.batch(), streams, stream);
            if (!steps.readable().isEmpty() && stream.canDetach(steps.readable())) {
                boolean autocommit = !cursor.batch().asksForAutocommit() || stream.isAutocommit();
                SqlReads reads = stream.detach();
                left = true;
                Body rows = new DetachedBody(cursor.batch(), steps, reads, autocommit, encoding, nanoTime);
                return answer(new TimedBody(rows, () -> finished(stream, started)));
            }
            spool = new CursorSpool(limits.cursorBufferBytes(), limits.maxSpoolBytes(), spoolDirectory);
            run(cursor.batch(), steps, stream, spool);
            left = true;
            Body rows = new SpooledBody(encoding.cursorPrelude(stream.release()), spool);
            return answer(new TimedBody(rows, () -> finished(stream, started)));
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

    private void run(Batch batch, CursorSteps steps, SqlStream stream, CursorSpool spool) {
        CursorEncoder encoder = encoding.cursorEncoder(spool);
        StatementExecutor executor = (step, stmt, sink) -> stream.execute(steps.statement(step), sink);
        new BatchRunner(batch, executor, stream::isAutocommit, nanoTime).run(encoder);
        encoder.finish();
    }

    private void finished(SqlStream stream, long started) {
        stream.finished(Operation.CURSOR, nanoTime.getAsLong() - started);
    }

    private Answer answer(Body body) {
        return Answer.of(200, encoding.cursorContentType(), body);
    }
}
