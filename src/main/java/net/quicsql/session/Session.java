package net.quicsql.session;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import net.quicsql.limits.StoredTextMemory;
import net.quicsql.storage.Database;
import org.jspecify.annotations.Nullable;

/**
 * One stream in memory. Its fields belong to whoever holds its claim: a request from open or resume until it is parked, or
 * the reaper while it ends a transaction.
 */
public final class Session {
    private @Nullable SessionId id;
    private final Database database;
    private final String principal;
    private final Map<Integer, String> storedSql = new HashMap<>();
    private StoredTextMemory.@Nullable Share storedSqlMemory;
    private long generation;
    private boolean claimed = true;
    private boolean claimedByReaper;
    private boolean ended;
    private long idleSinceNanos;
    private @Nullable Lease lease;
    private @Nullable Long lastInsertRowid;
    private @Nullable Boolean foreignKeys;
    private @Nullable Abort abort;
    private boolean clientSawTransaction;

    Session(@Nullable SessionId id, Database database, String principal, long generation) {
        this.id = id;
        this.database = requireNonNull(database, "database is null");
        this.principal = requireNonNull(principal, "principal is null");
        this.generation = generation;
    }

    /** A stream that lives for one request and is never parked. */
    public static Session stateless(Database database, String principal) {
        return new Session(null, database, principal, 0);
    }

    /** The stream's name, made when it is first asked for: a stream that is closed in its first request needs none. */
    SessionId id() {
        SessionId current = id;
        if (current == null) {
            current = SessionId.random();
            id = current;
        }
        return current;
    }

    public Database database() {
        return database;
    }

    public String principal() {
        return principal;
    }

    /** SQL texts that the client has stored, by its own numbers. */
    public Map<Integer, String> storedSql() {
        return storedSql;
    }

    /**
     * What those texts hold.
     *
     * @param fresh makes it when it is asked for first
     */
    public StoredTextMemory.Share storedSqlMemory(Supplier<StoredTextMemory.Share> fresh) {
        StoredTextMemory.Share share = storedSqlMemory;
        if (share == null) {
            share = fresh.get();
            storedSqlMemory = share;
        }
        return share;
    }

    public @Nullable Lease lease() {
        return lease;
    }

    public void lease(@Nullable Lease newLease) {
        lease = newLease;
    }

    public boolean inTransaction() {
        return lease != null && lease.inTransaction();
    }

    public @Nullable Long lastInsertRowid() {
        return lastInsertRowid;
    }

    public void lastInsertRowid(long rowid) {
        lastInsertRowid = rowid;
    }

    /** Whether this stream enforces foreign keys: its own choice, else the database's. */
    public boolean enforcesForeignKeys() {
        return foreignKeys != null ? foreignKeys : database.config().foreignKeys();
    }

    /** Sets the stream's own choice; one that changes nothing is none. */
    public void enforceForeignKeys(boolean enforced) {
        foreignKeys = enforced == database.config().foreignKeys() ? null : enforced;
    }

    /** Why the stream is aborted; null where it is not. */
    public @Nullable Abort abort() {
        return abort;
    }

    public void abort(@Nullable Abort newAbort) {
        abort = newAbort;
    }

    /** Ends the transaction or the temporary state, if any, and gives the connection back. */
    public void endLease() {
        Lease held = lease;
        lease = null;
        if (held != null) {
            held.end();
        }
    }

    /** Gives everything back after a transaction that is over; the connection stays where temporary objects live on it. */
    public void giveBackAfterTransaction() {
        Lease held = lease;
        if (held == null) {
            return;
        }
        if (held.hasTemporaryObjects()) {
            held.transactionEnded();
        } else {
            lease = null;
            held.giveBack();
        }
    }

    /** Rolls the transaction back; the connection stays only where temporary objects live on it. */
    void endTransaction() {
        Lease held = lease;
        if (held != null && held.hasTemporaryObjects()) {
            held.rollBack();
        } else {
            endLease();
        }
    }

    /** Whether only memory can hold what this stream has. */
    boolean mustLive() {
        return lease != null || !storedSql.isEmpty();
    }

    boolean hasTemporaryState() {
        return lease != null && lease.hasTemporaryObjects();
    }

    /** Whether this stream has state, other than a transaction, that keeps it in memory. */
    public boolean holdsState() {
        Lease held = lease;
        return held != null && held.hasTemporaryObjects() || !storedSql.isEmpty();
    }

    /** Whether nobody works on this stream and it holds no such state, or it is over. May be asked by any thread. */
    public synchronized boolean hasNoStateAnyMore() {
        return ended || !claimed && !holdsState();
    }

    long generation() {
        return generation;
    }

    /** Whether an answer has told the client that a transaction is open. */
    boolean clientSawTransaction() {
        return clientSawTransaction;
    }

    void clientSawTransaction(boolean saw) {
        clientSawTransaction = saw;
    }

    void restore(Baton baton) {
        lastInsertRowid = baton.lastInsertRowid();
        foreignKeys = baton.foreignKeys();
        abort = baton.abort();
    }

    Baton nextBaton(long nowSeconds) {
        generation++;
        return new Baton(
                id(),
                generation,
                nowSeconds,
                database.name().value(),
                principal,
                inTransaction(),
                hasTemporaryState(),
                foreignKeys,
                lastInsertRowid,
                abort);
    }

    /** What a request is told that wants to work on the session. */
    enum Claim {
        GIVEN,
        /** Another request works on it, or the generation is not the latest. */
        REFUSED,
        /** The session is over. */
        ENDED
    }

    /**
     * Claims the session for a request that carries a generation. Another request's claim refuses it; the reaper's is waited
     * for, since the client can know nothing of that one.
     */
    synchronized Claim claim(long expectedGeneration) {
        while (claimedByReaper && !ended) {
            try {
                wait();
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                return Claim.REFUSED;
            }
        }
        if (ended) {
            return Claim.ENDED;
        }
        if (claimed || generation != expectedGeneration) {
            return Claim.REFUSED;
        }
        claimed = true;
        return Claim.GIVEN;
    }

    /** Claims the session for the reaper if nobody works on it. */
    synchronized boolean claimIdle() {
        if (claimed || ended) {
            return false;
        }
        claimed = true;
        claimedByReaper = true;
        return true;
    }

    synchronized void unclaim(long nowNanos) {
        claimed = false;
        idleSinceNanos = nowNanos;
    }

    /** Gives the reaper's claim back without touching the idle time. */
    synchronized void unclaim() {
        claimed = false;
        claimedByReaper = false;
        notifyAll();
    }

    /** Marks the session as gone; its claim is never given again. */
    synchronized void end() {
        ended = true;
        // Who still knows the session must not keep texts in memory by it.
        storedSql.clear();
        if (storedSqlMemory != null) {
            storedSqlMemory.close();
        }
        notifyAll();
    }

    long idleSinceNanos() {
        return idleSinceNanos;
    }
}
