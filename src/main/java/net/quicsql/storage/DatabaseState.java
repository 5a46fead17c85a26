package net.quicsql.storage;

import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.problem.Problem;

/** What the connections share that a database has from its opening to its closing. Thread-safe. */
final class DatabaseState {
    private final Set<EngineConnection> connections = ConcurrentHashMap.newKeySet();
    private final Supplier<Client> clients;
    private final DatabaseMetrics metrics;
    private final long opening;
    private final AtomicInteger beingOpened = new AtomicInteger();
    private volatile boolean stopping;
    private volatile boolean retired;
    private volatile boolean utf8 = true;

    /**
     * No connections yet.
     *
     * @param clients tells the client that the calling thread works for
     */
    DatabaseState(Supplier<Client> clients, DatabaseMetrics metrics) {
        this(clients, metrics, 1);
    }

    private DatabaseState(Supplier<Client> clients, DatabaseMetrics metrics, long opening) {
        this.clients = clients;
        this.metrics = metrics;
        this.opening = opening;
    }

    /** The client that the calling thread works for. */
    Client client() {
        return clients.get();
    }

    /** Counts something that was ended because its client had gone. */
    void hungUp() {
        metrics.hungUp();
    }

    /** The state of the next opening of the same database. */
    DatabaseState next() {
        return new DatabaseState(clients, metrics, opening + 1);
    }

    /** Which opening of the database this is, from 1. */
    long opening() {
        return opening;
    }

    /**
     * Counts a connection that is about to be opened, until {@link #endOpening}.
     *
     * @return false where no connection may be opened any more
     */
    boolean beginOpening() {
        // Counted before the look: whoever retires this counts after.
        beingOpened.incrementAndGet();
        return !retired;
    }

    void endOpening() {
        beingOpened.decrementAndGet();
    }

    /** From now on no connection is opened, and each that is there is closed when it is given back. */
    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    /** Whether nothing of the file is open here, nor about to be. */
    boolean isUnused() {
        return beingOpened.get() == 0 && connections.isEmpty();
    }

    void remember(EngineConnection connection) {
        connections.add(connection);
    }

    void forget(EngineConnection connection) {
        connections.remove(connection);
    }

    int openConnections() {
        return connections.size();
    }

    /** Ends what runs past its deadline, and what reads for a client that has gone. */
    void interruptLate() {
        connections.forEach(EngineConnection::interruptIfLate);
    }

    /** Ends whatever runs, and lets nothing begin any more. */
    void endWork() {
        // Before the cancelling: a statement that starts its clock meanwhile is either seen here or sees this.
        stopping = true;
        connections.forEach(EngineConnection::cancel);
    }

    /** When the oldest snapshot was taken that is still held here, as {@link System#nanoTime()}; empty where there is none. */
    OptionalLong oldestSnapshotNanos() {
        return connections.stream()
                .map(connection -> connection.clock().snapshotSince())
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                // Such times may wrap around: only their differences mean something.
                .reduce((one, other) -> one - other <= 0 ? one : other);
    }

    /**
     * Ends the statements of read-only connections that began too long ago.
     *
     * @param why what their clients are told, by the statement's age in nanoseconds
     * @return how many there were that nobody had ended yet
     */
    int endReadsOlderThan(long limitNanos, long nowNanos, LongFunction<Problem> why) {
        int ended = 0;
        for (EngineConnection connection : connections) {
            if (connection.role() == ConnectionRole.READER
                    && connection.clock().endIfOlder(limitNanos, nowNanos, why)) {
                ended++;
            }
        }
        return ended;
    }

    boolean isStopping() {
        return stopping;
    }

    boolean storesUtf8() {
        return utf8;
    }

    void storesUtf8(boolean storesUtf8) {
        utf8 = storesUtf8;
    }
}
