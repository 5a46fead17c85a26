package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** What is known of a statement without running it. Immutable. */
public record Description(Parameters parameters, List<Column> columns, boolean isExplain, boolean isReadonly) {
    public Description {
        requireNonNull(parameters, "parameters is null");
        columns = List.copyOf(columns);
    }
}
