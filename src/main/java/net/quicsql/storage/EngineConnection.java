package net.quicsql.storage;

import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import net.quicsql.sql.Column;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.SqliteCode;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * One SQLite connection, for client statements. One thread at a time; only {@link #cancel} and {@link #interruptIfLate}
 * may come from elsewhere.
 */
public final class EngineConnection implements AutoCloseable {
    private static final int LIMIT_ATTACHED = 7;

    private static final String PRIME = "INSERT OR REPLACE INTO temp." + SqlStatement.OWN_TABLE + "(rowid) VALUES(?)";

    private final SQLiteConnection connection;
    private final DB db;
    private final ConnectionRole role;
    private final DatabaseState database;
    private final StatementCache cache;
    private final StatementClock clock;
    private final Map<OwnStatement, EngineStatement> own = new EnumMap<>(OwnStatement.class);
    private boolean foreignKeys;
    private long schemaEpoch;
    private boolean tainted;

    EngineConnection(
            SQLiteConnection connection,
            ConnectionRole role,
            DatabaseState database,
            StatementCache cache,
            StatementClock clock,
            boolean foreignKeys) {
        this.connection = connection;
        this.db = connection.getDatabase();
        this.role = role;
        this.database = database;
        this.cache = cache;
        this.clock = clock;
        this.foreignKeys = foreignKeys;
    }

    /** Statements of our own that are prepared once and kept outside the cache. */
    private enum OwnStatement {
        BEGIN("BEGIN"),
        BEGIN_IMMEDIATE("BEGIN IMMEDIATE"),
        COMMIT("COMMIT"),
        ROLLBACK("ROLLBACK"),
        LAST_INSERT_ROWID("SELECT last_insert_rowid()"),
        SCHEMA_VERSION("PRAGMA schema_version"),
        SCHEMA_PROBE("SELECT 1 FROM sqlite_schema LIMIT 0");

        private final String text;

        OwnStatement(String text) {
            this.text = text;
        }
    }

    public ConnectionRole role() {
        return role;
    }

    /**
     * The prepared statement for a text that holds exactly one statement and has passed the scanner.
     *
     * @throws net.quicsql.problem.ProblemException SQL_FAILED where SQLite refuses the text
     */
    public EngineStatement prepare(String text) {
        EngineStatement cached = cache.get(text);
        if (cached != null && !cached.isFinalized()) {
            return cached;
        }
        if (cached != null) {
            cache.remove(text);
        }
        EngineStatement fresh = prepareFresh(text);
        if (cache.admits(text)) {
            cache.put(text, fresh);
        }
        return fresh;
    }

    /** Ends a statement's run: resets it and closes it if the cache does not keep it. */
    public void done(EngineStatement statement) {
        if (statement.isFinalized()) {
            cache.remove(statement.text());
            return;
        }
        statement.reset();
        if (cache.get(statement.text()) != statement) {
            statement.close();
        }
    }

    /** Whether statements are ended because the server stops. */
    public boolean isStopping() {
        return database.isStopping();
    }

    /** From now on statements are ended once the deadline, a {@link System#nanoTime()} value, has passed. */
    public void startClock(long deadlineNanos) {
        clock.start(deadlineNanos);
        if (database.isStopping()) {
            clock.stop();
            throw WriterQueue.stopping();
        }
    }

    /** Stops the clock and tells whether the deadline had passed or {@link #cancel} was called. */
    public boolean stopClock() {
        return clock.stop();
    }

    /** Stops the clock of the running statement until {@link #resumeClock}. */
    public void pauseClock() {
        clock.pause();
    }

    /** Lets the clock go on, with the time that it was stopped for added to the deadline. */
    public void resumeClock(long pausedNanos) {
        clock.resume(pausedNanos);
    }

    /** Ends the running statement, if any, from any thread. */
    public void cancel() {
        clock.cancel();
    }

    void interruptIfLate() {
        clock.interruptIfLate();
    }

    /** Rows changed by the latest INSERT, UPDATE or DELETE; to be read at once after it. */
    public long changes() {
        try {
            return db.changes();
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    public long lastInsertRowid() {
        return ownInteger(OwnStatement.LAST_INSERT_ROWID);
    }

    /** SQLite's counter of schema changes, as of now. */
    public long schemaVersion() {
        return ownInteger(OwnStatement.SCHEMA_VERSION);
    }

    /**
     * Makes the connection see what other connections have done to the schema: preparing alone trusts what it knows. In a
     * transaction this fixes its snapshot.
     */
    public void refreshSchema() {
        run(OwnStatement.SCHEMA_PROBE);
    }

    /** The columns that a statement has under the schema this connection knows, without running it. */
    public List<Column> columnsOf(String text) {
        EngineStatement fresh = prepareFresh(text);
        try {
            return fresh.columns();
        } finally {
            fresh.close();
        }
    }

    /**
     * Makes {@code last_insert_rowid()} answer a given value. Writes a row of a temporary table: it is the one way that is
     * exact for every statement that follows, also for an upsert that updates.
     */
    public void primeLastInsertRowid(long rowid) {
        try {
            // Each time: where the table was made inside a transaction, a rollback has taken it away again.
            db._exec("CREATE TEMP TABLE IF NOT EXISTS " + SqlStatement.OWN_TABLE + "(rowid INTEGER PRIMARY KEY)");
            EngineStatement insert = prepare(PRIME);
            try {
                insert.start(new Object[] {rowid});
            } finally {
                done(insert);
            }
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    /** Whether no transaction is open: asked of SQLite itself, without ending a transaction that is open. */
    public boolean isAutocommit() {
        try {
            int result = step(OwnStatement.BEGIN);
            if (result != SqliteCode.DONE) {
                return false;
            }
            step(OwnStatement.COMMIT);
            return true;
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    public void begin() {
        run(OwnStatement.BEGIN);
    }

    public void beginImmediate() {
        run(OwnStatement.BEGIN_IMMEDIATE);
    }

    public void commit() {
        run(OwnStatement.COMMIT);
    }

    /** Rolls back if a transaction is open. A connection on which even that fails is not used again. */
    public void rollback() {
        try {
            if (step(OwnStatement.ROLLBACK) != SqliteCode.DONE && !isAutocommit()) {
                taint();
            }
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    /** Sets enforcement of foreign keys; SQLite ignores it inside a transaction, so call it outside. */
    public void foreignKeys(boolean enforced) {
        if (foreignKeys != enforced) {
            execute(enforced ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF");
            foreignKeys = enforced;
        }
    }

    /** Runs one of our own statements that takes no arguments and whose rows do not matter. */
    public void execute(String ownText) {
        try {
            int result = db._exec(ownText);
            if (result != 0) {
                db.throwex(result);
            }
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    /** Rebuilds the file. Needs one attached database for SQLite's own use, which nobody else is granted. */
    public void vacuum() {
        try {
            db.limit(LIMIT_ATTACHED, 1);
            try {
                execute("VACUUM");
            } finally {
                db.limit(LIMIT_ATTACHED, 0);
            }
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    /** Notes that a statement on this connection may have changed the schema, committed or not. */
    public void schemaChangedHere() {
        schemaEpoch++;
    }

    /** Grows whenever the schema seen by this connection may have changed. */
    long schemaEpoch() {
        return schemaEpoch;
    }

    boolean storesUtf8() {
        return database.storesUtf8();
    }

    /** Notes that a client changed this connection in a way that would be felt by the next one: it is closed after use. */
    public void taint() {
        tainted = true;
    }

    boolean isTainted() {
        return tainted;
    }

    @Override
    public void close() {
        database.forget(this);
        try {
            try {
                cache.closeAll();
                own.values().forEach(EngineStatement::close);
            } finally {
                connection.close();
            }
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    private EngineStatement prepareFresh(String text) {
        try {
            return new EngineStatement(this, db, new JDBC4PreparedStatement(connection, text), text);
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    private EngineStatement own(OwnStatement which) {
        EngineStatement statement = own.get(which);
        if (statement == null || statement.isFinalized()) {
            statement = prepareFresh(which.text);
            own.put(which, statement);
        }
        return statement;
    }

    private int step(OwnStatement which) throws SQLException {
        EngineStatement statement = own(which);
        try {
            return statement.stepForCode();
        } finally {
            statement.reset();
        }
    }

    private void run(OwnStatement which) {
        EngineStatement statement = own(which);
        try {
            statement.next();
        } finally {
            statement.reset();
        }
    }

    private long ownInteger(OwnStatement which) {
        EngineStatement statement = own(which);
        try {
            statement.next();
            return statement.integer(0);
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        } finally {
            statement.reset();
        }
    }
}
