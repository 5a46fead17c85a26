package net.quicsql.engine;

import net.quicsql.session.Lease;
import net.quicsql.session.Session;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.ConnectionRole;

/**
 * CREATE TEMP and its like outside a transaction: the connection that has the objects stays the stream's until the stream
 * ends. Each such stream pins a connection, so a principal may have only so many. Thread-safe.
 */
final class TemporaryObjects {
    private final ConnectionUse use;
    private final SessionStates states;

    TemporaryObjects(ConnectionUse use, SessionStates states) {
        this.use = use;
        this.states = states;
    }

    StatementResult run(Session session, boolean mayWrite, Statement statement, RowSink sink) {
        if (!mayWrite) {
            throw Failures.writeForbidden();
        }
        states.requireRoom(session);
        Lease lease = new Lease(session.database(), session.database().lease(ConnectionRole.WRITER));
        boolean made = false;
        try {
            lease.connection().foreignKeys(session.enforcesForeignKeys());
            StatementResult result = use.onLease(session, lease, statement, sink, false);
            lease.temporaryObjectsMade();
            lease.connection().schemaChangedHere();
            session.lease(lease);
            made = true;
            return result;
        } finally {
            if (!made) {
                lease.end();
            }
        }
    }

    /**
     * Checks that a stream with a connection of its own may have temporary objects there.
     *
     * @throws net.quicsql.problem.ProblemException TOO_MANY_STREAMS
     */
    void requireRoom(Session session, Lease lease) {
        if (!lease.hasTemporaryObjects()) {
            states.requireRoom(session);
        }
    }

    /** Notes that a transaction's connection has temporary objects now. */
    static void made(Lease lease) {
        if (!lease.hasTemporaryObjects()) {
            lease.temporaryObjectsMade();
        }
    }
}
