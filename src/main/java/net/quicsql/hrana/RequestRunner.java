package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.util.function.LongSupplier;
import net.quicsql.hrana.SqlStreams.SqlStream;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;

/** Runs the requests that a stream gets, whichever way they came, and has their answers written. Thread-safe. */
final class RequestRunner {
    private final SqlStreams streams;
    private final LongSupplier nanoTime;

    RequestRunner(SqlStreams streams, LongSupplier nanoTime) {
        this.streams = requireNonNull(streams, "streams is null");
        this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
    }

    /** Runs one request. What fails is written as its answer and thrown to nobody. */
    void run(StreamRequest request, SqlStream stream, StoredSql stored, ResponseEncoder encoder) {
        try {
            switch (request.kind()) {
                case EXECUTE -> execute(((StreamRequest.Execute) request).stmt(), stream, stored, encoder);
                case BATCH -> batch(((StreamRequest.ExecuteBatch) request).batch(), stream, stored, encoder);
                case DESCRIBE -> {
                    SqlText text = ((StreamRequest.Describe) request).text();
                    encoder.description(stream.describe(stored.textOf(text)));
                }
                case GET_AUTOCOMMIT -> encoder.autocommit(stream.isAutocommit());
                case SEQUENCE, STORE_SQL, CLOSE_SQL, CLOSE -> {
                    command(request, stream, stored);
                    encoder.done(request.kind());
                }
            }
        } catch (ProblemException e) {
            encoder.error(e.problem());
        } catch (RuntimeException e) {
            encoder.error(HranaErrors.unexpected(e));
        }
    }

    /**
     * What a request's statement says.
     *
     * @throws ProblemException SQL_STORE_NOT_FOUND, SQL_NO_STATEMENT, SQL_MANY_STATEMENTS, SQL_INVALID_TEXT
     */
    Statement statement(Stmt stmt, StoredSql stored) {
        return new Statement(streams.statement(stored.textOf(stmt.text())), stmt.arguments());
    }

    private void execute(Stmt stmt, SqlStream stream, StoredSql stored, ResponseEncoder encoder) {
        Statement statement = statement(stmt, stored);
        RowSink sink = encoder.beginExecute(stmt.wantRows());
        long started = nanoTime.getAsLong();
        StatementResult result = stream.execute(statement, sink);
        encoder.endExecute(result, nanoTime.getAsLong() - started);
    }

    private void batch(Batch batch, SqlStream stream, StoredSql stored, ResponseEncoder encoder) {
        StatementExecutor executor = (step, stmt, sink) -> stream.execute(statement(stmt, stored), sink);
        BatchEncoder steps = encoder.beginBatch(batch.steps().size());
        new BatchRunner(batch, executor, stream::isAutocommit, nanoTime).run(steps);
        encoder.endBatch();
    }

    /** Runs a request whose answer says only that it succeeded. */
    private static void command(StreamRequest request, SqlStream stream, StoredSql stored) {
        if (request instanceof StreamRequest.Sequence sequence) {
            stream.sequence(stored.textOf(sequence.text()));
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
