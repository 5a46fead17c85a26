package net.quicsql.engine;

import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.session.Abort;
import net.quicsql.sql.SqliteCode;
import org.jspecify.annotations.Nullable;

/** What the engine says and concludes when a statement fails. Stateless. */
final class Failures {
    /** SQLite's own words. */
    private static final String READ_ONLY = "attempt to write a readonly database";

    private Failures() {}

    /** A failure in SQLite's words of a statement that SQLite itself was not asked. */
    static ProblemException sqliteError(String message) {
        return new Problem.SqlFailed(
                        ProblemCode.SQL_FAILED,
                        SqliteCode.ERROR,
                        SqliteCode.ERROR,
                        SqliteCode.name(SqliteCode.ERROR),
                        message)
                .toException();
    }

    static ProblemException refused(String message) {
        return new Problem.Refused(ProblemCode.STATEMENT_REFUSED, message).toException();
    }

    /** The failure of a write by a principal who may only read. */
    static ProblemException writeForbidden() {
        return readOnly(ProblemCode.SQL_WRITE_FORBIDDEN, READ_ONLY + ": this principal may only read it");
    }

    /** The failure of a write to a database that nobody writes. */
    static ProblemException readOnlyDatabase() {
        return readOnly(ProblemCode.SQL_READ_ONLY, READ_ONLY);
    }

    private static ProblemException readOnly(ProblemCode code, String message) {
        return new Problem.SqlFailed(
                        code, SqliteCode.READONLY, SqliteCode.READONLY, SqliteCode.name(SqliteCode.READONLY), message)
                .toException();
    }

    /**
     * The same failure, with what to do about it where SQLite's text does not tell.
     *
     * @param aborted whether it has ended its transaction and aborted the stream
     */
    static ProblemException explained(ProblemException e, boolean aborted) {
        if (aborted && e.problem() instanceof Problem.Refused refused) {
            return new Problem.Refused(refused.code(), refused.message() + ". Its transaction was rolled back")
                    .toException();
        }
        if (e.problem() instanceof Problem.SqlFailed failed && failed.extendedCode() == SqliteCode.BUSY_SNAPSHOT) {
            return failed.followedBy(": another write was committed after this transaction's first read."
                            + " Roll back and begin with BEGIN IMMEDIATE")
                    .toException();
        }
        return e;
    }

    static boolean isReadOnly(ProblemException e) {
        return e.problem() instanceof Problem.SqlFailed failed && failed.extendedCode() == SqliteCode.READONLY;
    }

    static boolean isBusy(ProblemException e) {
        return e.problem() instanceof Problem.SqlFailed failed && failed.primaryCode() == SqliteCode.BUSY;
    }

    /** Whether nobody knows any more what a connection's caches and file handles are worth that met this failure. */
    static boolean leavesDoubt(ProblemException e) {
        if (e.problem() instanceof Problem.SqlFailed failed) {
            return switch (failed.primaryCode()) {
                case SqliteCode.IOERR, SqliteCode.NOMEM, SqliteCode.CORRUPT, SqliteCode.CANTOPEN -> true;
                default -> false;
            };
        }
        return false;
    }

    /**
     * Why a transaction that a failed statement has ended counts as ended by the server; null where SQLite ended it as the
     * client's own statement asked for, by OR ROLLBACK or RAISE(ROLLBACK).
     */
    static @Nullable Abort abortAfter(ProblemException e) {
        if (e.problem() instanceof Problem.SqlFailed failed) {
            return switch (failed.primaryCode()) {
                case SqliteCode.FULL,
                        SqliteCode.IOERR,
                        SqliteCode.NOMEM,
                        SqliteCode.CORRUPT,
                        SqliteCode.CANTOPEN,
                        SqliteCode.BUSY,
                        SqliteCode.READONLY,
                        SqliteCode.INTERRUPT -> Abort.of(Abort.Cause.MACHINE);
                default -> null;
            };
        }
        return Abort.of(Abort.Cause.MACHINE);
    }
}
