package net.quicsql.storage;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Column;
import net.quicsql.sql.SqlStatement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * One SQLite connection, for client statements. One thread at a time; only {@link #cancel} and {@link #interruptIfLate}
 * may come from elsewhere.
 */
public final class EngineConnection implements AutoCloseable {
    private static final int LIMIT_ATTACHED = 7;

    /** Each value that was ever primed is a row; so many stay before they are thrown away. */
    private static final int MOST_OWN_ROWS = 1_000;

    private static final String FORGET = "DELETE FROM temp." + SqlStatement.OWN_TABLE;
    private static final String PRIME = "INSERT OR REPLACE INTO temp." + SqlStatement.OWN_TABLE + "(rowid) VALUES(?)";

    private final SQLiteConnection connection;
    private final DriverCalls calls;
    private final ConnectionRole role;
    private final DatabaseState database;
    private final StatementCache cache;
    private final StatementClock clock;
    private final OwnStatements own = new OwnStatements(this::prepareFresh);
    private final SharingRule sharing = new SharingRule();
    private boolean foreignKeys;
    private boolean hasOwnTable;
    private int ownRows;
    private long schemaEpoch;
    private boolean tainted;

    EngineConnection(
            SQLiteConnection connection,
            DriverCalls calls,
            ConnectionRole role,
            DatabaseState database,
            StatementCache cache,
            StatementClock clock,
            boolean foreignKeys) {
        this.connection = connection;
        this.calls = calls;
        this.role = role;
        this.database = database;
        this.cache = cache;
        this.clock = clock;
        this.foreignKeys = foreignKeys;
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
        startClock(deadlineNanos, Client.PRESENT, () -> {});
    }

    /** As {@link #startClock}, for a statement that only reads: it is ended too once its client has gone. */
    public void startReadClock(long deadlineNanos) {
        startReadClock(deadlineNanos, () -> {});
    }

    /**
     * The same.
     *
     * @param whileRunning is done now and then on this thread while the statement runs; must not use the connection
     */
    public void startReadClock(long deadlineNanos, Runnable whileRunning) {
        startClock(deadlineNanos, database.client(), whileRunning);
    }

    private void startClock(long deadlineNanos, Client reader, Runnable whileRunning) {
        clock.start(deadlineNanos, reader, whileRunning);
        if (database.isStopping()) {
            clock.stop();
            throw WriterQueue.stopping();
        }
    }

    /** Stops the clock and tells whether the statement was to be ended: by its deadline, {@link #cancel} or a hang-up. */
    public boolean stopClock() {
        return clock.stop();
    }

    /** Whether the latest statement was ended because its client had gone. */
    public boolean endedByHangUp() {
        return clock.endedByHangUp();
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

    /** As {@link #cancel}; what its client is told is the problem's. */
    public void end(Problem why) {
        clock.end(why);
    }

    /** Why {@link #end} ended the latest statement; null where it did not. */
    public @Nullable Problem ending() {
        return clock.ending();
    }

    /** Notes that a transaction has begun, which may keep a snapshot. */
    public void transactionBegan(long nowNanos) {
        clock.transactionBegan(nowNanos);
    }

    public void transactionEnded() {
        clock.transactionEnded();
    }

    StatementClock clock() {
        return clock;
    }

    void interruptIfLate() {
        clock.interruptIfLate();
        if (clock.interruptIfLeft()) {
            database.hungUp();
        }
    }

    /** Rows changed by the latest INSERT, UPDATE or DELETE; to be read at once after it. */
    public long changes() {
        try {
            return calls.changes();
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    public long lastInsertRowid() {
        return own.integer(OwnStatements.Text.LAST_INSERT_ROWID);
    }

    /** SQLite's counter of schema changes, as of now. */
    public long schemaVersion() {
        return own.integer(OwnStatements.Text.SCHEMA_VERSION);
    }

    /**
     * Makes the connection see what other connections have done to the schema: preparing alone trusts what it knows. In a
     * transaction this fixes its snapshot.
     */
    public void refreshSchema() {
        own.run(OwnStatements.Text.SCHEMA_PROBE);
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
        if (!hasOwnTable) {
            makeOwnTable();
        }
        ownRows++;
        try {
            if (ownRows > MOST_OWN_ROWS) {
                execute(FORGET);
                ownRows = 0;
            }
            insertOwnRow(rowid);
        } catch (ProblemException rolledBack) {
            // Where the table was made inside a transaction, a rollback has taken it away again.
            makeOwnTable();
            insertOwnRow(rowid);
        }
    }

    private void makeOwnTable() {
        execute("CREATE TEMP TABLE IF NOT EXISTS " + SqlStatement.OWN_TABLE + "(rowid INTEGER PRIMARY KEY)");
        hasOwnTable = true;
    }

    private void insertOwnRow(long rowid) {
        EngineStatement insert = prepare(PRIME);
        try {
            insert.start(new Object[] {rowid});
        } finally {
            done(insert);
        }
    }

    /** Makes {@code changes()} answer 0. Only after {@link #primeLastInsertRowid}. */
    public void primeChanges() {
        own.run(OwnStatements.Text.CHANGE_NOTHING);
    }

    /** Whether the schema, as seen in the open transaction, lets the writes of different clients share it. */
    public boolean mayShareTransaction() {
        return sharing.allows(this);
    }

    /** The texts in the first column of one of our own queries. */
    List<String> texts(String ownQuery) {
        List<String> texts = new ArrayList<>();
        EngineStatement statement = prepareFresh(ownQuery);
        try {
            while (statement.next()) {
                texts.add(statement.string(0));
            }
            return texts;
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        } finally {
            statement.close();
        }
    }

    /** Whether no transaction is open: asked of SQLite itself, without ending a transaction that is open. */
    public boolean isAutocommit() {
        if (!own.succeeds(OwnStatements.Text.BEGIN)) {
            return false;
        }
        own.succeeds(OwnStatements.Text.COMMIT);
        return true;
    }

    public void begin() {
        own.run(OwnStatements.Text.BEGIN);
    }

    public void beginImmediate() {
        own.run(OwnStatements.Text.BEGIN_IMMEDIATE);
    }

    /**
     * Commits. Where that fails with the transaction still open, a rollback undoes it; after any other failure nobody knows
     * what the disk has, and the connection is not used again.
     */
    public void commit() {
        try {
            own.run(OwnStatements.Text.COMMIT);
        } catch (ProblemException e) {
            if (isAutocommit()) {
                taint();
            }
            throw e;
        }
    }

    /** Rolls back if a transaction is open. A connection on which even that fails is not used again. */
    public void rollback() {
        if (!own.succeeds(OwnStatements.Text.ROLLBACK) && !isAutocommit()) {
            taint();
        }
    }

    /** Marks the place in the open transaction to which {@link #rollbackToSavepoint} goes back. One at a time. */
    public void savepoint() {
        own.run(OwnStatements.Text.SAVEPOINT);
    }

    /** Keeps what was done since {@link #savepoint}, as far as the transaction is. */
    public void releaseSavepoint() {
        own.run(OwnStatements.Text.RELEASE);
    }

    /** Undoes what was done since {@link #savepoint}, which is gone then. */
    public void rollbackToSavepoint() {
        own.run(OwnStatements.Text.ROLLBACK_TO);
        own.run(OwnStatements.Text.RELEASE);
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
            calls.run(ownText);
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    /** Rebuilds the file. Needs one attached database for SQLite's own use, which nobody else is granted. */
    public void vacuum() {
        try {
            calls.limit(LIMIT_ATTACHED, 1);
            try {
                execute("VACUUM");
            } finally {
                calls.limit(LIMIT_ATTACHED, 0);
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

    /** Which opening of its database this connection belongs to, from 1: each may have met another file. */
    public long opening() {
        return database.opening();
    }

    boolean storesUtf8() {
        return database.storesUtf8();
    }

    /** Notes that the next client would feel what this one did or met on this connection: it is closed after use. */
    public void taint() {
        tainted = true;
    }

    boolean isTainted() {
        return tainted || isRetired();
    }

    /** Whether the server has let go of the file that this belongs to. */
    public boolean isRetired() {
        return database.isRetired();
    }

    @Override
    public void close() {
        try {
            try {
                cache.closeAll();
                own.close();
            } finally {
                connection.close();
            }
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        } finally {
            // Not before: whoever finds the file unused may open it anew, and closing it here would drop that one's
            // locks.
            database.forget(this);
        }
    }

    private EngineStatement prepareFresh(String text) {
        try {
            return new EngineStatement(this, calls, new JDBC4PreparedStatement(connection, text), text);
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }
}
