package net.quicsql.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import net.quicsql.access.DatabaseName;
import org.jspecify.annotations.Nullable;

/**
 * The folder of the database files, held by one server at a time, and the temporary folder of databases in memory.
 * Thread-safe.
 */
public final class DataDirectory implements AutoCloseable {
    private static final String LOCK_FILE = "quicsql.lock";
    private static final String SUFFIX = ".db";
    private static final Path RAM_DISK = Path.of("/dev/shm");

    private final Path path;
    private final Path memoryPath;
    private final FileChannel lockChannel;

    private DataDirectory(Path path, Path memoryPath, FileChannel lockChannel) {
        this.path = path;
        this.memoryPath = memoryPath;
        this.lockChannel = lockChannel;
    }

    /**
     * Makes the folder if it is missing and locks it.
     *
     * @throws IOException where it can't be made, written or locked; the message names the folder and the reason
     */
    public static DataDirectory open(Path configured) throws IOException {
        Path path = configured.toAbsolutePath().normalize();
        if (path.toString().indexOf('?') >= 0) {
            throw new IOException("data_dir: '?' may not appear in the path " + path);
        }
        FileChannel channel = lockFile(path);
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new IOException("data_dir: another quicsql server is using " + path);
            }
            Path memory = memoryFolder(path);
            deleteTree(memory);
            return new DataDirectory(path, memory, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    /**
     * The file of a database that is served because it lies here; empty where there is none under exactly this name. A
     * symbolic link is one, so that the refusal to open it is told.
     */
    Optional<Path> existing(DatabaseName name) {
        Path file = path.resolve(name + SUFFIX);
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? Optional.of(file) : Optional.empty();
    }

    /** Names of the databases that lie here, in order. */
    List<DatabaseName> names() {
        List<DatabaseName> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "*" + SUFFIX)) {
            for (Path file : files) {
                String fileName = String.valueOf(file.getFileName());
                DatabaseName.parse(fileName.substring(0, fileName.length() - SUFFIX.length()))
                        .ifPresent(names::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        names.sort(Comparator.comparing(DatabaseName::value));
        return names;
    }

    /** Where a configured database's file lies. */
    Path resolve(DatabaseName name, DatabaseConfig config) throws IOException {
        if (config.kind() == DatabaseKind.MEMORY) {
            Files.createDirectories(memoryPath);
            return memoryPath.resolve(name + SUFFIX);
        }
        return config.path(name, path).normalize();
    }

    /** Removes the databases in memory and lets the folder go. */
    @Override
    public void close() throws IOException {
        deleteTree(memoryPath);
        lockChannel.close();
    }

    /** Opens the lock file, and makes the folder where it is missing. */
    private static FileChannel lockFile(Path path) throws IOException {
        try {
            Files.createDirectories(path);
            return FileChannel.open(path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("data_dir: " + path + " is no folder", e);
        } catch (AccessDeniedException e) {
            throw new IOException("data_dir: permission denied to " + e.getFile(), e);
        } catch (FileSystemException e) {
            throw new IOException("data_dir: " + e.getMessage(), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static Path memoryFolder(Path dataDirectory) {
        Path base = Files.isDirectory(RAM_DISK) && Files.isWritable(RAM_DISK)
                ? RAM_DISK
                : Path.of(System.getProperty("java.io.tmpdir"));
        // Derived from the data folder, so that the next start finds what a killed server left behind.
        return base.resolve(
                "quicsql-" + UUID.nameUUIDFromBytes(dataDirectory.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
