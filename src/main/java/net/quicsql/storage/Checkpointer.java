package net.quicsql.storage;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import net.quicsql.problem.ProblemException;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the write-ahead logs into their databases: passively, on a connection of its own, once a log has grown; wholly
 * when a database closes. SQLite's automatic checkpoints are off, so nothing else ever does. Used by one thread, but for
 * {@link #closing}.
 */
final class Checkpointer {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    /** A log of this size is worth copying back: SQLite's own default of 1,000 pages of 4 KiB. */
    static final long PASSIVE_BYTES = 4L * 1024 * 1024;

    /**
     * While others write, a passive checkpoint never catches up with them, and a log that is not copied wholly is never
     * begun anew: from this size on it is copied in the writer's turn.
     */
    static final long TRUNCATE_BYTES = 4 * PASSIVE_BYTES;

    private static final long TURN_WAIT_NANOS = 1_000_000_000L;

    private final Supplier<Collection<Database>> databases;
    private final Map<Database, Maintenance> connections = new ConcurrentHashMap<>();

    Checkpointer(Supplier<Collection<Database>> databases) {
        this.databases = requireNonNull(databases, "databases is null");
    }

    /** Checkpoints every open database whose log has grown since it was last copied. */
    void tick() {
        for (Database database : databases.get()) {
            if (!database.isOpen()) {
                letGo(database);
            } else if (hasLog(database)) {
                long bytes = database.walBytes();
                database.metrics().walBytes(bytes);
                if (bytes >= PASSIVE_BYTES) {
                    passive(database);
                }
                if (bytes >= TRUNCATE_BYTES) {
                    truncate(database);
                }
            }
        }
    }

    /** Copies a whole log back before its database closes, and lets the connection go. */
    void closing(Database database) {
        if (!database.isOpen() || !hasLog(database)) {
            return;
        }
        try (Maintenance maintenance = maintenance(database)) {
            maintenance.checkpointTruncate();
        } catch (JdbiException | ProblemException e) {
            LOG.warn(
                    "database {}: no checkpoint at close; its log is kept and read at the next open",
                    database.name(),
                    e);
        } finally {
            connections.remove(database);
        }
    }

    /** Closes the connection to a file that is to be closed: SQLite's locks are lost when another handle of it is. */
    private void letGo(Database database) {
        Maintenance maintenance = connections.remove(database);
        if (maintenance != null) {
            maintenance.close();
        }
    }

    private void passive(Database database) {
        long started = System.nanoTime();
        try {
            maintenance(database).checkpointPassive();
            database.metrics().checkpointed(System.nanoTime() - started);
        } catch (JdbiException | ProblemException e) {
            LOG.warn("database {}: checkpoint failed; its log grows until one succeeds", database.name(), e);
        }
    }

    /** What is left after the passive checkpoint is little. Readers are hardly waited for: writers are waiting too. */
    private void truncate(Database database) {
        try (WriterTurn turn = database.upkeepTurn("a checkpoint", TURN_WAIT_NANOS)) {
            maintenance(database).tryCheckpointTruncate();
        } catch (JdbiException | ProblemException e) {
            LOG.debug("database {}: its log could not be emptied this time", database.name(), e);
        }
    }

    private Maintenance maintenance(Database database) {
        return connections.computeIfAbsent(database, Maintenance::open);
    }

    private static boolean hasLog(Database database) {
        return database.config().mode() == DatabaseMode.RW && database.config().journal() == JournalChoice.WAL;
    }
}
