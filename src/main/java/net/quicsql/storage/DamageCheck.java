package net.quicsql.storage;

import java.util.List;
import java.util.Optional;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.SqliteCode;

/**
 * Looks through a database for damage, as SQLite's {@code quick_check} does: a SELECT over a damaged page may answer wrong
 * rows without an error. Stateless.
 */
final class DamageCheck {
    private static final String WHOLE = "ok";

    private DamageCheck() {}

    /** What came of a look: the damage, if any; whether the time sufficed. */
    record Finding(Optional<Problem> damage, boolean finished) {}

    /** Looks at everything at once. */
    static Finding all(EngineConnection connection, long nanos) {
        return check(connection, "PRAGMA quick_check(1)", nanos);
    }

    /**
     * Looks at one table and its indexes after the other, so that no snapshot is held for long.
     *
     * @param nanosForEach the most that one table may take; one that takes longer is left out
     */
    static Finding byTable(EngineConnection connection, long nanosForEach) {
        boolean finished = true;
        for (String table : connection.texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")) {
            Finding finding = check(connection, "PRAGMA quick_check('" + table.replace("'", "''") + "')", nanosForEach);
            if (finding.damage.isPresent()) {
                return finding;
            }
            finished &= finding.finished;
        }
        return new Finding(Optional.empty(), finished);
    }

    private static Finding check(EngineConnection connection, String sql, long nanos) {
        connection.startClock(System.nanoTime() + nanos);
        boolean late = false;
        List<String> said;
        try {
            said = connection.texts(sql);
        } catch (ProblemException e) {
            late = connection.stopClock();
            if (!late
                    && e.problem() instanceof Problem.SqlFailed failed
                    && failed.primaryCode() == SqliteCode.CORRUPT) {
                return new Finding(Optional.of(damage(failed.message())), true);
            }
            // Interrupted, or the disk failed, which says nothing about the file.
            return new Finding(Optional.empty(), false);
        } finally {
            connection.stopClock();
        }
        return said.isEmpty() || WHOLE.equals(said.get(0))
                ? new Finding(Optional.empty(), true)
                : new Finding(Optional.of(damage(said.get(0))), true);
    }

    private static Problem damage(String said) {
        return SqliteProblems.problem(SqliteCode.CORRUPT, "the database file is damaged: " + said.replace('\n', ' '));
    }
}
