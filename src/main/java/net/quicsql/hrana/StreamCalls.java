package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.engine.StreamEngine;
import net.quicsql.hrana.SqlStreams.SqlStream;
import net.quicsql.metrics.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests one by one on streams, for a door that keeps their batons on its side. Between two requests a stream has
 * what its baton alone can hold, as over HTTP. Thread-safe; a stream takes one call at a time.
 */
public final class StreamCalls {
    private final SqlStreams streams;
    private final RequestRunner runner;
    private final LongSupplier nanoTime;

    public StreamCalls(StreamEngine engine) {
        this(new EngineStreams(engine), System::nanoTime);
    }

    StreamCalls(SqlStreams streams, LongSupplier nanoTime) {
        this.streams = requireNonNull(streams, "streams is null");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
        this.runner = new RequestRunner(streams, nanoTime);
    }

    /** Told when a cursor's stream is there and its batch is about to run. */
    @FunctionalInterface
    public interface CursorOpening {
        /**
         * @param readsOnly whether the batch may be left when nobody wants its rows any more
         * @return where the batch's entries are written
         */
        CursorEncoder opened(boolean readsOnly);
    }

    /**
     * Checks that a stream could be opened, but for what only opening the database would show.
     *
     * @throws net.quicsql.problem.ProblemException ACCESS_DENIED, UNKNOWN_DATABASE
     */
    public void requireReadable(DatabaseName database, Principal principal) {
        streams.requireReadable(database, principal);
    }

    /**
     * Runs one request and has its answer written, an error included.
     *
     * @param baton the stream's; null for a new stream
     * @param next told the stream's next baton, null when the stream is closed: whatever happens once it is there
     * @throws net.quicsql.problem.ProblemException the stream cannot be gone on with; nothing ran, and the baton is as good
     *     as it was
     */
    public void run(
            DatabaseName database,
            Principal principal,
            @Nullable String baton,
            StreamRequest request,
            StoredSql stored,
            ResponseEncoder encoder,
            Consumer<@Nullable String> next) {
        long started = nanoTime.getAsLong();
        SqlStream stream = streams.open(database, principal, baton);
        try {
            runner.run(request, stream, stored, encoder);
        } finally {
            next.accept(stream.release());
            stream.finished(Operation.WEBSOCKET, nanoTime.getAsLong() - started);
        }
    }

    /**
     * Runs a cursor's batch to its end.
     *
     * @param next as for {@link #run}
     * @throws net.quicsql.problem.ProblemException as {@link #run}; not thrown once the cursor was opened
     */
    public void runCursor(
            DatabaseName database,
            Principal principal,
            @Nullable String baton,
            Batch batch,
            StoredSql stored,
            CursorOpening opening,
            Consumer<@Nullable String> next) {
        long started = nanoTime.getAsLong();
        SqlStream stream = streams.open(database, principal, baton);
        try {
            CursorSteps steps = CursorSteps.of(batch, runner, stored);
            CursorEncoder encoder = opening.opened(stream.canDetach(steps.readable()));
            StatementExecutor executor = (step, stmt, sink) -> stream.execute(steps.statement(step), sink);
            try {
                new BatchRunner(batch, executor, stream::isAutocommit, nanoTime).run(encoder);
            } finally {
                encoder.finish();
            }
        } finally {
            next.accept(stream.release());
            stream.finished(Operation.WEBSOCKET, nanoTime.getAsLong() - started);
        }
    }

    /** Closes a stream and rolls back what is open on it. */
    public void close(DatabaseName database, Principal principal, String baton) {
        SqlStream stream = streams.open(database, principal, baton);
        stream.close();
        stream.release();
    }
}
