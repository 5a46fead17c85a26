package net.quicsql.limits;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Places for open transactions: so many in a database, and fewer of them for one principal, so that nobody takes them all.
 * Who finds none waits in line, first come first served, but for those whose own transactions are in their way: they are
 * passed over. Thread-safe; its lock is never held over a wait. Remembers only databases with an open transaction.
 */
public final class TransactionPlaces {
    private final int perDatabase;
    private final int perPrincipal;
    private final long longestWaitNanos;
    private final WaitingRoom room;
    private final LongSupplier nanoClock;

    // Guarded by this.
    private final Map<DatabaseName, Hall> halls = new HashMap<>();
    private boolean closed;

    public TransactionPlaces(LimitsConfig limits, WaitingRoom room, LongSupplier nanoClock) {
        this.perDatabase = limits.maxTransactionsPerDatabase();
        this.perPrincipal = limits.maxTransactionsPerPrincipal();
        this.longestWaitNanos = limits.lockWait().toNanos();
        this.room = requireNonNull(room, "room is null");
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
    }

    /** A place that is free now; empty where there is none. */
    public synchronized Optional<Place> poll(DatabaseName database, String principal) {
        requireOpen();
        Hall hall = halls.computeIfAbsent(database, name -> new Hall());
        // Whoever in the line could take it would have been given it when it became free.
        return hasRoom(hall, principal) ? Optional.of(place(database, hall, principal)) : Optional.empty();
    }

    /**
     * Waits for a place, for {@code limits.lock_wait} at most.
     *
     * @param clientIsGone whether nobody waits for the answer any more; asked several times a second
     * @throws ProblemException TOO_MANY_STREAMS, naming the limit; SHUTTING_DOWN after {@link #close}; CLIENT_GONE
     */
    public Place await(DatabaseName database, String principal, BooleanSupplier clientIsGone) {
        Waiter waiter;
        synchronized (this) {
            Optional<Place> free = poll(database, principal);
            if (free.isPresent()) {
                return free.get();
            }
            Hall hall = requireNonNull(halls.get(database));
            if (!room.enter(principal)) {
                throw refused(reason(hall, principal) + ", " + room.refusal());
            }
            waiter = new Waiter(Thread.currentThread(), database, principal);
            hall.line.add(waiter);
        }
        boolean given = false;
        try {
            Place place = await(waiter, clientIsGone);
            given = true;
            return place;
        } finally {
            if (!given) {
                withdraw(waiter);
            }
            room.leave(principal);
        }
    }

    /** Refuses everybody in line and whoever comes; places that are taken stay so until they are given back. */
    public synchronized void close() {
        closed = true;
        for (Hall hall : halls.values()) {
            hall.line.forEach(waiter -> LockSupport.unpark(waiter.thread));
        }
    }

    /** Databases with an open transaction, or with somebody in line. */
    synchronized int remembered() {
        return halls.size();
    }

