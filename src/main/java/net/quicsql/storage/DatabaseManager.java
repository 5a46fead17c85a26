package net.quicsql.storage;

import static java.util.Objects.requireNonNull;

import io.dropwizard.lifecycle.Managed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.limits.WaitingRoom;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.problem.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns every database: those that the configuration names and those whose file lies in the data directory. Thread-safe.
 *
 * <p>Stops after everything that runs statements has stopped: checkpoints and closes each database.
 */
public final class DatabaseManager implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseManager.class);

    /** Between two looks for statements past their deadline. */
    private static final long WATCHDOG_MILLIS = 200;

    private static final long CHECKPOINT_MILLIS = 500;
    private static final long STOP_SECONDS = 5;

    private final DataDirectory directory;
    private final Map<DatabaseName, DatabaseConfig> configured;
    private final StorageConfig storage;
    private final ConnectionLimits limits;
    private final ServerMetrics metrics;
    private final WaitingRoom waitingRoom;
    private final Supplier<Client> clients;
    private final FileRegistry files = new FileRegistry();
    private final Map<DatabaseName, Database> databases = new ConcurrentHashMap<>();
    private final Map<String, DatabaseName> namesByCaseFold = new ConcurrentHashMap<>();
    private final Set<Database> waitingForCheck = ConcurrentHashMap.newKeySet();
    private final Checkpointer checkpointer;
    private final ScheduledExecutorService timer;
    private final ExecutorService checks = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "storage-check");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * No databases yet.
     *
     * @param clients tells the client that the calling thread works for
     */
    public DatabaseManager(
            DataDirectory directory,
            Map<DatabaseName, DatabaseConfig> configured,
            StorageConfig storage,
            ConnectionLimits limits,
            ServerMetrics metrics,
            WaitingRoom waitingRoom,
            Supplier<Client> clients) {
        this.directory = requireNonNull(directory, "directory is null");
        this.configured = Map.copyOf(configured);
        this.storage = requireNonNull(storage, "storage is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
        this.waitingRoom = requireNonNull(waitingRoom, "waitingRoom is null");
        this.clients = requireNonNull(clients, "clients is null");
        this.checkpointer = new Checkpointer(this::known, storage.walAlarmBytes(), System::nanoTime);
        this.timer = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "storage-timer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Registers the databases; a configured one is made if it is absent. A file that cannot be opened stops nothing. */
    @Override
    public void start() {
        for (DatabaseName name : new TreeMap<>(byText(configured)).values()) {
            openConfigured(name);
        }
        for (DatabaseName name : directory.names()) {
            if (find(name).isEmpty()) {
                LOG.warn(
                        "database {} is not served: its name differs from that of {} in upper and lower case only",
                        name,
                        namesByCaseFold.get(name.caseFolded()));
            }
        }
        var unused = timer.scheduleWithFixedDelay(
                this::interruptLate, WATCHDOG_MILLIS, WATCHDOG_MILLIS, TimeUnit.MILLISECONDS);
        unused = timer.scheduleWithFixedDelay(
                this::checkpoint, CHECKPOINT_MILLIS, CHECKPOINT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends the timers, checkpoints and closes every database. */
    @Override
    public void stop() throws Exception {
        timer.shutdown();
        if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("the storage timers did not end within {} s", STOP_SECONDS);
        }
        checks.shutdownNow();
        endWork();
        for (Database database : known()) {
            database.close(() -> checkpointer.closing(database));
        }
        directory.close();
    }

    /** Ends every running statement and lets no other begin: they answer that the server is stopping. Idempotent. */
    public void endWork() {
        known().forEach(Database::endWork);
    }

    /** The database of a name, open, or empty where there is none. */
    public Optional<Database> find(DatabaseName name) {
        Database known = databases.get(name);
        return known != null ? Optional.of(known) : discover(name);
    }

    /** Where requests wait that another request keeps from going on. */
    public WaitingRoom waitingRoom() {
        return waitingRoom;
    }

    /** Every database known so far, in order of their names. */
    public List<Database> known() {
        List<Database> all = new ArrayList<>(databases.values());
        all.sort(Comparator.comparing(database -> database.name().value()));
        return all;
    }

    private Optional<Database> discover(DatabaseName name) {
        if (configured.containsKey(name)) {
            return Optional.of(register(name, configured.get(name)));
        }
        return directory.existing(name).flatMap(file -> {
            DatabaseName same = namesByCaseFold.putIfAbsent(name.caseFolded(), name);
            return same == null || same.equals(name)
                    ? Optional.of(register(name, DatabaseConfig.defaults()))
                    : Optional.empty();
        });
    }

    private Database register(DatabaseName name, DatabaseConfig config) {
        namesByCaseFold.putIfAbsent(name.caseFolded(), name);
        return databases.computeIfAbsent(name, key -> {
            try {
                Path file = directory.resolve(name, config);
                return new Database(
                        name,
                        file,
                        config,
                        storage,
                        limits,
                        files,
                        metrics.forDatabase(name),
                        waitingRoom,
                        clients,
                        System::nanoTime);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void openConfigured(DatabaseName name) {
        Database database = register(name, requireNonNull(configured.get(name)));
        try {
            database.open();
        } catch (ProblemException e) {
            // Logged by the database, and told by its health.
        }
    }

    private void interruptLate() {
        for (Database database : databases.values()) {
            try {
                database.interruptLate();
            } catch (RuntimeException | Error e) {
                // It would end the timer for good, also where it is only that memory has run out for a moment.
                LOG.error("looking for statements past their deadline failed", e);
            }
        }
    }

    private void checkpoint() {
        try {
            checkpointer.tick();
            for (Database database : known()) {
                database.tend(() -> checkpointer.letGo(database));
                check(database);
            }
        } catch (RuntimeException | Error e) {
            // It would end the timer for good, also where it is only that memory has run out for a moment.
            LOG.error("looking after the databases failed", e);
        }
    }

    /** Has a database looked through for damage, if that is not about to be done: one may take hours, and others wait. */
    private void check(Database database) {
        if (database.isUnchecked() && waitingForCheck.add(database)) {
            checks.execute(() -> {
                waitingForCheck.remove(database);
                database.check();
            });
        }
    }

    private static Map<String, DatabaseName> byText(Map<DatabaseName, ?> map) {
        Map<String, DatabaseName> names = new TreeMap<>();
        map.keySet().forEach(name -> names.put(name.value(), name));
        return names;
    }
}
