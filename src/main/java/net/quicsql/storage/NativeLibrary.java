package net.quicsql.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Unpacks SQLite's native library for the driver. The driver can do so by itself, but compares every byte of what it has
 * written with what it read, one by one and not compiled yet, and leaves the file behind when the process is killed.
 * Thread-safe.
 */
final class NativeLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    /** Where the driver looks first, as its documentation names it. */
    private static final String PATH_PROPERTY = "org.sqlite.lib.path";

    private static final String NAME_PROPERTY = "org.sqlite.lib.name";
    private static final String FOLDER_PROPERTY = "org.sqlite.tmpdir";

    /** Guarded by the class. */
    private static boolean done;

    private NativeLibrary() {}

    /**
     * Sees to it that the library is loaded, once; others wait meanwhile. Where the jar has none for this machine, the settings
     * name another, or it cannot be loaded, the driver looks by itself at its first connection, and tells what it misses.
     */
    static synchronized void ensureLoaded() {
        if (!done) {
            done = true;
            try {
                load();
            } catch (Exception e) {
                LOG.debug("SQLite's library could not be loaded", e);
            }
        }
    }

    private static void load() throws Exception {
        Unpacked unpacked = isChosen() ? null : unpack();
        if (unpacked == null) {
            return;
        }
        try {
            System.setProperty(PATH_PROPERTY, unpacked.folder().toString());
            System.setProperty(NAME_PROPERTY, unpacked.name());
            SQLiteJDBCLoader.initialize();
        } finally {
            System.clearProperty(PATH_PROPERTY);
            System.clearProperty(NAME_PROPERTY);
            unpacked.delete();
        }
    }

    private static boolean isChosen() {
        return System.getProperty(PATH_PROPERTY) != null || System.getProperty(NAME_PROPERTY) != null;
    }

    /** The library as a file; null where there is none. */
    private static @Nullable Unpacked unpack() {
        String name = LibraryLoaderUtil.getNativeLibName();
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + '/' + name;
        String parent = System.getProperty(FOLDER_PROPERTY, System.getProperty("java.io.tmpdir"));
        try (InputStream packed = NativeLibrary.class.getResourceAsStream(resource)) {
            if (packed == null) {
                return null;
            }
            Unpacked unpacked = new Unpacked(Files.createTempDirectory(Path.of(parent), "quicsql-sqlite"), name);
            unpacked.deleteAtEnd();
            try {
                Files.copy(packed, unpacked.file());
                return unpacked;
            } catch (IOException e) {
                unpacked.delete();
                throw e;
            }
        } catch (IOException noRoom) {
            // The driver tries its own ways, and tells what is wrong.
            return null;
        }
    }

    /** A file in a folder of its own that only this user may enter. */
    private record Unpacked(Path folder, String name) {
        Path file() {
            return folder.resolve(name);
        }

        /** The process needs neither once the library is loaded; where the system forbids it now, they go at the end. */
        void delete() {
            try {
                Files.deleteIfExists(file());
                Files.deleteIfExists(folder);
            } catch (IOException inUse) {
                LOG.debug("{} is deleted at the end", file(), inUse);
            }
        }

        /** Also where the process ends before it is loaded. */
        void deleteAtEnd() {
            // Those that are told last go first.
            folder.toFile().deleteOnExit();
            file().toFile().deleteOnExit();
        }
    }
}
