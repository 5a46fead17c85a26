package net.quicsql.execution;

import java.util.List;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.Parameters;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.SqlValue;
import net.quicsql.sql.StatementKind;
import org.jspecify.annotations.Nullable;

/**
 * Gives each parameter its value. A positional argument goes to the parameter of its number; a named one to the parameter
 * of exactly that name, or without a prefix to all of {@code :name}, {@code @name} and {@code $name}. A named argument
 * wins over a positional one. Stateless.
 */
final class ArgumentBinder {
    private static final @Nullable Object[] NOTHING = {};
    private static final String PREFIXES = ":@$";

    private ArgumentBinder() {}

    /**
     * The values in order of the parameters' numbers.
     *
     * @throws ProblemException ARGS_INVALID where a parameter has no value (EXPLAIN may leave them out) or an argument has
     *     no parameter
     */
    static @Nullable Object[] bind(SqlStatement statement, Arguments arguments) {
        Parameters parameters = statement.parameters();
        int count = parameters.count();
        if (count == 0 && arguments.isEmpty()) {
            return NOTHING;
        }
        List<SqlValue> positional = arguments.positional();
        if (positional.size() > count) {
            throw invalid("the statement has " + count + " parameter" + (count == 1 ? "" : "s") + ", but "
                    + positional.size() + " positional arguments were given");
        }
        @Nullable Object[] values = new @Nullable Object[count];
        for (int i = 0; i < positional.size(); i++) {
            values[i] = positional.get(i).boxed();
        }
        boolean[] given = bindNamed(parameters, arguments.named(), values);
        if (statement.kind() != StatementKind.EXPLAIN) {
            requireAll(parameters, positional.size(), given);
        }
        return values;
    }

    private static boolean[] bindNamed(Parameters parameters, List<Arguments.Named> named, @Nullable Object[] values) {
        boolean[] given = new boolean[values.length];
        // Bare names first, so that a name with its prefix wins whatever the order.
        for (int pass = 0; pass < 2 && !named.isEmpty(); pass++) {
            for (Arguments.Named argument : named) {
                boolean exact = hasPrefix(argument.name());
                if (exact == (pass == 1)) {
                    bindOne(parameters, argument, exact, values, given);
                }
            }
        }
        return given;
    }

    private static void bindOne(
            Parameters parameters,
            Arguments.Named argument,
            boolean exact,
            @Nullable Object[] values,
            boolean[] given) {
        boolean found = false;
        if (exact) {
            found = put(parameters.indexOf(argument.name()), argument.value(), values, given);
        } else {
            for (int i = 0; i < PREFIXES.length(); i++) {
                int index = parameters.indexOf(PREFIXES.charAt(i) + argument.name());
                found |= put(index, argument.value(), values, given);
            }
        }
        if (!found) {
            throw invalid("the statement has no parameter named '" + argument.name() + "'");
        }
    }

    private static boolean put(int index, SqlValue value, @Nullable Object[] values, boolean[] given) {
        if (index == 0) {
            return false;
        }
        values[index - 1] = value.boxed();
        given[index - 1] = true;
        return true;
    }

    private static void requireAll(Parameters parameters, int positional, boolean[] given) {
        for (int i = positional; i < given.length; i++) {
            if (!given[i]) {
                String name = parameters.name(i + 1);
                throw invalid("no value was given for parameter " + (name == null ? "number " + (i + 1) : name));
            }
        }
    }

    private static boolean hasPrefix(String name) {
        return !name.isEmpty() && (PREFIXES.indexOf(name.charAt(0)) >= 0 || name.charAt(0) == '?');
    }

    private static ProblemException invalid(String message) {
        return new Problem.Refused(ProblemCode.ARGS_INVALID, message).toException();
    }
}
