package net.quicsql.hrana;

import net.quicsql.problem.Problem;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;

/**
 * Writes what the steps of a batch do. Steps come in order from 0; each is skipped, or begun and then ended, or failed
 * with or without having begun. One thread at a time.
 */
public interface BatchEncoder {
    /**
     * A step is about to run.
     *
     * @param wantRows false when its rows are to be thrown away
     * @return where its result goes, until the step ends or fails
     */
    RowSink begin(int step, boolean wantRows);

    /**
     * The step that had begun succeeded.
     *
     * @param nanoseconds how long it ran
     * @return false when its result was too large to be sent, and an error took its place: the step counts as failed
     */
    boolean end(int step, StatementResult result, long nanoseconds);

    /** The step failed, whatever it had delivered before. */
    void error(int step, Problem problem);

    /** The step's condition did not hold. */
    void skip(int step);

    /** Whether nobody reads any more, so that steps that have not begun need not run. */
    boolean isAbandoned();
}
