package net.quicsql.hrana;

import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;

/** Runs the statements of a batch. One thread at a time. */
@FunctionalInterface
interface StatementExecutor {
    /**
     * Runs the statement of a step.
     *
     * @throws net.quicsql.problem.ProblemException when the step fails
     */
    StatementResult execute(int step, Stmt stmt, RowSink sink);
}
