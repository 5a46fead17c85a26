package net.quicsql.engine;

import java.time.Duration;
import java.util.function.LongSupplier;
import net.quicsql.execution.StatementRunner;
import net.quicsql.metrics.Operation;
import net.quicsql.metrics.OperationMetrics;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;

/**
 * Reads whose stream has gone on without them: they run on a connection of their own for as long as the client takes to
 * receive the rows. One thread at a time; closed by whoever writes the answer.
 */
public final class DetachedReads implements AutoCloseable {
    private final StatementRunner runner;
    private final Database database;
    private final String baton;
    private final LongSupplier nanoClock;
    private final LongRead read;

    /** @param maxLifetime how long the rows may take to be received */
    DetachedReads(
            StatementRunner runner, Database database, String baton, LongSupplier nanoClock, Duration maxLifetime) {
        this.runner = runner;
        this.database = database;
        this.baton = baton;
        this.nanoClock = nanoClock;
        this.read = new LongRead(database, nanoClock, maxLifetime, "the cursor");
    }

    /** The stream's next baton. */
    public String baton() {
        return baton;
    }

    /** Runs one read; see {@link Stream#execute}. */
    public StatementResult execute(Statement statement, RowSink sink) {
        StatementRouter.requireAllowed(statement.sql());
        EngineConnection connection = read.connection();
        long started = nanoClock.getAsLong();
        OperationMetrics execute = database.metrics().operation(Operation.EXECUTE);
        try {
            return runner.run(connection, statement, sink);
        } catch (ProblemException e) {
            execute.failed(e.problem().code());
            throw e;
        } finally {
            execute.finished(nanoClock.getAsLong() - started);
        }
    }

    /** See {@link LongRead#pauseClock}. */
    public void pauseClock() {
        read.pauseClock();
    }

    public void resumeClock() {
        read.resumeClock();
    }

    /** Gives the connection back. Idempotent. */
    @Override
    public void close() {
        read.close();
    }
}
