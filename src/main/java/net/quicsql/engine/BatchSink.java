package net.quicsql.engine;

import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;

/** Takes the results of a batch, statement by statement. */
public interface BatchSink {
    /** The sink of the statement with this index, from 0. */
    RowSink begin(int index);

    void end(int index, StatementResult result);
}
