package net.quicsql.http;

import java.util.Locale;
import net.quicsql.access.DatabaseName;
import net.quicsql.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Finds the database that a request means: the one in the path, else in the {@code x-namespace} header, else the host's
 * label under a configured suffix, else a configured default. Immutable.
 */
public final class DatabaseSelector {
    /** The header that names a database where the path does not. */
    public static final String NAMESPACE_HEADER = "x-namespace";

    private final @Nullable DatabaseName defaultDatabase;
    /** With its leading dot, in lower case. */
    private final @Nullable String hostSuffix;

    /**
     * A selector.
     *
     * @param defaultDatabase the database of requests that name none; null for none
     * @param hostSuffix what follows the database in a host name, as {@code .db.example.com}; null where hosts say nothing
     */
    public DatabaseSelector(@Nullable DatabaseName defaultDatabase, @Nullable String hostSuffix) {
        this.defaultDatabase = defaultDatabase;
        this.hostSuffix = hostSuffix == null || hostSuffix.isEmpty() ? null : normalized(hostSuffix);
    }

    /**
     * The database of a request; each argument is null or empty where the request has none.
     *
     * @param pathSegment decoded
     * @param hostHeader as sent, with or without a port
     * @throws net.quicsql.problem.ProblemException INVALID_DATABASE_NAME; NOT_FOUND when nothing names a database
     */
    public DatabaseName select(
            @Nullable String pathSegment, @Nullable String namespaceHeader, @Nullable String hostHeader) {
        if (pathSegment != null && !pathSegment.isEmpty()) {
            return new DatabaseName(pathSegment);
        }
        if (namespaceHeader != null && !namespaceHeader.isEmpty()) {
            return new DatabaseName(namespaceHeader);
        }
        String label = hostHeader == null || hostSuffix == null ? null : label(hostHeader, hostSuffix);
        if (label != null) {
            return new DatabaseName(label);
        }
        if (defaultDatabase != null) {
            return defaultDatabase;
        }
        // A JavaScript client takes the last word of its URL for a file, unless a slash follows.
        throw new Problem.NotFound("no database in the URL: use " + ServerAddress.of(hostHeader)
                        + "<database>/ (with the slash at the end, for JavaScript clients), or set default_database")
                .toException();
    }

    private static @Nullable String label(String hostHeader, String suffix) {
        int end = hostHeader.startsWith("[") ? -1 : hostHeader.lastIndexOf(':');
        if (end < 0) {
            end = hostHeader.length();
        }
        if (end > 0 && hostHeader.charAt(end - 1) == '.') {
            end--;
        }
        int labelEnd = end - suffix.length();
        boolean matches = labelEnd > 0 && hostHeader.regionMatches(true, labelEnd, suffix, 0, suffix.length());
        return matches ? hostHeader.substring(0, labelEnd) : null;
    }

    private static String normalized(String suffix) {
        String lower = suffix.toLowerCase(Locale.ROOT);
        return lower.charAt(0) == '.' ? lower : "." + lower;
    }
}
