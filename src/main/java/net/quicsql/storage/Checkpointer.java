package net.quicsql.storage;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import net.quicsql.problem.ProblemException;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the write-ahead logs into their databases: from time to time while they are open ({@link LogKeeper}), wholly when
 * a database closes. SQLite's automatic checkpoints are off, so nothing else ever does. Used by one thread, but for {@link
 * #closing}, which comes when that one has ended.
 */
final class Checkpointer {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    private final Supplier<Collection<Database>> databases;
    private final long alarmBytes;
    private final LongSupplier nanoClock;
    private final Map<Database, LogKeeper> keepers = new ConcurrentHashMap<>();
    private final Set<Database> failing = ConcurrentHashMap.newKeySet();

    Checkpointer(Supplier<Collection<Database>> databases, long alarmBytes, LongSupplier nanoClock) {
        this.databases = requireNonNull(databases, "databases is null");
        this.alarmBytes = alarmBytes;
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
    }

    /** Looks at every open database. */
    void tick() {
        for (Database database : databases.get()) {
            if (!database.isOpen()) {
                letGo(database);
            } else if (hasLog(database)) {
                look(database);
            }
        }
    }

    /** Copies a whole log back before its database closes, and lets the connection go. */
    void closing(Database database) {
        if (!database.isOpen() || !hasLog(database)) {
            return;
        }
        try {
            keeper(database).emptyAtClose();
        } catch (JdbiException | ProblemException e) {
            LOG.warn(
                    "database {}: no checkpoint at close; its log is kept and read at the next open",
                    database.name(),
                    e);
        } finally {
            keepers.remove(database);
        }
    }

    /** Closes the connection to a file that is to be closed: SQLite's locks are lost when another handle of it is. */
    void letGo(Database database) {
        LogKeeper keeper = keepers.remove(database);
        if (keeper != null) {
            keeper.close();
            database.wal().measured(WalFrames.NONE, 0);
        }
    }

    private void look(Database database) {
        try {
            keeper(database).look();
            failing.remove(database);
        } catch (JdbiException | ProblemException e) {
            if (failing.add(database)) {
                LOG.warn("database {}: checkpoint failed; its log grows until one succeeds", database.name(), e);
            }
        }
    }

    private LogKeeper keeper(Database database) {
        return keepers.computeIfAbsent(database, key -> new LogKeeper(key, alarmBytes, nanoClock));
    }

    private static boolean hasLog(Database database) {
        return database.config().mode() == DatabaseMode.RW && database.config().journal() == JournalChoice.WAL;
    }
}
