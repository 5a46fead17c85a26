package net.quicsql.query;

import static java.util.Objects.requireNonNull;

import java.util.List;
import net.quicsql.sql.Arguments;

/** A decoded request: one statement, or the statements of a batch. Immutable. */
sealed interface QueryRequest {

    /** {@code {"sql":…,"args":…}}. */
    record Single(String sql, Arguments arguments) implements QueryRequest {
        public Single {
            requireNonNull(sql, "sql is null");
            requireNonNull(arguments, "arguments is null");
        }
    }

    /** {@code {"statements":[…]}}, at least one. */
    record Batch(List<Single> statements) implements QueryRequest {
        public Batch {
            statements = List.copyOf(statements);
        }
    }
}
