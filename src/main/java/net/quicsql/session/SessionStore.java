package net.quicsql.session;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElseGet;

import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.session.EndedTransactions.Ended;
import net.quicsql.storage.Database;

/**
 * Opens, resumes and parks streams. Holds in memory only those that a request works on or that cannot be parked.
 * Thread-safe.
 */
public final class SessionStore {
    private final BatonCodec codec;
    private final LimitsConfig limits;
    private final AbortReasons reasons;
    private final Clock clock;
    private final LongSupplier nanoClock;
    private final Map<SessionId, Session> live = new ConcurrentHashMap<>();
    private final EndedTransactions endedTransactions;

    public SessionStore(BatonKeys keys, LimitsConfig limits, Clock clock, LongSupplier nanoClock) {
        this.codec = new BatonCodec(keys);
        this.limits = requireNonNull(limits, "limits is null");
        this.reasons = new AbortReasons(limits);
        this.clock = requireNonNull(clock, "clock is null");
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
        this.endedTransactions = new EndedTransactions(nanoClock);
    }

    /** A new stream, claimed by the caller. It enters memory when it is parked and cannot live in its baton alone. */
    public Session open(Database database, String principal) {
        return new Session(null, database, principal, 0);
    }

    /**
     * Claims the stream of a baton.
     *
     * @throws ProblemException INVALID_BATON where it is forged, expired, for another database or used already;
     *     ACCESS_DENIED where it is another principal's, which does not burn it
     */
    public Session resume(Database database, String principal, String token) {
        Baton baton = codec.decode(token).orElseThrow(() -> invalid("the baton is not one of this server's"));
        if (!baton.database().equals(database.name().value())) {
            throw invalid("the baton belongs to another database");
        }
        if (!baton.principal().equals(principal)) {
            throw new Problem.AccessDenied("the baton belongs to another principal").toException();
        }
        Session session = live.get(baton.id());
        if (session == null) {
            return revive(database, baton);
        }
        return switch (session.claim(baton.generation())) {
            case GIVEN -> {
                Abort lost = reasons.ofFile(session);
                if (lost != null) {
                    abort(session, lost);
                    yield revive(database, baton);
                }
                abortBeforeUse(session);
                yield session;
            }
            case REFUSED -> throw used();
            case ENDED -> revive(database, baton);
        };
    }

    /**
     * Ends a request's claim: keeps the stream in memory if it must live, forgets it otherwise.
     *
     * @return the baton of the next request
     */
    public String park(Session session) {
        Baton baton = session.nextBaton(clock.instant().getEpochSecond());
        if (session.clientSawTransaction() && !baton.transactionOpen()) {
            endedTransactions.remember(session.id(), baton.generation(), null);
        }
        session.clientSawTransaction(baton.transactionOpen());
        if (session.mustLive()) {
            if (live.put(session.id(), session) == null) {
                session.database().metrics().streamOpened();
            }
            session.unclaim(nanoClock.getAsLong());
        } else {
            forget(session);
        }
        return codec.encode(baton);
    }

    /** Ends a claimed stream for good: rolls back and gives everything back. */
    public void close(Session session) {
        try {
            session.endLease();
        } finally {
            if (session.clientSawTransaction()) {
                endedTransactions.remember(session.id(), session.generation() + 1, null);
            }
            forget(session);
        }
    }

    /**
     * Ends a claimed stream's transaction from the server's side, or else its other state. Temporary objects and stored
     * texts outlive the transaction: a healed stream must not meet other tables of the same names.
     */
    void abort(Session session, Abort abort) {
        AbortLog.ending(session, abort, nanoClock.getAsLong());
        // A file takes the temporary objects with it.
        if (session.inTransaction() && session.holdsState() && abort.cause() != Abort.Cause.FILE_CLOSED) {
            try {
                abortTransaction(session, abort);
            } finally {
                session.unclaim();
            }
        } else {
            end(session, abort);
        }
    }

