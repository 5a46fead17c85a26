package net.quicsql.session;

import static java.util.Objects.requireNonNull;

import net.quicsql.sql.SqlStatement;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;
import net.quicsql.storage.WriterTurn;
import org.jspecify.annotations.Nullable;

/**
 * The connection that belongs to one stream while it is in a transaction or has temporary objects, with the writer's turn
 * if it has written. Touched by the holder of the session's claim alone.
 */
public final class Lease {
    private static final int MOST_KEPT_SQL = 2_000;

    private final Database database;
    private final EngineConnection connection;
    private @Nullable WriterTurn turn;
    private @Nullable Runnable transactionPermit;
    private boolean inTransaction;
    private long transactionStartedNanos;
    private String lastSql = "";
    private boolean temporaryObjects;
    private boolean primed;
    private boolean readSomething;
    private boolean schemaTouched;
    private boolean queryOnly;

    public Lease(Database database, EngineConnection connection) {
        this.database = requireNonNull(database, "database is null");
        this.connection = requireNonNull(connection, "connection is null");
    }

    public EngineConnection connection() {
        return connection;
    }

    public boolean inTransaction() {
        return inTransaction;
    }

    public boolean hasTurn() {
        return turn != null;
    }

    /** Keeps the writer's turn until the transaction, or the statement outside of one, ends. */
    public void hold(WriterTurn newTurn) {
        turn = newTurn;
    }

    public void releaseTurn() {
        WriterTurn held = turn;
        turn = null;
        if (held != null) {
            held.close();
        }
    }

    /**
     * Notes that a transaction has begun.
     *
     * @param permit gives back the transaction's place under the limit, once
     */
    public void transactionBegan(long nowNanos, Runnable permit) {
        inTransaction = true;
        transactionStartedNanos = nowNanos;
        transactionPermit = permit;
        connection.transactionBegan(nowNanos);
    }

    public long transactionStartedNanos() {
        return transactionStartedNanos;
    }

    /** Notes that the transaction is over, however it ended, and gives back what it held but for the connection. */
    public void transactionEnded() {
        try {
            leaveTransaction();
        } finally {
            giveBackRights();
        }
    }

    /** Makes the connection what it was before the transaction. */
    private void leaveTransaction() {
        inTransaction = false;
        readSomething = false;
        connection.transactionEnded();
        if (schemaTouched) {
            schemaTouched = false;
            connection.schemaChangedHere();
        }
        if (queryOnly) {
            queryOnly = false;
            connection.execute("PRAGMA query_only=OFF");
        }
    }

    private void giveBackRights() {
        releaseTurn();
        Runnable permit = transactionPermit;
        transactionPermit = null;
        if (permit != null) {
            permit.run();
        }
    }

    /** Notes which statement ran last, for the log, should the server end the transaction. */
    public void ran(SqlStatement statement) {
        String text = statement.text();
        // A line of a log shows less; and a long script must not stay in memory for as long as the transaction does.
        lastSql = text.length() <= MOST_KEPT_SQL ? text : text.substring(0, MOST_KEPT_SQL);
    }

    /** The beginning of the statement that ran last, as its client sent it; empty where none did. */
    String lastSql() {
        return lastSql;
    }

    /** Whether the stream's temporary objects live on this connection, so that it must stay the stream's. */
    public boolean hasTemporaryObjects() {
        return temporaryObjects;
    }

    public void temporaryObjectsMade() {
        temporaryObjects = true;
        connection.taint();
    }

    /** Makes the connection's next transaction one that SQLite lets read only. */
    public void queryOnly() {
        queryOnly = true;
        connection.execute("PRAGMA query_only=ON");
    }

    /** Whether {@code last_insert_rowid()} on this connection is the stream's own. */
    public boolean isPrimed() {
        return primed;
    }

    public void primed() {
        primed = true;
    }

    /** Whether the transaction has a snapshot. */
    public boolean hasRead() {
        return readSomething;
    }

    public void read() {
        readSomething = true;
    }

    /** Whether the transaction has begun to read or write, be it by a statement that failed. */
    boolean mayHaveSnapshot() {
        return readSomething || turn != null;
    }

    public void schemaTouched() {
        schemaTouched = true;
        connection.schemaChangedHere();
    }

    /** Rolls back what is open and keeps the connection. */
    void rollBack() {
        try {
            rollBackOpen();
        } finally {
            transactionEnded();
        }
    }

    /** Rolls back what is open and gives the connection back. */
    public void end() {
        try {
            rollBackOpen();
        } finally {
            giveBack();
        }
    }

    /**
     * Gives everything back after a transaction that is over. The connection goes first: whoever gets the turn next then gets
     * this one, whose cached pages are the latest.
     */
    public void giveBack() {
        try {
            leaveTransaction();
        } finally {
            try {
                database.giveBackLease(connection);
            } finally {
                giveBackRights();
            }
        }
    }

    private void rollBackOpen() {
        if (inTransaction) {
            connection.rollback();
        }
    }
}
