package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Reads SQL text by SQLite's lexical rules; the only place that does. Stateless and thread-safe. */
public final class SqlScanner {

    private SqlScanner() {}

    /**
     * Splits a text into statements by the rule of {@code sqlite3_complete} and says what each of them is.
     *
     * @return a script without statements for a text of white space, comments and semicolons
     * @throws SqlTextException when the text holds U+0000 or half of a surrogate pair
     */
    public static Script scan(String sql) {
        requireNonNull(sql, "sql is null");
        refuseUnspeakable(sql);
        Iterator<SqlStatement> remaining = new StatementIterator(sql);
        if (!remaining.hasNext()) {
            return new Script(sql, List.of());
        }
        SqlStatement first = remaining.next();
        if (!remaining.hasNext()) {
            return new Script(sql, List.of(first));
        }
        List<SqlStatement> statements = new ArrayList<>();
        statements.add(first);
        remaining.forEachRemaining(statements::add);
        return new Script(sql, statements);
    }

    /**
     * Reads the same statements as {@link #scan} one at a time. For texts as large as a request body: 32 MiB of {@code
     * END;} are eight million statements, too many to hold at once.
     *
     * @return an iterator for one thread, whose texts have all been checked for what {@link #scan} refuses
     * @throws SqlTextException when the text holds U+0000 or half of a surrogate pair
     */
    public static Iterator<SqlStatement> iterate(String sql) {
        requireNonNull(sql, "sql is null");
        refuseUnspeakable(sql);
        return new StatementIterator(sql);
    }

    /**
     * Makes a text fit for a log: one line without comments, where each string, blob, number and unreadable token is a
     * {@code ?}. So is a name in double quotes that holds more than letters and digits, or stands
     * behind an operator or in a list of values: SQLite takes it for a string when no column has that name. Never throws for a text that
     * {@link #scan} refuses.
     *
     * @param maxLength the longest answer in UTF-16 units, at least 1; a longer one is cut and ends in an ellipsis
     */
    public static String stripForLog(String sql, int maxLength) {
        requireNonNull(sql, "sql is null");
        return new LogText(sql, maxLength).toString();
    }

    private static void refuseUnspeakable(String sql) {
        int length = sql.length();
        for (int i = 0; i < length; i++) {
            // One comparison for the common case: U+0000 wraps around to the top, beside the surrogates.
            if ((char) (sql.charAt(i) - 1) >= Character.MIN_SURROGATE - 1) {
                i = pastSpeakable(sql, i);
            }
        }
    }

    /** Checks the character at an offset, and answers the offset of its last unit. */
    private static int pastSpeakable(String sql, int offset) {
        char c = sql.charAt(offset);
        if (c == 0) {
            throw new SqlTextException("SQL text holds the character U+0000", offset);
        }
        if (!Character.isSurrogate(c)) {
            return offset;
        }
        boolean pair = Character.isHighSurrogate(c)
                && offset + 1 < sql.length()
                && Character.isLowSurrogate(sql.charAt(offset + 1));
        if (!pair) {
            throw new SqlTextException("SQL text holds half of a surrogate pair", offset);
        }
        return offset + 1;
    }
}
