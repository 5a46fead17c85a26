package net.quicsql.storage;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConnection;

/**
 * A database's connection for our own SQL, by Jdbi; no client statement ever runs on it. It waits for nobody where nothing
 * else is said. One thread at a time.
 */
final class Maintenance implements AutoCloseable {
    private final Handle handle;
    private final int pageBytes;

    private Maintenance(Handle handle) {
        this.handle = handle;
        waitForOthers(0);
        pageBytes = handle.createQuery("PRAGMA page_size").mapTo(Integer.class).one();
    }

    static Maintenance open(Database database) {
        try {
            SQLiteConnection connection = database.factory().openRaw(ConnectionRole.WRITER);
            return new Maintenance(Jdbi.create(() -> connection).open());
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    int pageBytes() {
        return pageBytes;
    }

    /** How far the log is copied back. Costs some microseconds and changes nothing. */
    WalFrames look() {
        return checkpoint("NOOP");
    }

    /** Copies what no reader's snapshot is in the way of. Writers go on meanwhile. */
    WalFrames copy() {
        return checkpoint("PASSIVE");
    }

    /** Copies all and empties the file, if no reader is in the way. To be called in the writer's turn. */
    WalFrames empty() {
        return checkpoint("TRUNCATE");
    }

    /** As {@link #empty}, and waits for readers. */
    void emptyAtClose() {
        waitForOthers(ConnectionFactory.MAINTENANCE_BUSY_MILLIS);
        empty();
    }

    /**
     * As {@link #copy}, and waits until nobody is left who began to read before, so that the next writer begins the log anew.
     * To be called in the writer's turn: who begins to read then is in nobody's way.
     */
    WalFrames copyAndAwaitReaders(int millis) {
        waitForOthers(millis);
        try {
            return checkpoint("RESTART");
        } finally {
            waitForOthers(0);
        }
    }

    @Override
    public void close() {
        handle.close();
    }

    private void waitForOthers(int millis) {
        handle.execute("PRAGMA busy_timeout=" + millis);
    }

    /** The row of the answer: whether somebody was in the way, frames in the log, frames copied. */
    private WalFrames checkpoint(String mode) {
        return handle.createQuery("PRAGMA wal_checkpoint(" + mode + ")")
                .map((row, context) -> new WalFrames(row.getInt(2), row.getInt(3)))
                .one();
    }
}
