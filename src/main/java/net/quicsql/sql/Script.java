package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A text of zero or more statements. Immutable.
 *
 * @param text the whole text as it was given
 * @param statements its statements in order, none of them empty
 */
public record Script(String text, List<SqlStatement> statements) {

    public Script {
        requireNonNull(text, "text is null");
        statements = List.copyOf(statements);
    }

    /** The counts only: the text may hold literals that belong in no log. */
    @Override
    public String toString() {
        return "Script[" + text.length() + " characters, " + statements.size() + " statements]";
    }
}
