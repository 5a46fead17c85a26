package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

/** One statement to run, with its arguments. Immutable. */
public record Statement(SqlStatement sql, Arguments arguments) {
    public Statement {
        requireNonNull(sql, "sql is null");
        requireNonNull(arguments, "arguments is null");
    }
}
