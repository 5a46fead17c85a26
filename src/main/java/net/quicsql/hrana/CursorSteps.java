package net.quicsql.hrana;

import java.util.ArrayList;
import java.util.List;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import org.jspecify.annotations.Nullable;

/** The statements of a cursor's batch, read before its first step runs. Immutable. */
final class CursorSteps {
    private final @Nullable Statement[] statements;
    private final @Nullable Problem[] problems;
    private final List<SqlStatement> readable;

    private CursorSteps(@Nullable Statement[] statements, @Nullable Problem[] problems, List<SqlStatement> readable) {
        this.statements = statements;
        this.problems = problems;
        this.readable = readable;
    }

    /** Reads all texts; one that cannot be read is kept as its own step's error. */
    static CursorSteps of(Batch batch, RequestRunner runner, StoredSql stored) {
        int count = batch.steps().size();
        @Nullable Statement[] statements = new Statement[count];
        @Nullable Problem[] problems = new Problem[count];
        List<SqlStatement> readable = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            try {
                Statement statement = runner.statement(batch.steps().get(i).stmt(), stored);
                statements[i] = statement;
                readable.add(statement.sql());
            } catch (ProblemException e) {
                problems[i] = e.problem();
            }
        }
        return new CursorSteps(statements, problems, readable);
    }

    /** The statements of the steps that can be read. */
    List<SqlStatement> readable() {
        return readable;
    }

    /**
     * The statement of a step.
     *
     * @throws ProblemException when its text could not be read
     */
    Statement statement(int step) {
        @Nullable Statement statement = statements[step];
        @Nullable Problem problem = problems[step];
        if (statement != null) {
            return statement;
        }
        throw problem != null ? problem.toException() : new IllegalStateException("step " + step + " was not read");
    }
}
