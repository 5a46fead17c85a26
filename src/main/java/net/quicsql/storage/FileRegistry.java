package net.quicsql.storage;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import net.quicsql.sql.SqliteCode;

/**
 * Which file each open database has, by device and inode: a second name for an open file is refused, for closing one of
 * them would drop the locks of the other. Thread-safe.
 */
final class FileRegistry {
    private final Map<Object, Database> owners = new HashMap<>();

    /** Checks a file and takes it for a database before its first open. */
    synchronized void claim(Database database, Path file) {
        Object identity = DatabaseFile.identity(file).orElse(file.toAbsolutePath());
        Database owner = owners.get(identity);
        if (owner != null && owner != database) {
            throw SqliteProblems.of(
                    SqliteCode.CANTOPEN, "the database file is open as database '" + owner.name() + "' already");
        }
        DatabaseFile.requireUsable(file);
        owners.put(identity, database);
    }

    /** Notes the identity of a file that the open itself has made. */
    synchronized void noteIdentity(Database database, Path file) {
        DatabaseFile.identity(file).ifPresent(identity -> owners.put(identity, database));
    }

    synchronized void release(Database database) {
        owners.values().removeIf(owner -> owner == database);
    }
}
