package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongSupplier;
import net.quicsql.hrana.SqlStreams.SqlReads;
import net.quicsql.http.Body;

/** Runs a cursor's reads while their rows are sent. A reader that leaves ends the reads. One thread at a time. */
final class DetachedBody implements Body {
    private final Batch batch;
    private final CursorSteps steps;
    private final SqlReads reads;
    private final boolean autocommit;
    private final HranaEncoding encoding;
    private final LongSupplier nanoTime;

    /**
     * @param autocommit the stream's state when it was left; the reads do not change it
     */
    DetachedBody(
            Batch batch,
            CursorSteps steps,
            SqlReads reads,
            boolean autocommit,
            HranaEncoding encoding,
            LongSupplier nanoTime) {
        this.batch = requireNonNull(batch, "batch is null");
        this.steps = requireNonNull(steps, "steps is null");
        this.reads = requireNonNull(reads, "reads is null");
        this.autocommit = autocommit;
        this.encoding = requireNonNull(encoding, "encoding is null");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
    }

    @Override
    public long length() {
        return UNKNOWN_LENGTH;
    }

    /** Answers quietly when the reader has left: there is nobody to tell. */
    @Override
    public void writeTo(OutputStream out) {
        StreamedOutput output = new StreamedOutput(out, reads, nanoTime);
        byte[] prelude = encoding.cursorPrelude(reads.baton());
        output.take(o -> o.write(prelude));
        CursorEncoder encoder = encoding.cursorEncoder(output);
        StatementExecutor executor = (step, stmt, sink) -> reads.execute(steps.statement(step), sink);
        try {
            new BatchRunner(batch, executor, () -> autocommit, nanoTime).run(encoder);
        } finally {
            encoder.finish();
        }
    }

    @Override
    public void close() {
        reads.close();
    }

    /** Hands pieces to the response. */
    private static final class StreamedOutput implements CursorOutput {
        /** How long a reader waits at most for rows that are there while further rows come. */
        private static final long FLUSH_NANOSECONDS = 2_000_000;

        private final OutputStream out;
        private final SqlReads reads;
        private final LongSupplier nanoTime;
        private long flushed;
        private boolean unsent;
        private boolean abandoned;

        StreamedOutput(OutputStream out, SqlReads reads, LongSupplier nanoTime) {
            this.out = out;
            this.reads = reads;
            this.nanoTime = nanoTime;
            this.flushed = nanoTime.getAsLong();
        }

        @Override
        public void take(Piece piece) {
            if (abandoned) {
                return;
            }
            // A client that reads slowly is the connector's to end: the statement is not slow for it.
            reads.pauseClock();
            try {
                piece.writeTo(out);
                unsent = true;
                if (isWaiting()) {
                    out.flush();
                    flushed = nanoTime.getAsLong();
                    unsent = false;
                }
            } catch (IOException e) {
                abandoned = true;
            } finally {
                reads.resumeClock();
            }
        }

        @Override
        public void rest() {
            if (unsent && isWaiting()) {
                take(nothing -> {});
            }
        }

        @Override
        public boolean isFull() {
            return abandoned;
        }

        @Override
        public boolean isAbandoned() {
            return abandoned;
        }

        @Override
        public boolean isWaiting() {
            return nanoTime.getAsLong() - flushed >= FLUSH_NANOSECONDS;
        }
    }
}
