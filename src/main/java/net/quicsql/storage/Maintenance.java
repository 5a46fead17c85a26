package net.quicsql.storage;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConnection;

/** A database's connection for our own SQL, by Jdbi; no client statement ever runs on it. One thread at a time. */
final class Maintenance implements AutoCloseable {
    private static final int MOMENT_MILLIS = 20;

    private final Handle handle;

    private Maintenance(Handle handle) {
        this.handle = handle;
    }

    static Maintenance open(Database database) {
        try {
            SQLiteConnection connection = database.factory().openRaw(ConnectionRole.WRITER);
            return new Maintenance(Jdbi.create(() -> connection).open());
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    /** Copies what can be copied without waiting for anybody. */
    void checkpointPassive() {
        checkpoint("PASSIVE");
    }

    /** Copies everything and empties the log, if no reader is in the way. */
    void checkpointTruncate() {
        checkpoint("TRUNCATE");
    }

    /** As {@link #checkpointTruncate}, but waits for readers for a moment only. */
    void tryCheckpointTruncate() {
        handle.execute("PRAGMA busy_timeout=" + MOMENT_MILLIS);
        try {
            checkpoint("TRUNCATE");
        } finally {
            handle.execute("PRAGMA busy_timeout=" + ConnectionFactory.MAINTENANCE_BUSY_MILLIS);
        }
    }

    @Override
    public void close() {
        handle.close();
    }

    private void checkpoint(String mode) {
        handle.createQuery("PRAGMA wal_checkpoint(" + mode + ")").mapToMap().list();
    }
}
