package net.quicsql.http;

import java.util.function.LongSupplier;

/**
 * How fast a client takes what is sent to it: counts only the time in which bytes wait to be taken, and only what is taken
 * in that time. Thread-safe.
 */
final class ResponsePace {
    private final LongSupplier nanoClock;

    // Guarded by this.
    private boolean waiting;
    private long waitingSince;
    private long waitedNanos;
    private long takenBytes;

    ResponsePace(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Everything that was to be sent has been taken. */
    synchronized void flushed(long bytes) {
        if (waiting) {
            count(bytes);
            waiting = false;
        }
    }

    /** Some of what was to be sent has been taken, perhaps nothing; the rest waits. */
    synchronized void flushedInPart(long bytes) {
        if (waiting) {
            count(bytes);
        } else {
            waiting = true;
            waitingSince = nanoClock.getAsLong();
        }
    }

    synchronized boolean isWaiting() {
        return waiting;
    }

    /** Whether less than that many bytes were taken in the latest window of waiting; false before it is over. */
    synchronized boolean isTooSlow(long windowNanos, long minimumBytes) {
        if (waiting) {
            count(0);
        }
        if (waitedNanos < windowNanos) {
            return false;
        }
        boolean slow = takenBytes < minimumBytes;
        waitedNanos = 0;
        takenBytes = 0;
        return slow;
    }

    private void count(long bytes) {
        long now = nanoClock.getAsLong();
        waitedNanos += now - waitingSince;
        waitingSince = now;
        takenBytes += bytes;
    }
}