    private Place await(Waiter waiter, BooleanSupplier clientIsGone) {
        long started = nanoClock.getAsLong();
        boolean interrupted = false;
        try {
            while (true) {
                long left = longestWaitNanos - (nanoClock.getAsLong() - started);
                Place place = settle(waiter, left <= 0 || interrupted);
                if (place != null) {
                    return place;
                }
                LockSupport.parkNanos(this, Math.min(left, ClientLooks.PERIOD_NANOS));
                interrupted |= Thread.interrupted();
                if (clientIsGone.getAsBoolean()) {
                    leave(waiter);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The place that was given to a waiter, or null where it goes on waiting. */
    private synchronized @Nullable Place settle(Waiter waiter, boolean givesUp) {
        Place place = waiter.place;
        if (place != null || !givesUp && !closed) {
            return place;
        }
        Hall hall = requireNonNull(halls.get(waiter.database));
        hall.line.remove(waiter);
        requireOpen();
        throw refused(String.format(
                Locale.ROOT,
                "%s, and none became free in %.1f s (%s). It helps that they end: by COMMIT, ROLLBACK or a closed stream",
                reason(hall, waiter.principal),
                longestWaitNanos / 1e9,
                LimitsConfig.LOCK_WAIT));
    }

    /** Gives up a wait that nobody is interested in, unless it is over. */
    private synchronized void leave(Waiter waiter) {
        if (waiter.place == null) {
            requireNonNull(halls.get(waiter.database)).line.remove(waiter);
            throw new Problem.Refused(ProblemCode.CLIENT_GONE, "the client went away").toException();
        }
    }

    /** Takes somebody out of the line whose wait has failed: a place given to nobody would never be given back. */
    private synchronized void withdraw(Waiter waiter) {
        Place place = waiter.place;
        Hall hall = halls.get(waiter.database);
        if (place != null) {
            giveBack(place);
        } else if (hall != null) {
            hall.line.remove(waiter);
        }
    }

    private synchronized void giveBack(Place place) {
        if (place.givenBack) {
            return;
        }
        place.givenBack = true;
        Hall hall = requireNonNull(halls.get(place.database));
        hall.taken--;
        hall.takenBy.computeIfPresent(place.principal, (principal, taken) -> taken == 1 ? null : taken - 1);
        Iterator<Waiter> line = hall.line.iterator();
        while (line.hasNext() && hall.taken < perDatabase) {
            Waiter next = line.next();
            if (hasRoom(hall, next.principal)) {
                line.remove();
                next.place = place(next.database, hall, next.principal);
                LockSupport.unpark(next.thread);
            }
        }
        if (hall.taken == 0) {
            halls.remove(place.database);
        }
    }

    private boolean hasRoom(Hall hall, String principal) {
        return hall.taken < perDatabase && hall.takenBy.getOrDefault(principal, 0) < perPrincipal;
    }

    private Place place(DatabaseName database, Hall hall, String principal) {
        hall.taken++;
        hall.takenBy.merge(principal, 1, Integer::sum);
        return new Place(database, principal);
    }

    private String reason(Hall hall, String principal) {
        return hall.takenBy.getOrDefault(principal, 0) >= perPrincipal
                ? "too many open transactions: a principal may have " + perPrincipal + " in a database ("
                        + LimitsConfig.MAX_TRANSACTIONS_PER_PRINCIPAL + "), all of them this principal's own"
                : "too many open transactions: this database allows " + perDatabase + " at a time ("
                        + LimitsConfig.MAX_TRANSACTIONS_PER_DATABASE + "), of all its principals";
    }

    private void requireOpen() {
        if (closed) {
            throw new Problem.Refused(ProblemCode.SHUTTING_DOWN, "the server is stopping").toException();
        }
    }

    private static ProblemException refused(String message) {
        return new Problem.Refused(ProblemCode.TOO_MANY_STREAMS, message).toException();
    }

    /** The right to have one transaction open, until given back. Thread-safe. */
    public final class Place {
        private final DatabaseName database;
        private final String principal;
        // Guarded by the places.
        private boolean givenBack;

        private Place(DatabaseName database, String principal) {
            this.database = database;
            this.principal = principal;
        }

        /** Hands the place on. Idempotent. */
        public void giveBack() {
            TransactionPlaces.this.giveBack(this);
        }
    }

    /** The places of one database. Guarded by the whole. */
    private static final class Hall {
        private int taken;
        private final Map<String, Integer> takenBy = new HashMap<>();
        private final Deque<Waiter> line = new ArrayDeque<>();
    }

    /** One thread in line. */
    private static final class Waiter {
        private final Thread thread;
        private final DatabaseName database;
        private final String principal;
        // Guarded by the places.
        private @Nullable Place place;

        Waiter(Thread thread, DatabaseName database, String principal) {
            this.thread = thread;
            this.database = database;
            this.principal = principal;
        }
    }
}
