package net.quicsql.storage;

import static java.util.Objects.requireNonNull;

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

/**
 * One database: its writer, readers and leased connections. Opened at its first use. Thread-safe.
 *
 * <p>The {@link #writer()} may be used by the holder of a {@link WriterTurn} only. Leased connections belong to whoever
 * leased them until they are given back.
 */
public final class Database {
    private final DatabaseName name;
    private final DatabaseConfig config;
    private final Path file;
    private final ConnectionLimits limits;
    private final LongSupplier nanoClock;
    private final WaitingRoom waitingRoom;
    private final WriterQueue writerQueue;
    private final ReaderPool readers;
    private final Leases leases;
    private final WalWatch wal;
    private final DatabaseLife life;
    private final DatabaseLife.Lenders lenders = new Lenders();
    private final DatabaseMetrics metrics;

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
        this.file = file;
        this.config = config;
        this.limits = limits;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.waitingRoom = waitingRoom;
        this.writerQueue = new WriterQueue(nanoClock, waitingRoom);
        this.life = new DatabaseLife(
                name,
                file,
                config,
                storage,
                limits,
                files,
                writerQueue,
                new DatabaseState(clients, metrics),
                nanoClock);
        this.leases = new Leases(
                role -> factory().open(role), storage.idleConnectionsPerDatabase(), storage.readersPerDatabase());
        this.wal = new WalWatch(name, storage, limits, life::state, metrics, nanoClock);
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
        life.open();
        return this;
    }

    /** Lends a read-only connection; waits while all are lent. */
    public EngineConnection borrowReader() {
        return readers.borrow(limits.lockWait().toNanos(), life.state().client());
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
        return requireNonNull(waitForTurn(
                LogLimit.HOLDS,
                longest -> writerQueue.acquire(
                        principal, purpose, longest, life.state().client())));
    }

    /**
     * As {@link #writerTurn}, for a transaction that has read already. It is not held back while the write-ahead log is past
     * its limit: its own snapshot may be what keeps the log.
     */
    public WriterTurn upgradeTurn(String principal, String purpose) {
        return requireNonNull(waitForTurn(
                LogLimit.LETS_PASS,
                longest -> writerQueue.acquire(
                        principal, purpose, longest, life.state().client())));
    }

    /**
     * Makes sure that what is committed can be found again.
     *
     * @throws ProblemException SQL_IO_FAILED where the file is not under its name any more
     */
    public void requireInPlace() {
        life.requireInPlace();
    }

    /**
     * As {@link #requireInPlace}, for what a connection is about to write: it may belong to an earlier file, while another
     * one has been opened in its place.
     *
     * @throws ProblemException READONLY_DBMOVED, or why else the server has let go of the file
     */
    public void requireInPlace(EngineConnection connection) {
        if (connection.isRetired()) {
            Problem moved = FilePlace.MOVED;
            throw (isOpen() ? moved : life.problem().orElse(moved)).toException();
        }
        life.requireInPlace();
    }

    /**
     * Waits for the right to write, or until whoever has it has run this write too; see {@link WriterQueue#acquireOrJoin}.
     *
     * @throws ProblemException as {@link #writerTurn}
     */
    public @Nullable WriterTurn writerTurn(String principal, String purpose, QueuedWrite joining) {
        return waitForTurn(
                LogLimit.HOLDS,
                longest -> writerQueue.acquireOrJoin(
                        principal, purpose, longest, joining, life.state().client()));
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
        return life.writer();
    }

    /**
     * Leases a connection, for as long as a transaction or a streamed result lasts. In a database that is served read-only
     * every connection is a reader.
     */
    public EngineConnection lease(ConnectionRole role) {
        return leases.lend(lendsWriters() ? role : ConnectionRole.READER);
    }

    /** Whether this database is served, and its file opened, for writing. */
    public boolean lendsWriters() {
        return config.mode() == DatabaseMode.RW && life.isOpenForWriting();
    }

    /** Takes a leased connection back; it must be in autocommit. One that is tainted is closed. */
    public void giveBackLease(EngineConnection connection) {
        leases.giveBack(connection);
    }

    /** The client that the calling thread works for. */
    public Client client() {
        return life.state().client();
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
        return life.state().openConnections();
    }

    public boolean isOpen() {
        return life.isOpen();
    }

    /** Why this database cannot be used; empty when it can be, or was never asked for. */
    public Optional<Problem> problem() {
        return life.problem();
    }

    /**
     * Looks whether the file is still what was opened, and lets go of one that is not; see {@link DatabaseLife#tend}.
     *
     * @param letGo closes what the caller has open of it
     */
    void tend(Runnable letGo) {
        life.tend(lenders, letGo);
    }

    /** Whether the file has yet to be looked through for damage. */
    boolean isUnchecked() {
        return life.isUnchecked();
    }

    /** Looks through the file for damage, beside the requests. */
    void check() {
        life.check();
    }

    /** Tries to open the database again if the latest try has failed; what comes of it is the {@link #problem()}. */
    public void tryAgain() {
        life.tryAgain();
    }

    void interruptLate() {
        life.interruptLate();
    }

    /** Ends what runs, refuses what waits or comes. To be followed by {@link #close}. */
    void endWork() {
        life.endWork();
        writerQueue.close();
        wal.close();
    }

    ConnectionFactory factory() {
        return life.factory();
    }

    /**
     * Closes the file; see {@link DatabaseLife#close}.
     *
     * @param checkpoint copies the log back, if there is one
     */
    void close(Runnable checkpoint) {
        life.close(checkpoint, lenders);
    }

    /** What the limit of the write-ahead log means to a writer. */
    private enum LogLimit {
        HOLDS,
        LETS_PASS
    }

    private @Nullable WriterTurn waitForTurn(LogLimit logLimit, LongFunction<@Nullable WriterTurn> turn) {
        life.requireInPlace();
        if (config.mode() == DatabaseMode.RW && !life.isOpenForWriting()) {
            throw FilePlace.NOT_WRITABLE.toException();
        }
        long longest = limits.lockWait().toNanos();
        long started = nanoClock.getAsLong();
        metrics.writerWaitBegan();
        try {
            if (logLimit == LogLimit.HOLDS) {
                wal.awaitRoom(longest, waitingRoom, life.state().client());
            }
            return turn.apply(longest - (nanoClock.getAsLong() - started));
        } catch (ProblemException e) {
            if (e.problem().code() == ProblemCode.CLIENT_GONE) {
                life.state().hungUp();
            }
            throw e;
        } finally {
            metrics.writerWaitEnded(nanoClock.getAsLong() - started);
        }
    }

    /** The pool of readers and the leases. */
    private final class Lenders implements DatabaseLife.Lenders {
        @Override
        public void closeIdle() {
            readers.closeIdle();
            leases.closeIdle();
        }

        @Override
        public void close() {
            readers.close();
            leases.close();
        }
    }
}
