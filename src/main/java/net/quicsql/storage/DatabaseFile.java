package net.quicsql.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Optional;
import net.quicsql.sql.SqliteCode;

/** Looks at a database's file from outside, before SQLite has it open. Stateless. */
final class DatabaseFile {
    /** Every SQLite file begins with these 16 bytes. */
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    private DatabaseFile() {}

    /**
     * Checks what can be told before the first open: it must not be called while the file is open in this process, for
     * closing any handle of it drops SQLite's locks.
     *
     * @throws net.quicsql.problem.ProblemException SQL_IO_FAILED or SQL_CORRUPT, without the path
     */
    static void requireUsable(Path file) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isSymbolicLink(file)) {
            throw SqliteProblems.of(SqliteCode.CANTOPEN, "the database file is a symbolic link, which is refused");
        }
        if (!Files.isRegularFile(file)) {
            throw SqliteProblems.of(SqliteCode.CANTOPEN, "the database file is not a regular file");
        }
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(MAGIC.length);
        } catch (IOException e) {
            throw SqliteProblems.of(SqliteCode.CANTOPEN, "unable to read the database file");
        }
        // An empty file is an empty database; anything else must say that it is one.
        if (head.length > 0 && !Arrays.equals(head, MAGIC)) {
            throw SqliteProblems.of(SqliteCode.NOTADB, "file is not a database");
        }
    }

    /** What stays the same under every name of a file; empty where there is no file or the system has no such key. */
    static Optional<Object> identity(Path file) {
        try {
            return Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The write-ahead log beside a database. Does not open it. */
    static WalStamp walStamp(Path file) {
        try {
            BasicFileAttributes log = Files.readAttributes(Path.of(file + "-wal"), BasicFileAttributes.class);
            return new WalStamp(log.size(), log.lastModifiedTime());
        } catch (IOException e) {
            return WalStamp.NONE;
        }
    }
}
