package net.quicsql.access;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;

/**
 * The name of a database: 1 to 64 characters {@code [A-Za-z0-9._-]}, the first a letter or digit, and no endpoint word.
 * Matched exactly, but unique without regard to case. Immutable.
 */
public record DatabaseName(String value) {
    /** Words that stand for endpoints; a database of that name could not be reached. */
    private static final Set<String> RESERVED = Set.of(
            "query",
            "load",
            "export",
            "import",
            "backup",
            "dump",
            "changes",
            "changeset",
            "blob",
            "sync",
            "info",
            "v1",
            "v2",
            "v3",
            "v3-protobuf",
            "dev",
            "version",
            "health",
            "ready",
            "metrics");

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    public DatabaseName {
        requireNonNull(value, "value is null");
        if (!isLegal(value)) {
            throw new Problem.Refused(ProblemCode.INVALID_DATABASE_NAME, "invalid or reserved database name")
                    .toException();
        }
    }

    /** The name, or empty where the text is no legal name. */
    public static Optional<DatabaseName> parse(String text) {
        return isLegal(text) ? Optional.of(new DatabaseName(text)) : Optional.empty();
    }

    public static boolean isLegal(String text) {
        return FORM.matcher(text).matches() && !RESERVED.contains(text.toLowerCase(Locale.ROOT));
    }

    /** What two names that may not live side by side have in common. */
    public String caseFolded() {
        return value.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return value;
    }
}
