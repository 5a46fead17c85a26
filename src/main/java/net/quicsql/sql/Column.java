package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A column of a result. Immutable.
 *
 * @param name as SQLite reports it; names may repeat
 * @param declaredType the text after the column's name in CREATE TABLE; null for an expression or where none was written
 */
public record Column(String name, @Nullable String declaredType) {
    public Column {
        requireNonNull(name, "name is null");
    }
}
