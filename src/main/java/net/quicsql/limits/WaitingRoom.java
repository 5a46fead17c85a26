package net.quicsql.limits;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests of the whole server may wait at the same time for something that another request holds: the turn to
 * write, a reader, a place for a transaction. Each of them keeps one of the connector's threads, and the request that would
 * end their wait needs a thread too: without this bound a crowd of waiters can lock out the COMMIT they all wait for.
 * Thread-safe; never blocks.
 */
public final class WaitingRoom {
    private final int seats;
    private final int seatsOfOne;
    private final AtomicInteger taken = new AtomicInteger();
    private final Map<String, Integer> takenBy = new ConcurrentHashMap<>();

    /** @param seats the most that wait, at least 1 */
    public WaitingRoom(int seats) {
        if (seats < 1) {
            throw new IllegalArgumentException("seats is less than 1: " + seats);
        }
        this.seats = seats;
        // Three quarters, and one seat of one: nobody's crowd keeps all others from waiting.
        this.seatsOfOne = seats - seats / 4;
    }

    /**
     * Lets one more wait if there is a seat; who was let in calls {@link #leave} once when its wait is over, however it
     * ends.
     *
     * @param whom who waits: a principal, or what all of the kind have in common; one of them has three quarters of the
     *     seats at most
     */
    public boolean enter(String whom) {
        if (taken.incrementAndGet() > seats) {
            taken.decrementAndGet();
            return false;
        }
        if (takenBy.merge(whom, 1, Integer::sum) > seatsOfOne) {
            leave(whom);
            return false;
        }
        return true;
    }

    public void leave(String whom) {
        takenBy.computeIfPresent(whom, (key, count) -> count == 1 ? null : count - 1);
        taken.decrementAndGet();
    }

    /** Those who wait now. */
    public int waiting() {
        return taken.get();
    }

    /** What somebody is told who was not let in, to be put behind what was waited for. */
    public String refusal() {
        return "and as many requests of this server wait already as may (" + LimitsConfig.MAX_WAITING_REQUESTS + " is "
                + seats + ", three quarters of them for one principal). Send it again a little later";
    }
}
