package net.quicsql.storage;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import net.quicsql.access.DatabaseName;
import net.quicsql.limits.WaitingRoom;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import org.jspecify.annotations.Nullable;

/** A data directory with its databases, as the server has them. */
final class StorageFixture implements AutoCloseable {
    static final DatabaseName APP = new DatabaseName("app");

    /** How many threads may wait at a time. */
    static final int SEATS = 10;

    private final AtomicReference<Client> client = new AtomicReference<>(Client.PRESENT);
    private final MetricRegistry metrics = new MetricRegistry();
    private final DatabaseManager databases;

    StorageFixture(Path folder) {
        this(folder, Map.of("app", DatabaseConfig.defaults()), StorageConfig.defaults());
    }

    StorageFixture(Path folder, Map<String, DatabaseConfig> configured, StorageConfig storage) {
        this(folder, configured, storage, Duration.ofSeconds(20));
    }

    /** @param snapshotLifetime how long a read may last while the write-ahead log is past its alarm */
    StorageFixture(
            Path folder, Map<String, DatabaseConfig> configured, StorageConfig storage, Duration snapshotLifetime) {
        Map<DatabaseName, DatabaseConfig> byName =
                new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
        configured.forEach((name, config) -> byName.put(new DatabaseName(name), config));
        try {
            databases = new DatabaseManager(
                    DataDirectory.open(folder),
                    byName,
                    storage,
                    new ConnectionLimits(1 << 20, 1 << 20, Duration.ofMillis(100), snapshotLifetime),
                    new ServerMetrics(metrics),
                    new WaitingRoom(SEATS),
                    client::get);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        databases.start();
    }

    MetricRegistry metrics() {
        return metrics;
    }

    DatabaseManager databases() {
        return databases;
    }

    Database database(String name) {
        return databases.find(new DatabaseName(name)).orElseThrow();
    }

    /** The database app, open. */
    Database app() {
        return database("app").open();
    }

    /** Whom every thread works for from now on. */
    void client(Client present) {
        client.set(present);
    }

    @Override
    public void close() throws Exception {
        databases.stop();
    }

    /** Runs a statement on a connection and returns its rows, each cell as it comes. */
    static List<List<@Nullable Object>> run(EngineConnection connection, String sql, @Nullable Object... arguments) {
        EngineStatement statement = connection.prepare(sql);
        try {
            Rows rows = new Rows();
            boolean row = statement.start(arguments);
            while (row) {
                statement.pushRow(rows);
                rows.endRow();
                row = statement.next();
            }
            return rows.rows;
        } finally {
            connection.done(statement);
        }
    }

    /** Runs a statement on a database's writer, in its turn. */
    static List<List<@Nullable Object>> write(Database database, String sql, @Nullable Object... arguments) {
        try (WriterTurn turn = database.writerTurn("test", "a test")) {
            return run(database.writer(), sql, arguments);
        }
    }

    static List<List<@Nullable Object>> read(Database database, String sql) {
        EngineConnection reader = database.borrowReader();
        try {
            return run(reader, sql);
        } finally {
            database.giveBackReader(reader);
        }
    }

    /** Makes or changes a file with another SQLite than the one under test. */
    static void outside(Path file, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            for (String statement : statements) {
                connection.createStatement().execute(statement);
            }
        }
    }

    /** Cells as Java values: null, Long, Double, and text and blobs as their class's name with their bytes. */
    private static final class Rows implements RowSink {
        private final List<List<@Nullable Object>> rows = new ArrayList<>();
        private List<@Nullable Object> row = new ArrayList<>();

        @Override
        public void columns(List<Column> columns) {}

        @Override
        public void beginRow() {}

        @Override
        public void nullCell() {
            row.add(null);
        }

        @Override
        public void integerCell(long value) {
            row.add(value);
        }

        @Override
        public void realCell(double value) {
            row.add(value);
        }

        @Override
        public void textCell(byte[] utf8) {
            row.add("text " + java.util.HexFormat.of().formatHex(utf8));
        }

        @Override
        public void blobCell(byte[] bytes) {
            row.add("blob " + java.util.HexFormat.of().formatHex(bytes));
        }

        @Override
        public Demand endRow() {
            rows.add(row);
            row = new ArrayList<>();
            return Demand.MORE;
        }
    }
}
