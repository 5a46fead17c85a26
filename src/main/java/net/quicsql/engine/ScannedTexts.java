package net.quicsql.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Iterator;
import java.util.List;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Script;
import net.quicsql.sql.SqlScanner;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.SqlTextException;

/** SQL texts, scanned; the ones that come again and again are scanned once. Thread-safe. */
final class ScannedTexts {
    /** Scanning a longer text costs little beside running it, and such texts rarely repeat. */
    private static final int MAX_CACHED_CHARACTERS = 16_384;

    private static final long MAX_CACHE_CHARACTERS = 4_000_000;

    private final Cache<String, Script> cache = Caffeine.newBuilder()
            .maximumWeight(MAX_CACHE_CHARACTERS)
            .weigher((String text, Script script) -> text.length() + 64)
            .executor(Runnable::run)
            .build();

    /**
     * The statements of a text.
     *
     * @throws ProblemException SQL_INVALID_TEXT where it holds NUL or a lone surrogate
     */
    Script script(String text) {
        Script cached = cache.getIfPresent(text);
        if (cached != null) {
            return cached;
        }
        Script scanned = scan(text);
        if (text.length() <= MAX_CACHED_CHARACTERS) {
            cache.put(text, scanned);
        }
        return scanned;
    }

    /**
     * The one statement of a text.
     *
     * @throws ProblemException SQL_NO_STATEMENT, SQL_MANY_STATEMENTS or SQL_INVALID_TEXT
     */
    SqlStatement single(String text) {
        List<SqlStatement> statements = script(text).statements();
        if (statements.size() == 1) {
            return statements.get(0);
        }
        throw statements.isEmpty()
                ? refused(ProblemCode.SQL_NO_STATEMENT, "the SQL text contains no statement")
                : refused(ProblemCode.SQL_MANY_STATEMENTS, "the SQL text contains more than one statement");
    }

    /** The first statement of a text; for describe, which looks at no more. */
    SqlStatement first(String text) {
        List<SqlStatement> statements = script(text).statements();
        if (statements.isEmpty()) {
            throw refused(ProblemCode.SQL_NO_STATEMENT, "the SQL text contains no statement");
        }
        return statements.get(0);
    }

    /** The statements of a long script, one after the other; not cached. */
    Iterator<SqlStatement> iterate(String text) {
        try {
            return SqlScanner.iterate(text);
        } catch (SqlTextException e) {
            throw refused(ProblemCode.SQL_INVALID_TEXT, String.valueOf(e.getMessage()));
        }
    }

    private static Script scan(String text) {
        try {
            return SqlScanner.scan(text);
        } catch (SqlTextException e) {
            throw refused(ProblemCode.SQL_INVALID_TEXT, String.valueOf(e.getMessage()));
        }
    }

    private static ProblemException refused(ProblemCode code, String message) {
        return new Problem.Refused(code, message).toException();
    }
}
