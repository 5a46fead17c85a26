package net.quicsql.storage;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import net.quicsql.metrics.DatabaseMetrics;

/** What a database's connections share. Thread-safe. */
final class DatabaseState {
    private final Set<EngineConnection> connections = ConcurrentHashMap.newKeySet();
    private final Supplier<Client> clients;
    private final DatabaseMetrics metrics;
    private volatile boolean stopping;
    private volatile boolean utf8 = true;

    /**
     * No connections yet.
     *
     * @param clients tells the client that the calling thread works for
     */
    DatabaseState(Supplier<Client> clients, DatabaseMetrics metrics) {
        this.clients = clients;
        this.metrics = metrics;
    }

    /** The client that the calling thread works for. */
    Client client() {
        return clients.get();
    }

    /** Counts something that was ended because its client had gone. */
    void hungUp() {
        metrics.hungUp();
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
