package net.quicsql.sql;

import static java.util.Map.entry;

import java.util.Map;

/**
 * SQLite's result codes and their names.
 *
 * @see <a href="https://www.sqlite.org/rescode.html">Result and Error Codes</a>
 */
public final class SqliteCode {
    public static final int ERROR = 1;
    public static final int BUSY = 5;
    public static final int NOMEM = 7;
    public static final int READONLY = 8;
    public static final int INTERRUPT = 9;
    public static final int IOERR = 10;
    public static final int CORRUPT = 11;
    public static final int FULL = 13;
    public static final int CANTOPEN = 14;
    public static final int TOOBIG = 18;
    public static final int CONSTRAINT = 19;
    public static final int NOTADB = 26;
    public static final int ROW = 100;
    public static final int DONE = 101;
    public static final int BUSY_SNAPSHOT = BUSY | 2 << 8;
    public static final int READONLY_DBMOVED = READONLY | 4 << 8;

    private static final Map<java.lang.Integer, String> NAMES = Map.ofEntries(
            entry(1, "SQLITE_ERROR"),
            entry(2, "SQLITE_INTERNAL"),
            entry(3, "SQLITE_PERM"),
            entry(4, "SQLITE_ABORT"),
            entry(5, "SQLITE_BUSY"),
            entry(6, "SQLITE_LOCKED"),
            entry(7, "SQLITE_NOMEM"),
            entry(8, "SQLITE_READONLY"),
            entry(9, "SQLITE_INTERRUPT"),
            entry(10, "SQLITE_IOERR"),
            entry(11, "SQLITE_CORRUPT"),
            entry(12, "SQLITE_NOTFOUND"),
            entry(13, "SQLITE_FULL"),
            entry(14, "SQLITE_CANTOPEN"),
            entry(15, "SQLITE_PROTOCOL"),
            entry(16, "SQLITE_EMPTY"),
            entry(17, "SQLITE_SCHEMA"),
            entry(18, "SQLITE_TOOBIG"),
            entry(19, "SQLITE_CONSTRAINT"),
            entry(20, "SQLITE_MISMATCH"),
            entry(21, "SQLITE_MISUSE"),
            entry(22, "SQLITE_NOLFS"),
            entry(23, "SQLITE_AUTH"),
            entry(24, "SQLITE_FORMAT"),
            entry(25, "SQLITE_RANGE"),
            entry(26, "SQLITE_NOTADB"),
            entry(extended(1, 1), "SQLITE_ERROR_MISSING_COLLSEQ"),
            entry(extended(1, 2), "SQLITE_ERROR_RETRY"),
            entry(extended(1, 3), "SQLITE_ERROR_SNAPSHOT"),
            entry(extended(4, 2), "SQLITE_ABORT_ROLLBACK"),
            entry(extended(5, 1), "SQLITE_BUSY_RECOVERY"),
            entry(extended(5, 2), "SQLITE_BUSY_SNAPSHOT"),
            entry(extended(5, 3), "SQLITE_BUSY_TIMEOUT"),
            entry(extended(6, 1), "SQLITE_LOCKED_SHAREDCACHE"),
            entry(extended(6, 2), "SQLITE_LOCKED_VTAB"),
            entry(extended(8, 1), "SQLITE_READONLY_RECOVERY"),
            entry(extended(8, 2), "SQLITE_READONLY_CANTLOCK"),
            entry(extended(8, 3), "SQLITE_READONLY_ROLLBACK"),
            entry(extended(8, 4), "SQLITE_READONLY_DBMOVED"),
            entry(extended(8, 5), "SQLITE_READONLY_CANTINIT"),
            entry(extended(8, 6), "SQLITE_READONLY_DIRECTORY"),
            entry(extended(10, 1), "SQLITE_IOERR_READ"),
            entry(extended(10, 2), "SQLITE_IOERR_SHORT_READ"),
            entry(extended(10, 3), "SQLITE_IOERR_WRITE"),
            entry(extended(10, 4), "SQLITE_IOERR_FSYNC"),
            entry(extended(10, 5), "SQLITE_IOERR_DIR_FSYNC"),
            entry(extended(10, 6), "SQLITE_IOERR_TRUNCATE"),
            entry(extended(10, 7), "SQLITE_IOERR_FSTAT"),
            entry(extended(10, 8), "SQLITE_IOERR_UNLOCK"),
            entry(extended(10, 9), "SQLITE_IOERR_RDLOCK"),
            entry(extended(10, 10), "SQLITE_IOERR_DELETE"),
            entry(extended(10, 12), "SQLITE_IOERR_NOMEM"),
            entry(extended(10, 13), "SQLITE_IOERR_ACCESS"),
            entry(extended(10, 15), "SQLITE_IOERR_LOCK"),
            entry(extended(10, 16), "SQLITE_IOERR_CLOSE"),
            entry(extended(10, 18), "SQLITE_IOERR_SHMOPEN"),
            entry(extended(10, 19), "SQLITE_IOERR_SHMSIZE"),
            entry(extended(10, 20), "SQLITE_IOERR_SHMLOCK"),
            entry(extended(10, 21), "SQLITE_IOERR_SHMMAP"),
            entry(extended(10, 22), "SQLITE_IOERR_SEEK"),
            entry(extended(10, 23), "SQLITE_IOERR_DELETE_NOENT"),
            entry(extended(10, 24), "SQLITE_IOERR_MMAP"),
            entry(extended(10, 32), "SQLITE_IOERR_DATA"),
            entry(extended(10, 33), "SQLITE_IOERR_CORRUPTFS"),
            entry(extended(11, 1), "SQLITE_CORRUPT_VTAB"),
            entry(extended(11, 2), "SQLITE_CORRUPT_SEQUENCE"),
            entry(extended(11, 3), "SQLITE_CORRUPT_INDEX"),
            entry(extended(14, 2), "SQLITE_CANTOPEN_ISDIR"),
            entry(extended(14, 3), "SQLITE_CANTOPEN_FULLPATH"),
            entry(extended(14, 6), "SQLITE_CANTOPEN_SYMLINK"),
            entry(extended(19, 1), "SQLITE_CONSTRAINT_CHECK"),
            entry(extended(19, 2), "SQLITE_CONSTRAINT_COMMITHOOK"),
            entry(extended(19, 3), "SQLITE_CONSTRAINT_FOREIGNKEY"),
            entry(extended(19, 4), "SQLITE_CONSTRAINT_FUNCTION"),
            entry(extended(19, 5), "SQLITE_CONSTRAINT_NOTNULL"),
            entry(extended(19, 6), "SQLITE_CONSTRAINT_PRIMARYKEY"),
            entry(extended(19, 7), "SQLITE_CONSTRAINT_TRIGGER"),
            entry(extended(19, 8), "SQLITE_CONSTRAINT_UNIQUE"),
            entry(extended(19, 9), "SQLITE_CONSTRAINT_VTAB"),
            entry(extended(19, 10), "SQLITE_CONSTRAINT_ROWID"),
            entry(extended(19, 11), "SQLITE_CONSTRAINT_PINNED"),
            entry(extended(19, 12), "SQLITE_CONSTRAINT_DATATYPE"));

    private SqliteCode() {}

    /** The primary code of an extended one, 0 to 255. */
    public static int primary(int extendedCode) {
        return extendedCode & 0xFF;
    }

    /** The extended code's name, or its primary code's where the extended one has none we know. */
    public static String name(int extendedCode) {
        String name = NAMES.get(extendedCode);
        return name != null ? name : NAMES.getOrDefault(primary(extendedCode), "SQLITE_ERROR");
    }

    private static int extended(int primary, int detail) {
        return primary | detail << 8;
    }
}
