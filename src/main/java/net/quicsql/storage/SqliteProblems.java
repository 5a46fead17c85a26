package net.quicsql.storage;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.SqliteCode;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Turns the driver's exceptions into problems, by result code and never by message. Stateless. */
final class SqliteProblems {
    /** What the driver writes before SQLite's text for a code that it has no name for. */
    private static final Pattern UNNAMED = Pattern.compile(":(\\d+) \\((.*)\\)", Pattern.DOTALL);

    private SqliteProblems() {}

    static ProblemException from(SQLException e) {
        if (!(e instanceof SQLiteException sqlite)) {
            return new ProblemException(
                    new Problem.Refused(ProblemCode.DATABASE_CLOSED, "the connection to the database was closed"));
        }
        SQLiteErrorCode code = sqlite.getResultCode();
        String text = String.valueOf(e.getMessage());
        if (code == SQLiteErrorCode.UNKNOWN_ERROR) {
            Matcher unnamed = UNNAMED.matcher(text);
            return unnamed.find()
                    ? of(Integer.parseInt(unnamed.group(1)), unnamed.group(2))
                    : of(SqliteCode.ERROR, text);
        }
        return of(code.code, withoutPrefix(code, text));
    }

    /** A failure in SQLite's terms that this server itself found. */
    static ProblemException of(int extendedCode, String message) {
        return problem(extendedCode, message).toException();
    }

    /** Nobody is there to be told. */
    static ProblemException clientGone() {
        return new Problem.Refused(ProblemCode.CLIENT_GONE, "the client went away").toException();
    }

    static Problem.SqlFailed problem(int extendedCode, String message) {
        return new Problem.SqlFailed(
                row(extendedCode),
                SqliteCode.primary(extendedCode),
                extendedCode,
                SqliteCode.name(extendedCode),
                message);
    }

    private static String withoutPrefix(SQLiteErrorCode code, String text) {
        String prefix = code + " (";
        return text.startsWith(prefix) && text.endsWith(")")
                ? text.substring(prefix.length(), text.length() - 1)
                : text;
    }

    private static ProblemCode row(int extendedCode) {
        if (extendedCode == SqliteCode.BUSY_SNAPSHOT) {
            return ProblemCode.SQL_BUSY_SNAPSHOT;
        }
        if (extendedCode == SqliteCode.READONLY_DBMOVED) {
            return ProblemCode.SQL_IO_FAILED;
        }
        return switch (SqliteCode.primary(extendedCode)) {
            case SqliteCode.CONSTRAINT -> ProblemCode.SQL_CONSTRAINT;
            case SqliteCode.READONLY -> ProblemCode.SQL_READ_ONLY;
            case SqliteCode.BUSY -> ProblemCode.SQL_BUSY;
            case SqliteCode.FULL -> ProblemCode.SQL_DISK_FULL;
            case SqliteCode.IOERR, SqliteCode.CANTOPEN -> ProblemCode.SQL_IO_FAILED;
            case SqliteCode.CORRUPT, SqliteCode.NOTADB -> ProblemCode.SQL_CORRUPT;
            default -> ProblemCode.SQL_FAILED;
        };
    }
}
