package net.quicsql.storage;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.core.DB;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * The driver's calls by pointer, each of which crosses into native code once: all that running statements costs there goes
 * through this class, so that a test can count it. One connection's; one thread at a time.
 *
 * <p>Not final for that test's sake. With no subclass loaded the JIT compiler inlines the methods as if they were.
 */
class DriverCalls {
    private final DB db;

    DriverCalls(DB db) {
        this.db = db;
    }

    /**
     * Binds all arguments and makes the first step: a call for each argument and two more.
     *
     * @param arguments a value for each parameter; null where there is none
     * @return whether there is a row
     */
    boolean execute(JDBC4PreparedStatement prepared, @Nullable Object @Nullable [] arguments) throws SQLException {
        return db.execute(prepared, arguments);
    }

    /** One step, as SQLite's result code. */
    int step(long statement) throws SQLException {
        return db.step(statement);
    }

    void reset(long statement) throws SQLException {
        db.reset(statement);
    }

    void clearBindings(long statement) throws SQLException {
        db.clear_bindings(statement);
    }

    int columnCount(long statement) throws SQLException {
        return db.column_count(statement);
    }

    @Nullable
    String columnName(long statement, int column) throws SQLException {
        return db.column_name(statement, column);
    }

    @Nullable
    String columnDeclaredType(long statement, int column) throws SQLException {
        return db.column_decltype(statement, column);
    }

    int columnType(long statement, int column) throws SQLException {
        return db.column_type(statement, column);
    }

    long columnLong(long statement, int column) throws SQLException {
        return db.column_long(statement, column);
    }

    double columnDouble(long statement, int column) throws SQLException {
        return db.column_double(statement, column);
    }

    /** The bytes of a text or blob; null where there are none. */
    byte @Nullable [] columnBytes(long statement, int column) throws SQLException {
        return db.column_blob(statement, column);
    }

    @Nullable
    String columnText(long statement, int column) throws SQLException {
        return db.column_text(statement, column);
    }

    long changes() throws SQLException {
        return db.changes();
    }

    /** Runs a text of our own. */
    void run(String ownText) throws SQLException {
        int result = db._exec(ownText);
        if (result != 0) {
            throw failure(result);
        }
    }

    void limit(int which, int value) throws SQLException {
        db.limit(which, value);
    }

    /** What a result code means, in SQLite's words. */
    SQLException failure(int result) throws SQLException {
        db.throwex(result);
        throw new IllegalArgumentException(result + " is no failure");
    }
}
