package net.quicsql.storage;

import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * Loads the driver and SQLite's native library on a thread of its own while the server reads its configuration: unpacking
 * the library is a good part of a start otherwise. Stateless.
 */
public final class DriverWarmup {
    private static final Logger LOG = LoggerFactory.getLogger(DriverWarmup.class);

    private DriverWarmup() {}

    /** Begins; nobody need wait for it. */
    public static void begin() {
        Thread thread = new Thread(DriverWarmup::load, "driver-warmup");
        thread.setDaemon(true);
        thread.start();
    }

    private static void load() {
        NativeLibrary.ensureLoaded();
        try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite::memory:")) {
            connection.prepareStatement("SELECT 1").close();
        } catch (SQLException e) {
            // Whoever opens the first database meets the same failure and tells it in its place.
            LOG.debug("SQLite could not be loaded ahead", e);
        }
    }
}
