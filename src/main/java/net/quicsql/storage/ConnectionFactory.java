package net.quicsql.storage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.BusyHandler;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;
import org.sqlite.SQLiteOpenMode;

/** Opens connections to one database file with everything that makes them safe to run strangers' SQL. Thread-safe. */
final class ConnectionFactory {
    /** Deep enough for hand-written SQL; each level costs stack in SQLite's code generator. */
    private static final int MAX_TRIGGER_DEPTH = 100;
    /** A longer pattern can keep LIKE busy for minutes in one call that cannot be interrupted. */
    private static final int MAX_LIKE_PATTERN_BYTES = 1_000;

    private static final int MAX_VARIABLES = 32_766;
    /** How long our own maintenance waits for another process; client statements have a handler with a deadline. */
    static final int MAINTENANCE_BUSY_MILLIS = 1_000;

    private final Path file;
    private final DatabaseConfig config;
    private final StorageConfig storage;
    private final ConnectionLimits limits;
    private final DatabaseState state;
    private final boolean sealed;

    /** @param sealed the file can't change and has no log, which SQLite must be told to read it in a read-only folder */
    ConnectionFactory(
            Path file,
            DatabaseConfig config,
            StorageConfig storage,
            ConnectionLimits limits,
            DatabaseState state,
            boolean sealed) {
        if (file.toString().indexOf('?') >= 0) {
            throw new IllegalArgumentException("data_dir: '?' may not appear in a database's path: " + file);
        }
        this.file = file.toAbsolutePath();
        this.config = config;
        this.storage = storage;
        this.limits = limits;
        this.state = state;
        this.sealed = sealed;
    }

    /** Opens a connection; with the role WRITER a file that is not there is made. */
    EngineConnection open(ConnectionRole role) {
        try {
            if (!state.beginOpening()) {
                throw FilePlace.MOVED.toException();
            }
            SQLiteConnection connection = openRaw(role);
            try {
                return prepare(connection, role);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        } finally {
            state.endOpening();
        }
    }

    /** Opens a plain JDBC connection for our own SQL, with the same limits; its owner closes it. */
    SQLiteConnection openRaw(ConnectionRole role) throws SQLException {
        if (role == ConnectionRole.WRITER && Files.exists(file) && !Files.isWritable(file)) {
            // SQLite would open it for reading, and the connection would stay so when the file has long been writable
            // again.
            throw FilePlace.NOT_WRITABLE.toException();
        }
        SQLiteConfig sqlite = new SQLiteConfig();
        if (!sealed) {
            sqlite.resetOpenMode(SQLiteOpenMode.OPEN_URI);
        }
        sqlite.setOpenMode(SQLiteOpenMode.NOMUTEX);
        if (role == ConnectionRole.READER) {
            sqlite.setReadOnly(true);
        }
        sqlite.setBusyTimeout(0);
        NativeLibrary.ensureLoaded();
        SQLiteConnection connection = (SQLiteConnection) sqlite.createConnection(url());
        try {
            limit(connection);
            ForbiddenFunctions.replaceOn(connection);
            pragmas(connection, role);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private String url() {
        return sealed ? "jdbc:sqlite:file:" + file.toUri().getRawPath() + "?immutable=1" : "jdbc:sqlite:" + file;
    }

    private EngineConnection prepare(SQLiteConnection connection, ConnectionRole role) throws SQLException {
        StatementClock clock = new StatementClock(connection.getDatabase());
        leaveTransactionsToTheEngine(connection);
        ProgressHandler.setHandler(connection, StatementClock.stepsPerLook(), clock.progressHandler());
        BusyHandler.setHandler(connection, clock.busyHandler(limits.lockWait().toNanos(), state::isStopping));
        EngineConnection opened = new EngineConnection(
                connection,
                new DriverCalls(connection.getDatabase()),
                role,
                state,
                new StatementCache(storage.statementCacheEntries(), storage.statementCacheBytes()),
                clock,
                config.foreignKeys());
        state.remember(opened);
        return opened;
    }

    /** Else the driver sends a BEGIN and a COMMIT of its own behind each statement that returns no row. */
    static void leaveTransactionsToTheEngine(SQLiteConnection connection) {
        connection.getConnectionConfig().setAutoCommit(false);
    }

    private void limit(SQLiteConnection connection) throws SQLException {
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, limits.maxSqlBytes());
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, Math.max(limits.maxValueBytes(), limits.maxSqlBytes()));
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_VARIABLE_NUMBER, MAX_VARIABLES);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_TRIGGER_DEPTH, MAX_TRIGGER_DEPTH);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MAX_LIKE_PATTERN_BYTES);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_WORKER_THREADS, 0);
    }

    private void pragmas(SQLiteConnection connection, ConnectionRole role) throws SQLException {
        exec(connection, "PRAGMA busy_timeout=" + MAINTENANCE_BUSY_MILLIS);
        exec(connection, "PRAGMA trusted_schema=OFF");
        exec(connection, "PRAGMA cell_size_check=ON");
        exec(connection, "PRAGMA mmap_size=0");
        exec(connection, "PRAGMA foreign_keys=" + (config.foreignKeys() ? "ON" : "OFF"));
        if (role == ConnectionRole.WRITER) {
            if (config.journal() == JournalChoice.WAL) {
                exec(connection, "PRAGMA journal_mode=WAL");
                exec(connection, "PRAGMA wal_autocheckpoint=0");
            }
            exec(connection, "PRAGMA synchronous=" + synchronous());
        }
    }

    private String synchronous() {
        // What lives in memory has no power cut to survive.
        return config.kind() == DatabaseKind.MEMORY
                ? "OFF"
                : config.synchronous().name();
    }

    private static void exec(SQLiteConnection connection, String pragma) throws SQLException {
        int result = connection.getDatabase()._exec(pragma);
        if (result != 0) {
            connection.getDatabase().throwex(result);
        }
    }
}
