package net.quicsql.limits;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests of the whole server may wait at the same time for something that another request holds: the turn to
 * write, a reader, a place for a transaction. Each of them keeps one of the connector's threads, and the request that would
 * end their wait needs a thread too: without this bound a crowd of waiters can lock out the COMMIT they all wait for.
 * Thread-safe; never blocks.
 */
public final class WaitingRoom {
    private final int seats;
    private final AtomicInteger taken = new AtomicInteger();

    /** @param seats the most that wait, at least 1 */
    public WaitingRoom(int seats) {
        if (seats < 1) {
            throw new IllegalArgumentException("seats is less than 1: " + seats);
        }
        this.seats = seats;
    }

    /**
     * Lets one more wait if there is a seat; who was let in calls {@link #leave} once when its wait is over, however it
     * ends.
     */
    public boolean enter() {
        int now = taken.get();
        while (now < seats) {
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
            now = taken.get();
        }
        return false;
    }

    public void leave() {
        taken.decrementAndGet();
    }

    /** Those who wait now. */
    public int waiting() {
        return taken.get();
    }

    /** What somebody is told who was not let in, to be put behind what was waited for. */
    public String refusal() {
        return "and " + seats + " requests of this server wait already (" + LimitsConfig.MAX_WAITING_REQUESTS
                + "). Send it again a little later";
    }
}
