package net.quicsql.storage;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Holds writers back while it is shut. Whoever has the turn to write is past it already. Thread-safe. */
final class WalGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean shut;
    private volatile boolean removed;

    boolean isShut() {
        return shut;
    }

    void shut() {
        lock.lock();
        try {
            shut = !removed;
        } finally {
            lock.unlock();
        }
    }

    void open() {
        lock.lock();
        try {
            shut = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Opens it for good. */
    void remove() {
        removed = true;
        open();
    }

    /**
     * Waits until it is open.
     *
     * @return whether it is; false where the wait has passed or the thread was interrupted, which it stays
     */
    boolean pass(long maxWaitNanos) {
        if (!shut) {
            return true;
        }
        long left = maxWaitNanos;
        lock.lock();
        try {
            while (shut && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !shut;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