    /**
     * Ends a request's claim on a stream in a transaction whose client went away before the answer: the next baton would
     * never be seen, so the transaction is rolled back at once. Who comes back with the baton before it is told.
     */
    public void abandon(Session session) {
        Abort abort = Abort.of(Abort.Cause.CLIENT_GONE);
        session.database().metrics().hungUp();
        if (session.generation() == 0) {
            // Nobody has a baton of it.
            AbortLog.ending(session, abort, nanoClock.getAsLong());
            end(session, abort);
        } else {
            abort(session, abort);
        }
    }

    /** Ends all that a claimed stream has, from the server's side. */
    void end(Session session, Abort abort) {
        if (session.inTransaction()) {
            session.database().metrics().transactionAborted();
        }
        try {
            session.endLease();
        } finally {
            endedTransactions.remember(session.id(), session.generation(), abort);
            forget(session);
        }
    }

    /** The streams in memory. */
    public Collection<Session> live() {
        return live.values();
    }

    /**
     * Ends a claimed stream's transaction if it is past its lifetime: a client that is never idle for long enough to be
     * looked at must not outlive the limits either, nor one request of many statements.
     */
    public void abortIfTooOld(Session session) {
        Abort abort = reasons.ofAge(session, nanoClock.getAsLong());
        if (abort != null) {
            AbortLog.ending(session, abort, nanoClock.getAsLong());
            abortTransaction(session, abort);
        }
    }

    /** The same for a stream that was just claimed: where its end fails, nobody would give the claim back. */
    private void abortBeforeUse(Session session) {
        boolean usable = false;
        try {
            abortIfTooOld(session);
            usable = true;
        } finally {
            if (!usable) {
                end(session, requireNonNullElseGet(session.abort(), () -> Abort.of(Abort.Cause.MACHINE)));
            }
        }
    }

    private static void abortTransaction(Session session, Abort abort) {
        session.database().metrics().transactionAborted();
        try {
            session.endTransaction();
        } finally {
            session.abort(abort);
        }
    }

    private Session revive(Database database, Baton baton) {
        Session session = new Session(baton.id(), database, baton.principal(), baton.generation());
        session.restore(baton);
        if (baton.transactionOpen() || baton.temporaryState()) {
            session.abort(lost(baton));
        } else if (isExpired(baton)) {
            throw invalid("the baton has expired (limits.baton_lifetime)");
        }
        if (live.putIfAbsent(baton.id(), session) != null) {
            throw used();
        }
        database.metrics().streamOpened();
        return session;
    }

    /** Why a stream that should be in memory is not there. */
    private Abort lost(Baton baton) {
        Optional<Ended> ended = Optional.ofNullable(endedTransactions.find(baton.id()));
        if (ended.isPresent()) {
            Abort abort = ended.get().abort();
            if (abort == null || ended.get().generation() != baton.generation()) {
                throw used();
            }
            return abort;
        }
        if (!baton.transactionOpen()) {
            return Abort.of(Abort.Cause.SESSION_STATE);
        }
        return Abort.of(baton.temporaryState() ? Abort.Cause.UNKNOWN_WITH_STATE : Abort.Cause.UNKNOWN);
    }

    private boolean isExpired(Baton baton) {
        long age = clock.instant().getEpochSecond() - baton.issuedAtSeconds();
        return age > limits.batonLifetime().toSeconds();
    }

    private void forget(Session session) {
        // In this order: who waits for the end finds the place in memory free.
        if (session.generation() > 0 && live.remove(session.id(), session)) {
            session.database().metrics().streamClosed();
        }
        session.end();
    }

    private static ProblemException used() {
        return invalid("the baton was used already, or another request on its stream is running");
    }

    private static ProblemException invalid(String message) {
        return new Problem.Refused(ProblemCode.INVALID_BATON, message).toException();
    }
}
