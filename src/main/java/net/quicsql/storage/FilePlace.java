package net.quicsql.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import net.quicsql.problem.Problem;
import net.quicsql.sql.SqliteCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database's place in the file system: whether what lies there is what was opened. Never opens the file. Thread-safe; what
 * changes it is called by one thread at a time.
 */
final class FilePlace {
    static final Problem MOVED = SqliteProblems.problem(
            SqliteCode.READONLY_DBMOVED, "the database file was moved, replaced or deleted while it was open");

    static final Problem NOT_WRITABLE = SqliteProblems.problem(
            SqliteCode.CANTOPEN,
            "the database file cannot be written: its file system is read-only, or the server lacks the permission");

    private static final Logger LOG = LoggerFactory.getLogger(FilePlace.class);

    private final Path file;
    private final Path log;
    private volatile @Nullable Object opened;
    private @Nullable Object openedLog;
    private volatile boolean writable = true;
    private @Nullable Fingerprint damaged;

    /** What changes when somebody mends a file. */
    private record Fingerprint(Optional<Object> identity, long bytes, FileTime modified) {}

    FilePlace(Path file) {
        this.file = file;
        this.log = Path.of(file + "-wal");
    }

    /**
     * Gets ready for an open, with nothing of the file open here any more unless another one has taken its place. The log of
     * a file that was replaced is set aside: SQLite would copy it into the new one.
     *
     * @throws net.quicsql.problem.ProblemException READONLY_DBMOVED where a file that was open is gone: an empty one must not
     *     take its place
     */
    void prepareOpening() {
        Object before = opened;
        if (before == null) {
            return;
        }
        Object now = DatabaseFile.identity(file).orElse(null);
        if (now == null) {
            throw MOVED.toException();
        }
        setForeignLogAside(before, now);
    }

    /** Leaves the place for good: a log must not be found beside another file by the next start. */
    void leave() {
        Object before = opened;
        Object now = DatabaseFile.identity(file).orElse(null);
        if (before != null && now != null) {
            setForeignLogAside(before, now);
        }
    }

    /** Whether SQLite may write the file, asked of the system by its name. */
    boolean isWritable() {
        return !Files.exists(file, LinkOption.NOFOLLOW_LINKS) || Files.isWritable(file);
    }

    /**
     * Whether the file lies on a read-only file system without a log: SQLite reads a file in WAL mode there only if told that
     * it cannot change. Where merely the permission is missing, others may write.
     */
    boolean isSealed() {
        if (DatabaseFile.walStamp(file).bytes() > 0) {
            return false;
        }
        try {
            file.getFileSystem().provider().checkAccess(file, AccessMode.WRITE);
            return false;
        } catch (NoSuchFileException | AccessDeniedException e) {
            return false;
        } catch (IOException readOnlyFileSystem) {
            return true;
        }
    }

    /** Notes what was opened. */
    void opened(boolean forWriting) {
        opened = DatabaseFile.identity(file).orElse(null);
        openedLog = identityOfLog();
        writable = forWriting;
        damaged = null;
    }

    /** Whether the file is not under its name any more. */
    boolean isMoved() {
        Object before = opened;
        return before != null && !before.equals(DatabaseFile.identity(file).orElse(null));
    }

    /** Whether the file was opened for writing. */
    boolean isOpenForWriting() {
        return writable;
    }

    /** Notes that the file, closed by now, is damaged as it is. */
    void damaged() {
        damaged = fingerprint();
    }

    /** Whether the file is still the one that is known to be damaged. */
    boolean isStillDamaged() {
        Fingerprint before = damaged;
        return before != null && before.equals(fingerprint());
    }

    private @Nullable Object identityOfLog() {
        return DatabaseFile.identity(log).orElse(null);
    }

    private void setForeignLogAside(Object before, Object now) {
        if (now.equals(before) || openedLog == null || !openedLog.equals(identityOfLog())) {
            return;
        }
        try {
            Path aside = Path.of(log + ".set-aside");
            for (int i = 2; Files.exists(aside, LinkOption.NOFOLLOW_LINKS); i++) {
                aside = Path.of(log + ".set-aside-" + i);
            }
            Files.move(log, aside);
            Files.deleteIfExists(Path.of(file + "-shm"));
            LOG.warn(
                    "{} is another file now; the log of the old one was renamed to {}: with the old file it has its latest"
                            + " commits",
                    file,
                    aside.getFileName());
        } catch (IOException e) {
            throw SqliteProblems.of(
                    SqliteCode.CANTOPEN, "the log of the file that was here before could not be set aside");
        }
    }

    private @Nullable Fingerprint fingerprint() {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Fingerprint(
                    Optional.ofNullable(attributes.fileKey()), attributes.size(), attributes.lastModifiedTime());
        } catch (IOException gone) {
            return null;
        }
    }
}
