package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** The arguments that came with a statement, by position and by name. Immutable. */
public record Arguments(List<SqlValue> positional, List<Named> named) {
    private static final Arguments NONE = new Arguments(List.of(), List.of());

    public Arguments {
        positional = List.copyOf(positional);
        named = List.copyOf(named);
    }

    public static Arguments none() {
        return NONE;
    }

    public boolean isEmpty() {
        return positional.isEmpty() && named.isEmpty();
    }

    /**
     * An argument by name.
     *
     * @param name with or without its prefix {@code :}, {@code @} or {@code $}
     */
    public record Named(String name, SqlValue value) {
        public Named {
            requireNonNull(name, "name is null");
            requireNonNull(value, "value is null");
        }
    }
}
