package net.quicsql.engine;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import net.quicsql.access.AccessLevel;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.WaitingRoom;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.session.BatonKeys;
import net.quicsql.session.SessionReaper;
import net.quicsql.session.SessionStore;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.Client;
import net.quicsql.storage.ConnectionLimits;
import net.quicsql.storage.DataDirectory;
import net.quicsql.storage.DatabaseConfig;
import net.quicsql.storage.DatabaseManager;
import net.quicsql.storage.StorageConfig;

/** A real engine over a folder, with a clock for idle and lifetime limits that tests turn on by hand. */
public final class EngineFixture implements AutoCloseable {
    public static final DatabaseName APP = new DatabaseName("app");
    public static final Principal DEV = new Principal("dev", Map.of("*", AccessLevel.ADMIN));
    public static final Principal READER = new Principal("reader", Map.of("*", AccessLevel.READ_ONLY));

    private final AtomicLong skippedNanos = new AtomicLong();
    private final AtomicReference<Client> client = new AtomicReference<>(Client.PRESENT);
    private final DatabaseManager databases;
    private final SessionStore sessions;
    private final SessionReaper reaper;
    private final StreamEngine engine;

    public EngineFixture(Path folder) {
        this(folder, LimitsConfig.defaults(), DatabaseConfig.defaults());
    }

    public EngineFixture(Path folder, LimitsConfig limits, DatabaseConfig app) {
        this(folder, limits, app, StorageConfig.defaults());
    }

    public EngineFixture(Path folder, LimitsConfig limits, DatabaseConfig app, StorageConfig storage) {
        try {
            DataDirectory directory = DataDirectory.open(folder);
            databases = new DatabaseManager(
                    directory,
                    Map.of(APP, app),
                    storage,
                    new ConnectionLimits(
                            (int) limits.maxSqlBytes(),
                            (int) limits.maxValueBytes(),
                            limits.lockWait(),
                            limits.contendedTxLifetime()),
                    new ServerMetrics(new MetricRegistry()),
                    new WaitingRoom(limits.maxWaitingRequests()),
                    client::get);
            databases.start();
            sessions = new SessionStore(
                    BatonKeys.open(folder, Clock.systemUTC(), limits.batonLifetime()),
                    limits,
                    Clock.systemUTC(),
                    this::nanoTime);
            reaper = new SessionReaper(sessions, limits, this::nanoTime);
            engine = new StreamEngine(databases, sessions, limits, this::nanoTime);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public StreamEngine engine() {
        return engine;
    }

    public DatabaseManager databases() {
        return databases;
    }

    public SessionStore sessions() {
        return sessions;
    }

    /** Lets time pass for everything that asks this fixture's clock, then lets the reaper look. */
    public void pass(java.time.Duration time) {
        skippedNanos.addAndGet(time.toNanos());
        reaper.look();
    }

    public Statement statement(String sql) {
        return new Statement(engine.statement(sql), Arguments.none());
    }

    /** Runs a statement on a stream and returns its rows as text. */
    public List<String> rows(Stream stream, String sql) {
        TextRows rows = new TextRows();
        stream.execute(statement(sql), rows);
        return rows.rows;
    }

    public StatementResult run(Stream stream, String sql) {
        return stream.execute(statement(sql), new TextRows());
    }

    /** Runs a statement by the stateless door and returns its rows as text. */
    public List<String> query(Principal principal, String sql) {
        TextRows rows = new TextRows();
        engine.query(APP, principal, statement(sql), rows);
        return rows.rows;
    }

    /** Whom every thread works for from now on. */
    public void client(Client present) {
        client.set(present);
    }

    @Override
    public void close() throws Exception {
        reaper.stop();
        databases.stop();
    }

    private long nanoTime() {
        return System.nanoTime() + skippedNanos.get();
    }

    /** Rows as text, cells parted by a bar. */
    public static class TextRows implements RowSink {
        public final List<String> rows = new ArrayList<>();
        public List<Column> columns = List.of();
        private final StringBuilder row = new StringBuilder();

        @Override
        public void columns(List<Column> newColumns) {
            columns = newColumns;
        }

        @Override
        public void beginRow() {
            row.setLength(0);
        }

        @Override
        public void nullCell() {
            cell("NULL");
        }

        @Override
        public void integerCell(long value) {
            cell(Long.toString(value));
        }

        @Override
        public void realCell(double value) {
            cell(Double.toString(value));
        }

        @Override
        public void textCell(byte[] utf8) {
            cell(new String(utf8, StandardCharsets.UTF_8));
        }

        @Override
        public void blobCell(byte[] bytes) {
            cell("x'" + java.util.HexFormat.of().formatHex(bytes) + "'");
        }

        @Override
        public Demand endRow() {
            rows.add(row.toString());
            return Demand.MORE;
        }

        private void cell(String text) {
            if (row.length() > 0) {
                row.append('|');
            }
            row.append(text);
        }
    }
}
