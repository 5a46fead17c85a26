package net.quicsql.hrana;

import net.quicsql.problem.Problem;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;

/**
 * Writes the answers to requests, an item for each in order. An item is written by one call, or by a pair of calls that
 * begin and end it; {@link #error} may take the place of either. Keeps what it writes within a number of bytes. One thread
 * at a time.
 */
public interface ResponseEncoder {
    /** Begins the item of an {@code execute}. */
    RowSink beginExecute(boolean wantRows);

    /**
     * Ends the item that {@link #beginExecute} began; a result that is too large becomes an error.
     *
     * @param nanoseconds how long the statement ran
     */
    void endExecute(StatementResult result, long nanoseconds);

    /** Begins the item of a {@code batch} of so many steps. */
    BatchEncoder beginBatch(int steps);

    /** Ends the item that {@link #beginBatch} began, after its last step. */
    void endBatch();

    void description(Description description);

    void autocommit(boolean autocommit);

    /** The item of a request whose answer says only that it succeeded. */
    void done(StreamRequest.Kind kind);

    /** The item of a request that failed, whatever was written of it before. */
    void error(Problem problem);
}
