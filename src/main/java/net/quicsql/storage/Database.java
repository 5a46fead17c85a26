package net.quicsql.storage;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.limits.WaitingRoom;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database: its writer, readers and leased connections. Opened at its first use. Thread-safe.
 *
 * <p>The {@link #writer()} may be used by the holder of a {@link WriterTurn} only. Leased connections belong to whoever
 * leased them until they are given back.
 */
public final class Database {
    /** A database that failed to open is tried again after this: the file may have been mended meanwhile. */
    private static final long RETRY_OPEN_NANOS = 1_000_000_000L;

    /** An open waits so long for the check of the file; one that takes longer goes on beside the requests. */
    private static final long CHECK_AT_OPEN_NANOS = 1_000_000_000L;

    /** The check of one table beside the requests: its snapshot keeps the log from being begun anew. */
    private static final long CHECK_OF_TABLE_NANOS = 30_000_000_000L;

    private static final long RETIRE_WAIT_NANOS = 10_000_000L;
    private static final long MAX_CLOSE_WAIT_NANOS = 3_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final DatabaseName name;
    private final DatabaseConfig config;
    private final Path file;
    private final StorageConfig storage;
    private final ConnectionLimits limits;
    private final LongSupplier nanoClock;
    private final FilePlace place;
    private final WaitingRoom waitingRoom;
    private final WriterQueue writerQueue;
    private final ReaderPool readers;
    private final Leases leases;
    private final WalWatch wal;
    private final Object opening = new Object();
    private final FileRegistry files;
    private final DatabaseMetrics metrics;
    private volatile Phase phase = Phase.NEW;
    private volatile @Nullable EngineConnection writer;
    private volatile @Nullable Failure failure;
    private volatile @Nullable Problem damage;
    private volatile boolean unchecked;
    private volatile DatabaseState state;
    private volatile @Nullable ConnectionFactory factory;

    private enum Phase {
        NEW,
        OPEN,
        /** Nothing is lent any more; what is open is closed when it comes back. */
        RETIRING,
        CLOSED
    }

    /** Why the latest try to open failed. */
    private record Failure(Problem problem, long atNanos) {}

    Database(
            DatabaseName name,
            Path file,
            DatabaseConfig config,
            StorageConfig storage,
            ConnectionLimits limits,
            FileRegistry files,
            DatabaseMetrics metrics,
            WaitingRoom waitingRoom,
            Supplier<Client> clients,
            LongSupplier nanoClock) {
        this.name = name;
        this.state = new DatabaseState(clients, metrics);
        this.file = file;
        this.place = new FilePlace(file);
        this.config = config;
        this.storage = storage;
        this.limits = limits;
        this.files = files;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.waitingRoom = waitingRoom;
        this.writerQueue = new WriterQueue(nanoClock, waitingRoom);
        this.leases = new Leases(
                role -> factory().open(role), storage.idleConnectionsPerDatabase(), storage.readersPerDatabase());
        this.wal = new WalWatch(name, storage, limits, () -> state, metrics, nanoClock);
        this.readers = new ReaderPool(
                () -> factory().open(ConnectionRole.READER), storage.readersPerDatabase(), metrics, waitingRoom);
    }

    public DatabaseName name() {
        return name;
    }

    public DatabaseConfig config() {
        return config;
    }

    public DatabaseMetrics metrics() {
        return metrics;
    }

    public ConnectionLimits limits() {
        return limits;
    }

    public WriterQueue writerQueue() {
        return writerQueue;
    }

    /** What is known of the write-ahead log. */
    public WalWatch wal() {
        return wal;
    }

    /**
     * Opens the database if it is not open.
     *
     * @throws ProblemException SQL_IO_FAILED, SQL_CORRUPT, … where it cannot be opened; DATABASE_CLOSED after the end
     */
    public Database open() {
        if (phase != Phase.OPEN) {
            openSlowly();
        }
        return this;
    }

    /** Lends a read-only connection; waits while all are lent. */
    public EngineConnection borrowReader() {
        return readers.borrow(limits.lockWait().toNanos(), state.client());
    }

    public void giveBackReader(EngineConnection connection) {
        readers.giveBack(connection);
    }

    /**
     * Waits for the right to write; see {@link WriterQueue#acquire}. While the write-ahead log is past its limit the wait is
     * for that, before the queue: who has the turn already must be able to end.
     *
     * @throws ProblemException SQL_BUSY, CLIENT_GONE, or SQL_IO_FAILED where the file is not under its name any more
     */
    public WriterTurn writerTurn(String principal, String purpose) {
        return requireNonNull(waitForTurn(longest -> writerQueue.acquire(principal, purpose, longest, state.client())));
    }

    /**
     * Waits for the right to write, or until whoever has it has run this write too; see {@link WriterQueue#acquireOrJoin}.
     *
     * @throws ProblemException as {@link #writerTurn}
     */
    public @Nullable WriterTurn writerTurn(String principal, String purpose, QueuedWrite joining) {
        return waitForTurn(longest -> writerQueue.acquireOrJoin(principal, purpose, longest, joining, state.client()));
    }

    /** The turn, for work on the file that no client asked for. */
    WriterTurn upkeepTurn(String purpose, long maxWaitNanos) {
        return writerQueue.acquireForUpkeep(purpose, maxWaitNanos);
    }

    /**
     * The connection of autocommit writes and batches, a new one where a failure has left the state of the last one in
     * doubt; only for the holder of a {@link WriterTurn}.
     */
    public EngineConnection writer() {
        EngineConnection current = writer;
        if (current == null) {
            Failure latest = failure;
            throw latest == null ? closed() : latest.problem().toException();
        }
        if (!current.isTainted()) {
            return current;
        }
        EngineConnection fresh = factory().open(current.role());
        writer = fresh;
        current.close();
        return fresh;
    }

    /**
     * Leases a connection, for as long as a transaction or a streamed result lasts. In a database that is served read-only
     * every connection is a reader.
     */
    public EngineConnection lease(ConnectionRole role) {
        ConnectionRole granted =
                config.mode() == DatabaseMode.RO || !place.isOpenForWriting() ? ConnectionRole.READER : role;
        return leases.lend(granted);
    }

    /** Takes a leased connection back; it must be in autocommit. One that its client has changed is closed. */
    public void giveBackLease(EngineConnection connection) {
        leases.giveBack(connection);
    }

    /** The client that the calling thread works for. */
    public Client client() {
        return state.client();
    }

    /** Bytes of the write-ahead log's file. */
    public long walBytes() {
        return walStamp().bytes();
    }

    WalStamp walStamp() {
        return DatabaseFile.walStamp(file);
    }

    /** Open SQLite connections. */
    public int openConnections() {
        return state.openConnections();
    }

    public boolean isOpen() {
        return phase == Phase.OPEN;
    }

    /** Why this database cannot be used; empty when it can be, or was never asked for. */
    public Optional<Problem> problem() {
        Failure latest = failure;
        if (latest != null) {
            return Optional.of(latest.problem());
        }
        if (!isOpen()) {
            return Optional.empty();
        }
        if (place.isMoved()) {
            return Optional.of(FilePlace.MOVED);
        }
        if (config.mode() == DatabaseMode.RW && !place.isWritable()) {
            return Optional.of(FilePlace.NOT_WRITABLE);
        }
        return Optional.ofNullable(damage);
    }

    /**
     * Looks whether the file is still what was opened, and lets go of one that is not: closes what is not lent, and has the
     * rest closed when it is given back. The next request then opens what lies there. On one thread, again and again.
     */
    void tend() {
        if (phase == Phase.OPEN) {
            if (place.isMoved()) {
                retire(FilePlace.MOVED);
            } else if (config.mode() == DatabaseMode.RW && !place.isOpenForWriting() && place.isWritable()) {
                retire(FilePlace.NOT_WRITABLE);
            }
        }
        if (phase == Phase.RETIRING) {
            finishRetiring();
        }
    }

    /** Whether the file has yet to be looked through for damage. */
    boolean isUnchecked() {
        return unchecked && isOpen();
    }

    /** Looks through the file for damage, beside the requests. */
    void check() {
        if (!isUnchecked()) {
            return;
        }
        unchecked = false;
        try (EngineConnection connection = factory().open(ConnectionRole.READER)) {
            DamageCheck.Finding finding = DamageCheck.byTable(connection, CHECK_OF_TABLE_NANOS);
            finding.damage().ifPresent(this::foundDamaged);
            LOG.info(
                    "database {}: {}",
                    name,
                    finding.finished() ? "looked through for damage" : "too large to be looked through for damage");
        } catch (ProblemException e) {
            LOG.warn(
                    "database {} could not be looked through for damage: {}",
                    name,
                    e.problem().message());
        }
    }

    /** Tries to open the database again if the latest try has failed; what comes of it is the {@link #problem()}. */
    public void tryAgain() {
        if (failure == null || phase != Phase.NEW) {
            return;
        }
        try {
            open();
        } catch (ProblemException e) {
            // Kept as the problem.
        }
    }

    void interruptLate() {
        state.interruptLate();
    }

    /** Ends what runs, refuses what waits or comes. To be followed by {@link #close}. */
    void endWork() {
        state.endWork();
        writerQueue.close();
        wal.close();
    }

    ConnectionFactory factory() {
        ConnectionFactory current = factory;
        Failure latest = failure;
        if (phase == Phase.RETIRING && latest != null) {
            throw latest.problem().toException();
        }
        if (current == null || phase == Phase.CLOSED) {
            throw closed();
        }
        requireInPlace();
        return current;
    }

    /**
     * Closes every connection that is not lent; one that is lent is closed when it is given back. The writer is closed in
     * its turn, for closing it under a running statement would free what that statement works on: where the turn is not to
     * be had in time the file is left as a crash would leave it, which the next open mends.
     *
     * @param checkpoint copies the log back, if there is one
     */
    void close(Runnable checkpoint) {
        try (WriterTurn turn = writerQueue.acquireForUpkeep("closing", MAX_CLOSE_WAIT_NANOS)) {
            checkpoint.run();
            closeNow();
        } catch (ProblemException e) {
            LOG.warn(
                    "database {} is left open at the stop: {}",
                    name,
                    e.problem().message());
        }
    }

    private void closeNow() {
        synchronized (opening) {
            phase = Phase.CLOSED;
            readers.close();
            leases.close();
            EngineConnection last = writer;
            writer = null;
            if (last != null) {
                last.close();
            }
            files.release(this);
            place.leave();
        }
    }

    /**
     * In WAL mode SQLite does not look for the file under its name: writes would go to a file that nobody finds again, and
     * new connections to another one than the old.
     */
    private void requireInPlace() {
        if (place.isMoved()) {
            throw FilePlace.MOVED.toException();
        }
    }

    private @Nullable WriterTurn waitForTurn(LongFunction<@Nullable WriterTurn> turn) {
        requireInPlace();
        if (config.mode() == DatabaseMode.RW && !place.isOpenForWriting()) {
            throw FilePlace.NOT_WRITABLE.toException();
        }
        long longest = limits.lockWait().toNanos();
        long started = nanoClock.getAsLong();
        metrics.writerWaitBegan();
        try {
            wal.awaitRoom(longest, waitingRoom);
            return turn.apply(longest - (nanoClock.getAsLong() - started));
        } catch (ProblemException e) {
            if (e.problem().code() == ProblemCode.CLIENT_GONE) {
                state.hungUp();
            }
            throw e;
        } finally {
            metrics.writerWaitEnded(nanoClock.getAsLong() - started);
        }
    }

    private void foundDamaged(Problem problem) {
        damage = problem;
        LOG.error("database {}: {}", name, problem.message());
        if (storage.checkOnOpen() == OpenCheck.QUARANTINE) {
            retire(problem);
        }
    }

    private void retire(Problem reason) {
        synchronized (opening) {
            if (phase != Phase.OPEN) {
                return;
            }
            failure = new Failure(reason, nanoClock.getAsLong());
            phase = Phase.RETIRING;
            state.retire();
        }
        LOG.warn("database {} is closed, to be opened anew: {}", name, reason.message());
    }

    private void finishRetiring() {
        readers.closeIdle();
        leases.closeIdle();
        try (WriterTurn turn = writerQueue.acquireForUpkeep("closing a file", RETIRE_WAIT_NANOS)) {
            EngineConnection last = writer;
            writer = null;
            if (last != null) {
                last.close();
            }
        } catch (ProblemException e) {
            // The next time.
            return;
        }
        // Another file that has taken the place may be looked at, even if a transaction still has the old one open.
        if (!state.isUnused() && !(place.isMoved() && Files.exists(file))) {
            return;
        }
        synchronized (opening) {
            if (phase == Phase.RETIRING) {
                if (state.isUnused()) {
                    files.release(this);
                }
                if (damage != null) {
                    place.damaged();
                }
                state = state.next();
                factory = null;
                phase = Phase.NEW;
            }
        }
    }

    private void openSlowly() {
        synchronized (opening) {
            if (phase == Phase.OPEN) {
                return;
            }
            if (phase == Phase.CLOSED) {
                throw closed();
            }
            Failure latest = failure;
            if (latest != null && phase == Phase.RETIRING) {
                throw latest.problem().toException();
            }
            if (latest != null && nanoClock.getAsLong() - latest.atNanos() < RETRY_OPEN_NANOS) {
                throw latest.problem().toException();
            }
            try {
                openNow();
                failure = null;
                phase = Phase.OPEN;
            } catch (ProblemException e) {
                if (latest == null || !latest.problem().equals(e.problem())) {
                    LOG.error(
                            "database {} cannot be opened: {}",
                            name,
                            e.problem().message());
                }
                failure = new Failure(e.problem(), nanoClock.getAsLong());
                throw e;
            }
        }
    }

    private void openNow() {
        Problem known = damage;
        if (known != null && place.isStillDamaged()) {
            throw known.toException();
        }
        place.prepareOpening();
        files.claim(this, file);
        boolean opened = false;
        try {
            boolean forWriting = config.mode() == DatabaseMode.RW && place.isWritable();
            ConnectionFactory fresh =
                    new ConnectionFactory(file, config, storage, limits, state, !forWriting && place.isSealed());
            EngineConnection first = fresh.open(forWriting ? ConnectionRole.WRITER : ConnectionRole.READER);
            try {
                state.storesUtf8(SchemaCheck.readSchema(first));
                damage = null;
                unchecked = false;
                if (storage.checkOnOpen() != OpenCheck.OFF && config.kind() == DatabaseKind.FILE) {
                    checkAtOpen(first);
                }
            } catch (ProblemException e) {
                first.close();
                throw e;
            }
            factory = fresh;
            writer = first;
            opened = true;
            files.noteIdentity(this, file);
            place.opened(forWriting);
        } finally {
            if (!opened) {
                files.release(this);
            }
        }
    }

    private void checkAtOpen(EngineConnection connection) {
        DamageCheck.Finding finding = DamageCheck.all(connection, CHECK_AT_OPEN_NANOS);
        Problem found = finding.damage().orElse(null);
        if (found != null && storage.checkOnOpen() == OpenCheck.QUARANTINE) {
            throw found.toException();
        }
        if (found != null) {
            foundDamaged(found);
        }
        unchecked = !finding.finished();
    }

    private static ProblemException closed() {
        return new ProblemException(new Problem.Refused(ProblemCode.DATABASE_CLOSED, "the database is being closed"));
    }
}
