package net.quicsql.engine;

import net.quicsql.execution.StatementRunner;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.ConnectionRole;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;
import org.jspecify.annotations.Nullable;

/**
 * Reads whose stream has gone on without them: they run on a connection of their own for as long as the client takes to
 * receive the rows. One thread at a time; closed by whoever writes the answer.
 */
public final class DetachedReads implements AutoCloseable {
    private final StatementRunner runner;
    private final Database database;
    private final String baton;
    private @Nullable EngineConnection connection;

    DetachedReads(StatementRunner runner, Database database, String baton) {
        this.runner = runner;
        this.database = database;
        this.baton = baton;
    }

    /** The stream's next baton. */
    public String baton() {
        return baton;
    }

    /** Runs one read; see {@link Stream#execute}. */
    public StatementResult execute(Statement statement, RowSink sink) {
        StatementRouter.requireAllowed(statement.sql());
        EngineConnection current = connection;
        if (current == null) {
            // Not from the pool: a client that reads slowly would keep it from everybody else.
            current = database.lease(ConnectionRole.READER);
            connection = current;
        }
        return runner.run(current, statement, sink);
    }

    /** Gives the connection back. Idempotent. */
    @Override
    public void close() {
        EngineConnection held = connection;
        connection = null;
        if (held != null) {
            database.giveBackLease(held);
        }
    }
}
