package net.quicsql.access;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import org.jspecify.annotations.Nullable;

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

    private static final int MOST_CHARACTERS = 64;

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
        return hasForm(text) && !isReserved(text);
    }

    /** By hand: each request asks, and a regular expression took as long as binding its arguments. */
    private static boolean hasForm(String text) {
        if (text.isEmpty() || text.length() > MOST_CHARACTERS || !isLetterOrDigit(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** Whether a text stands for an endpoint, now or later. */
    public static boolean isReserved(String text) {
        return RESERVED.contains(text.toLowerCase(Locale.ROOT));
    }

    /** What two names that may not live side by side have in common. */
    public String caseFolded() {
        return value.toLowerCase(Locale.ROOT);
    }

    /** Written out, as {@link #hashCode}: a record's own are linked at each start, which costs it some 10 ms. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DatabaseName name && name.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
