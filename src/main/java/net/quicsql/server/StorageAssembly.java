package net.quicsql.server;

import io.dropwizard.core.setup.Environment;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.engine.StreamEngine;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.WaitingRoom;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.problem.Problem;
import net.quicsql.session.BatonKeys;
import net.quicsql.session.SessionReaper;
import net.quicsql.session.SessionStore;
import net.quicsql.storage.Client;
import net.quicsql.storage.ConnectionLimits;
import net.quicsql.storage.DataDirectory;
import net.quicsql.storage.Database;
import net.quicsql.storage.DatabaseManager;
import net.quicsql.storage.WalWatch;

/** Joins the parts that keep databases and run SQL. Immutable. */
final class StorageAssembly implements DatabaseHealth {
    private final DataDirectory directory;
    private final DatabaseManager databases;
    private final BatonKeys batonKeys;
    private final StreamEngine engine;

    private StorageAssembly(
            DataDirectory directory, DatabaseManager databases, BatonKeys batonKeys, StreamEngine engine) {
        this.directory = directory;
        this.databases = databases;
        this.batonKeys = batonKeys;
        this.engine = engine;
    }

    /**
     * Makes the engine over a locked data directory. Databases open when the server starts and close when it has stopped
     * taking requests: streams first, which roll back, then the files.
     *
     * @throws IOException where the key file cannot be used
     */
    static StorageAssembly assemble(
            QuicsqlConfiguration configuration,
            Environment environment,
            DataDirectory directory,
            ServerMetrics metrics,
            Supplier<Client> clients)
            throws IOException {
        LimitsConfig limits = configuration.limits();
        BatonKeys keys = BatonKeys.open(directory.path(), Clock.systemUTC(), limits.batonLifetime());
        DatabaseManager databases = new DatabaseManager(
                directory,
                configuration.databases(),
                configuration.storage(),
                new ConnectionLimits(
                        Math.toIntExact(limits.maxSqlBytes()),
                        Math.toIntExact(limits.maxValueBytes()),
                        limits.lockWait(),
                        limits.contendedTxLifetime()),
                metrics,
                new WaitingRoom(limits.maxWaitingRequests()),
                clients);
        SessionStore sessions = new SessionStore(keys, limits, Clock.systemUTC(), System::nanoTime);
        environment.lifecycle().manage(databases);
        StreamEngine engine = new StreamEngine(databases, sessions, limits, System::nanoTime);
        environment.lifecycle().addEventListener(new DrainDeadline(engine));
        environment.lifecycle().manage(new SessionReaper(sessions, limits, System::nanoTime));
        return new StorageAssembly(directory, databases, keys, engine);
    }

    StreamEngine engine() {
        return engine;
    }

    /** Where a database's requests are counted; empty where there is no such database. */
    Optional<DatabaseMetrics> metricsOf(DatabaseName name) {
        return databases.find(name).map(Database::metrics);
    }

    DataDirectory directory() {
        return directory;
    }

    BatonKeys batonKeys() {
        return batonKeys;
    }

    @Override
    public Collection<DatabaseName> databases() {
        return databases.known().stream().map(Database::name).toList();
    }

    /** Looks again at a database that could not be opened: it may have been mended though nobody asks for it. */
    @Override
    public Optional<String> problemOf(DatabaseName name) {
        Optional<Database> database = databases.find(name);
        database.ifPresent(Database::tryAgain);
        return database.flatMap(Database::problem)
                .map(Problem::message)
                .or(() -> database.map(Database::wal)
                        .filter(WalWatch::isPastLimit)
                        .flatMap(WalWatch::warning)
                        .map(warning -> "writers wait: " + warning));
    }

    @Override
    public Optional<String> warningOf(DatabaseName name) {
        return databases.find(name).map(Database::wal).flatMap(WalWatch::warning);
    }
}
