package net.quicsql.storage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database's file from its opening to its closing, and again: opens it at its first use, lets go of one that is not
 * what it was, and knows why it cannot be used. Thread-safe.
 */
final class DatabaseLife {
    /** A database that failed to open is tried again after this: the file may have been mended meanwhile. */
    private static final long RETRY_OPEN_NANOS = 1_000_000_000L;

    private static final long RETIRE_WAIT_NANOS = 10_000_000L;
    private static final long MAX_CLOSE_WAIT_NANOS = 3_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLife.class);

    private final DatabaseName name;
    private final Path file;
    private final DatabaseConfig config;
    private final StorageConfig storage;
    private final ConnectionLimits limits;
    private final FileRegistry files;
    private final WriterQueue writerQueue;
    private final LongSupplier nanoClock;
    private final FilePlace place;
    private final DamageWatch damage;
    private final Object opening = new Object();
    private volatile Phase phase = Phase.NEW;
    private volatile DatabaseState state;
    /** Those of openings of files that something was still lent of when another file had taken the place. */
    private final List<DatabaseState> earlier = new CopyOnWriteArrayList<>();

    /** Whether the registry may still have the files of those. Changed under opening. */
    private volatile boolean holdsEarlierFiles;

    private volatile @Nullable EngineConnection writer;
    private volatile @Nullable ConnectionFactory factory;
    private volatile @Nullable Failure failure;

    private enum Phase {
        NEW,
        OPEN,
        /** Nothing is lent any more; what is open is closed when it comes back. */
        RETIRING,
        CLOSED
    }

    /** Why the latest try to open failed. */
    private record Failure(Problem problem, long atNanos) {}

    /** What holds connections beside the writer. */
    interface Lenders {
        /** Closes what is not lent. */
        void closeIdle();

        /** The same, and whatever comes back from now on. */
        void close();
    }

    /**
     * @param state that of the first opening
     */
    DatabaseLife(
            DatabaseName name,
            Path file,
            DatabaseConfig config,
            StorageConfig storage,
            ConnectionLimits limits,
            FileRegistry files,
            WriterQueue writerQueue,
            DatabaseState state,
            LongSupplier nanoClock) {
        this.name = name;
        this.file = file;
        this.config = config;
        this.storage = storage;
        this.limits = limits;
        this.files = files;
        this.writerQueue = writerQueue;
        this.state = state;
        this.nanoClock = nanoClock;
        this.place = new FilePlace(file);
        this.damage = new DamageWatch(name, storage.checkOnOpen(), config.kind(), this::retire);
    }

    /** What the connections of this opening share. */
    DatabaseState state() {
        return state;
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    /** Whether the open file may be written, as far as the file system goes. */
    boolean isOpenForWriting() {
        return place.isOpenForWriting();
    }

    /**
     * Opens the file if it is not open.
     *
     * @throws ProblemException why it cannot be opened
     */
    void open() {
        if (phase != Phase.OPEN) {
            openSlowly();
        }
    }

    /** Tries to open the file again if the latest try has failed; what comes of it is the {@link #problem()}. */
    void tryAgain() {
        if (failure == null || phase != Phase.NEW) {
            return;
        }
        try {
            open();
        } catch (ProblemException e) {
            // Kept as the problem.
        }
    }

    /** Why this database cannot be used; empty when it can be, or was never asked for. */
    Optional<Problem> problem() {
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
        return damage.damage();
    }

    /**
     * The connection of the writer, a new one where a failure has left the state of the last one in doubt; for the holder of
     * the turn.
     */
    EngineConnection writer() {
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
     * Opens connections to the file.
     *
     * @throws ProblemException where there is none, or none any more
     */
    ConnectionFactory factory() {
        ConnectionFactory current = factory;
        Failure latest = failure;
        if (latest != null && (phase == Phase.RETIRING || current == null)) {
            throw latest.problem().toException();
        }
        if (current == null || phase == Phase.CLOSED) {
            throw closed();
        }
        requireInPlace();
        return current;
    }

    /**
     * In WAL mode SQLite does not look for the file under its name: writes would go to a file that nobody finds again, and
     * new connections to another one than the old.
     *
     * @throws ProblemException READONLY_DBMOVED
     */
    void requireInPlace() {
        if (place.isMoved()) {
            throw FilePlace.MOVED.toException();
        }
    }

    /**
     * Looks whether the file is still what was opened, and lets go of one that is not: closes what is not lent, and has the
     * rest closed when it is given back. The next request then opens what lies there. On one thread, again and again.
     *
     * @param letGo closes what upkeep has open of the file
     */
    void tend(Lenders lenders, Runnable letGo) {
        releaseEarlier();
        if (phase == Phase.OPEN) {
            if (place.isMoved()) {
                retire(FilePlace.MOVED);
            } else if (config.mode() == DatabaseMode.RW && !place.isOpenForWriting() && place.isWritable()) {
                retire(FilePlace.NOT_WRITABLE);
            }
        }
        if (phase == Phase.RETIRING) {
            // Before anybody may open it anew: SQLite's locks are lost when another handle of the file is closed.
            letGo.run();
            finishRetiring(lenders);
        }
    }

    /** Ends what runs past its deadline, and what reads for a client that has gone. */
    void interruptLate() {
        earlier.forEach(DatabaseState::interruptLate);
        state.interruptLate();
    }

    /** Ends whatever runs, and lets nothing begin any more. */
    void endWork() {
        earlier.forEach(DatabaseState::endWork);
        state.endWork();
    }

    /** Whether the open file has yet to be looked through for damage. */
    boolean isUnchecked() {
        return damage.isUnfinished() && isOpen();
    }

    /** Looks through the file for damage, beside the requests. */
    void check() {
        if (isUnchecked()) {
            damage.goOn(() -> factory().open(ConnectionRole.READER));
        }
    }

    /**
     * Closes every connection that is not lent; one that is lent is closed when it is given back. The writer is closed in
     * its turn, for closing it under a running statement would free what that statement works on: where the turn is not to
     * be had in time the file is left as a crash would leave it, which the next open mends.
     *
     * @param checkpoint copies the log back, if there is one
     */
    void close(Runnable checkpoint, Lenders lenders) {
        try (WriterTurn turn = writerQueue.acquireForUpkeep("closing", MAX_CLOSE_WAIT_NANOS)) {
            checkpoint.run();
            synchronized (opening) {
                phase = Phase.CLOSED;
                lenders.close();
                closeWriter();
                files.release(name);
                place.leave();
            }
        } catch (ProblemException e) {
            LOG.warn(
                    "database {} is left open at the stop: {}",
                    name,
                    e.problem().message());
        }
    }

    private void closeWriter() {
        EngineConnection last = writer;
        writer = null;
        if (last != null) {
            last.close();
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

    private void finishRetiring(Lenders lenders) {
        lenders.closeIdle();
        try (WriterTurn turn = writerQueue.acquireForUpkeep("closing a file", RETIRE_WAIT_NANOS)) {
            closeWriter();
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
                if (!state.isUnused()) {
                    earlier.add(state);
                }
                if (earlier.isEmpty()) {
                    files.release(name);
                } else {
                    holdsEarlierFiles = true;
                }
                if (damage.damage().isPresent()) {
                    place.damaged();
                }
                state = state.next();
                factory = null;
                phase = Phase.NEW;
            }
        }
    }

    /** Gives earlier files up once the last of their connections is closed: another database may get such an inode. */
    private void releaseEarlier() {
        // Looked at first: an opening may take long, and all databases wait for this thread.
        if (!holdsEarlierFiles) {
            return;
        }
        earlier.removeIf(DatabaseState::isUnused);
        if (!earlier.isEmpty()) {
            return;
        }
        synchronized (opening) {
            if (phase == Phase.OPEN && !place.isMoved()) {
                files.keepOnly(name, file);
                holdsEarlierFiles = false;
            } else if (phase == Phase.NEW) {
                files.release(name);
                holdsEarlierFiles = false;
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
            if (latest != null
                    && (phase == Phase.RETIRING || nanoClock.getAsLong() - latest.atNanos() < RETRY_OPEN_NANOS)) {
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
        Problem known = damage.damage().orElse(null);
        if (known != null && place.isStillDamaged()) {
            throw known.toException();
        }
        place.prepareOpening();
        files.claim(name, file);
        boolean opened = false;
        try {
            boolean forWriting = config.mode() == DatabaseMode.RW && place.isWritable();
            ConnectionFactory fresh =
                    new ConnectionFactory(file, config, storage, limits, state, !forWriting && place.isSealed());
            writer = forWriting ? openWriter(fresh) : openChecked(fresh, ConnectionRole.READER);
            factory = fresh;
            opened = true;
            files.noteIdentity(name, file);
            place.opened(forWriting);
        } finally {
            if (!opened && !holdsEarlierFiles) {
                files.release(name);
            }
        }
    }

    /**
     * Opens the file for writing. One with a log is looked at through a connection that only reads: a connection that may
     * write copies the log into the file when it closes, though the look has shown that it is another file's, and that
     * nobody should.
     */
    private EngineConnection openWriter(ConnectionFactory connections) {
        if (DatabaseFile.walStamp(file).bytes() == 0) {
            return openChecked(connections, ConnectionRole.WRITER);
        }
        // Open until the writer is, or the log would be read through twice.
        try (EngineConnection reader = openChecked(connections, ConnectionRole.READER)) {
            return connections.open(ConnectionRole.WRITER);
        }
    }

    /**
     * Opens a connection and looks through it at the file.
     *
     * @throws ProblemException SQL_CORRUPT where it is not what it should be
     */
    private EngineConnection openChecked(ConnectionFactory connections, ConnectionRole role) {
        EngineConnection connection = connections.open(role);
        boolean whole = false;
        try {
            state.storesUtf8(SchemaCheck.readSchema(connection));
            damage.lookAtOpen(connection);
            whole = true;
            return connection;
        } finally {
            if (!whole) {
                connection.close();
            }
        }
    }

    private static ProblemException closed() {
        return new ProblemException(new Problem.Refused(ProblemCode.DATABASE_CLOSED, "the database is being closed"));
    }
}
