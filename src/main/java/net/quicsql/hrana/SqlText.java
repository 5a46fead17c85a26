package net.quicsql.hrana;

import net.quicsql.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * SQL text, given here or stored before on the stream. Immutable.
 *
 * @param sql the text itself; null when {@code sqlId} is given
 * @param sqlId the id of a stored text; null when {@code sql} is given
 */
public record SqlText(@Nullable String sql, @Nullable Integer sqlId) {
    /**
     * @throws net.quicsql.problem.ProblemException INVALID_REQUEST unless exactly one of the two is given
     */
    public SqlText {
        if ((sql == null) == (sqlId == null)) {
            throw new Problem.AgainstProtocol(
                            sql == null ? "neither sql nor sql_id is given" : "both sql and sql_id are given")
                    .toException();
        }
    }

    public static SqlText of(String sql) {
        return new SqlText(sql, null);
    }

    public static SqlText stored(int sqlId) {
        return new SqlText(null, sqlId);
    }
}
