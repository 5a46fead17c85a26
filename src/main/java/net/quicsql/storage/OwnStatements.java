package net.quicsql.storage;

import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.SqliteCode;

/** The statements that we ourselves send on a connection: prepared once, kept outside its cache. One thread at a time. */
final class OwnStatements {
    private final Function<String, EngineStatement> prepare;
    private final Map<Text, EngineStatement> prepared = new EnumMap<>(Text.class);

    OwnStatements(Function<String, EngineStatement> prepare) {
        this.prepare = prepare;
    }

    /** What there is to send. */
    enum Text {
        BEGIN("BEGIN"),
        BEGIN_IMMEDIATE("BEGIN IMMEDIATE"),
        COMMIT("COMMIT"),
        ROLLBACK("ROLLBACK"),
        SAVEPOINT("SAVEPOINT _quicsql"),
        RELEASE("RELEASE _quicsql"),
        ROLLBACK_TO("ROLLBACK TO _quicsql"),
        /** A change of no rows, of a table that is there once {@code last_insert_rowid()} was primed. */
        CHANGE_NOTHING("DELETE FROM temp." + SqlStatement.OWN_TABLE + " WHERE 0"),
        LAST_INSERT_ROWID("SELECT last_insert_rowid()"),
        SCHEMA_VERSION("PRAGMA schema_version"),
        SCHEMA_PROBE("SELECT 1 FROM sqlite_schema LIMIT 0");

        private final String text;

        Text(String text) {
            this.text = text;
        }
    }

    /** Runs one whose rows do not matter. */
    void run(Text which) {
        EngineStatement statement = statement(which);
        try {
            statement.next();
        } finally {
            statement.reset();
        }
    }

    /** Tries one; false where SQLite refuses it. */
    boolean succeeds(Text which) {
        EngineStatement statement = statement(which);
        try {
            return statement.stepForCode() == SqliteCode.DONE;
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        } finally {
            statement.reset();
        }
    }

    /** The integer that one answers. */
    long integer(Text which) {
        EngineStatement statement = statement(which);
        try {
            statement.next();
            return statement.integer(0);
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        } finally {
            statement.reset();
        }
    }

    void close() {
        prepared.values().forEach(EngineStatement::close);
    }

    private EngineStatement statement(Text which) {
        EngineStatement statement = prepared.get(which);
        if (statement == null || statement.isFinalized()) {
            statement = prepare.apply(which.text);
            prepared.put(which, statement);
        }
        return statement;
    }
}
