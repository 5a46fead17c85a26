package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import net.quicsql.sql.Arguments;

/**
 * One statement with its arguments (Hrana 3, "Statements"). Immutable.
 *
 * @param wantRows whether the rows are sent; a statement whose rows are not wanted still runs to its end
 */
public record Stmt(SqlText text, Arguments arguments, boolean wantRows) {
    public Stmt {
        requireNonNull(text, "text is null");
        requireNonNull(arguments, "arguments is null");
    }
}
