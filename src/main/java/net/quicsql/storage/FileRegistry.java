package net.quicsql.storage;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import net.quicsql.access.DatabaseName;
import net.quicsql.sql.SqliteCode;

/**
 * Which file each open database has, by device and inode: a second name for an open file is refused, for closing one of
 * them would drop the locks of the other. Thread-safe.
 */
final class FileRegistry {
    private final Map<Object, DatabaseName> owners = new HashMap<>();

    /** Checks a file and takes it for a database before its first open. */
    synchronized void claim(DatabaseName database, Path file) {
        Object identity = DatabaseFile.identity(file).orElse(file.toAbsolutePath());
        DatabaseName owner = owners.get(identity);
        if (owner != null && !owner.equals(database)) {
            throw SqliteProblems.of(
                    SqliteCode.CANTOPEN, "the database file is open as database '" + owner + "' already");
        }
        DatabaseFile.requireUsable(file);
        owners.put(identity, database);
    }

    /** Notes the identity of a file that the open itself has made. */
    synchronized void noteIdentity(DatabaseName database, Path file) {
        DatabaseFile.identity(file).ifPresent(identity -> owners.put(identity, database));
    }

    /** Releases all files of a database but the one that lies there. */
    synchronized void keepOnly(DatabaseName database, Path file) {
        Object kept = DatabaseFile.identity(file).orElse(file.toAbsolutePath());
        owners.entrySet()
                .removeIf(entry ->
                        entry.getValue().equals(database) && !entry.getKey().equals(kept));
    }

    synchronized void release(DatabaseName database) {
        owners.values().removeIf(database::equals);
    }
}
