package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A well-formed PRAGMA, taken apart.
 *
 * @param schema the qualifier before the dot, unquoted and in lower case; null without one
 * @param name the pragma's name, unquoted and in lower case
 * @param argument the value, unquoted, a leading minus kept and a leading plus dropped; null exactly when form is NONE
 * @param form how the value is written
 */
public record PragmaCall(
        @Nullable String schema, String name, @Nullable String argument, Form form) {

    /** How a PRAGMA's value is written; the two forms with a value mean the same to SQLite. */
    public enum Form {
        /** {@code PRAGMA name}. */
        NONE,
        /** {@code PRAGMA name = value}. */
        EQUALS,
        /** {@code PRAGMA name(value)}. */
        PARENTHESES
    }

    public PragmaCall {
        requireNonNull(name, "name is null");
        requireNonNull(form, "form is null");
        if ((argument == null) != (form == Form.NONE)) {
            throw new IllegalArgumentException("a value is given exactly when form is not NONE");
        }
    }
}
