package net.quicsql.wire;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import io.dropwizard.testing.DropwizardTestSupport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import net.quicsql.server.QuicsqlApplication;
import net.quicsql.server.QuicsqlConfiguration;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.sqlite.SQLiteConfig;

/**
 * The whole application on a free port, over a data directory that goes with it. Has the databases {@code app},
 * {@code other} and {@code eager}, and the principals {@code dev} (admin), {@code reader} (read-only) and {@code guest} (writes
 * {@code app} alone), each known by its name as token.
 */
final class WireServer implements BeforeAllCallback, AfterAllCallback {
    static final String APP = "app";
    static final String OTHER = "other";
    /** Here a plain BEGIN takes the lock to write. */
    static final String EAGER = "eager";

    static final String DEV = "dev";
    static final String READER = "reader";
    static final String GUEST = "guest";

    /** How long the server's own copying of the log may have its locks, which is no transaction's. */
    private static final int CHECKPOINT_MILLIS = 250;

    private static final List<String> STORAGE = List.of(
            "data_dir: %s/data",
            "default_database: app",
            "databases:",
            "  app: {kind: file}",
            "  other: {kind: file}",
            "  eager: {kind: file, begin: immediate}",
            "logging: {level: ERROR}",
            ServedWay.SETTING,
            "server:",
            "  applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]",
            "  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]");

    private final List<String> auth;
    private final List<String> limits;
    private Path folder;
    private DropwizardTestSupport<QuicsqlConfiguration> running;

    private WireServer(List<String> auth, List<String> limits) {
        this.auth = auth;
        this.limits = limits;
    }

    /**
     * A server with principals.
     *
     * @param limits lines of the configuration's section of this name, as {@code "lock_wait: 1s"}
     */
    static WireServer with(String... limits) {
        return new WireServer(
                List.of(
                        "auth:",
                        "  principals:",
                        principal(DEV, "\"*\": admin"),
                        principal(READER, "\"*\": read-only"),
                        principal(GUEST, "app: read-write")),
                List.of(limits));
    }

    /** A server that asks nobody who they are. */
    static WireServer open() {
        return new WireServer(List.of(), List.of());
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = Files.createTempDirectory("quicsql-wire");
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        stop();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Stops the server and starts another one over the same data. */
    void restart() throws Exception {
        stop();
        start();
    }

    int port() {
        return running.getLocalPort();
    }

    int adminPort() {
        return running.getAdminPort();
    }

    /** Requests that wait for their turn to write {@code app}. */
    long waitingWriters() {
        return running.getEnvironment()
                .metrics()
                .counter("quicsql.app.writers_waiting")
                .getCount();
    }

    /** What a counter of the metrics stands at, as {@code quicsql.app.hangups}. */
    long counter(String name) {
        return running.getEnvironment().metrics().counter(name).getCount();
    }

    /** What a gauge or a counter of the metrics stands at, as {@code quicsql.app.open_streams}. */
    long level(String name) {
        Metric metric = running.getEnvironment().metrics().getMetrics().get(name);
        Object value = metric instanceof Counting counting ? counting.getCount() : ((Gauge<?>) metric).getValue();
        return ((Number) value).longValue();
    }

    /** WebSockets that are open. */
    long webSockets() {
        return Stream.of(running.getEnvironment()
                        .getApplicationContext()
                        .getServer()
                        .getConnectors())
                .flatMap(connector -> connector.getConnectedEndPoints().stream())
                .filter(endPoint -> endPoint.getConnection() instanceof WebSocketConnection)
                .count();
    }

    /** Whether a transaction has the write lock of {@code app}. Asks SQLite, for the server would see a writer that waits. */
    boolean isWriteLocked() {
        try (Connection connection = connect(CHECKPOINT_MILLIS);
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("ROLLBACK");
            return false;
        } catch (SQLException e) {
            return true;
        }
    }

    /** Whether a transaction holds an older state of {@code app} than the latest, or the write lock. */
    boolean isLogInUse() throws SQLException {
        try (Connection connection = connect(CHECKPOINT_MILLIS);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
            return result.next() && result.getInt(1) != 0;
        }
    }

    /** A client of {@code app} as {@code dev}. */
    HranaClient client() {
        return client(APP, DEV);
    }

    HranaClient client(String database, String principal) {
        return new HranaClient(this, database, principal, Door.JSON);
    }

    /** The same through a door of the test's choice. */
    HranaClient client(Door door) {
        return new HranaClient(this, APP, DEV, door);
    }

    private void start() throws Exception {
        StringBuilder yaml = new StringBuilder();
        STORAGE.forEach(line -> yaml.append(line.formatted(folder)).append('\n'));
        auth.forEach(line -> yaml.append(line).append('\n'));
        if (!limits.isEmpty()) {
            yaml.append("limits:\n");
            limits.forEach(line -> yaml.append("  ").append(line).append('\n'));
        }
        Path file = Files.writeString(folder.resolve("config.yml"), yaml);
        running = new DropwizardTestSupport<>(QuicsqlApplication.class, file.toString());
        running.before();
    }

    private void stop() {
        running.after();
    }

    /** A connection to {@code app} beside the server, which waits for whoever has a lock as any other process would. */
    Connection connect() throws SQLException {
        return connect(10_000);
    }

    private Connection connect(int busyMillis) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(busyMillis);
        return config.createConnection("jdbc:sqlite:" + folder.resolve("data").resolve(APP + ".db"));
    }

    private static String principal(String name, String grant) {
        return "  - {name: " + name + ", token_sha256: " + sha256(name) + ", grants: {" + grant + "}}";
    }

    private static String sha256(String token) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
