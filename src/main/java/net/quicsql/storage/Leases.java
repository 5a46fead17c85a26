package net.quicsql.storage;

import java.util.function.Function;

/**
 * Lends one database's connections for as long as a transaction or a streamed result lasts, and keeps a few that came back
 * for the next. Thread-safe.
 */
final class Leases {
    private final Function<ConnectionRole, EngineConnection> opener;
    private final IdleLeases idleWriters;
    private final IdleLeases idleReaders;

    Leases(Function<ConnectionRole, EngineConnection> opener, int maxIdleWriters, int maxIdleReaders) {
        this.opener = opener;
        this.idleWriters = new IdleLeases(maxIdleWriters);
        this.idleReaders = new IdleLeases(maxIdleReaders);
    }

    EngineConnection lend(ConnectionRole role) {
        EngineConnection idle = idle(role).poll();
        if (idle != null && idle.isTainted()) {
            idle.close();
            idle = null;
        }
        return idle != null ? idle : opener.apply(role);
    }

    /** Takes a connection back; one that is tainted is closed. */
    void giveBack(EngineConnection connection) {
        if (connection.isTainted() || !idle(connection.role()).offer(connection)) {
            connection.close();
        }
    }

    /** Closes what is not lent. */
    void closeIdle() {
        idleWriters.closeIdle();
        idleReaders.closeIdle();
    }

    void close() {
        idleWriters.close();
        idleReaders.close();
    }

    private IdleLeases idle(ConnectionRole role) {
        return role == ConnectionRole.WRITER ? idleWriters : idleReaders;
    }
}
