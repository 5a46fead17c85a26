package net.quicsql.storage;

import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import net.quicsql.limits.ClientLooks;
import net.quicsql.problem.Problem;
import org.jspecify.annotations.Nullable;
import org.sqlite.BusyHandler;
import org.sqlite.ProgressHandler;
import org.sqlite.core.DB;

/**
 * Ends a statement that runs past its deadline. SQLite asks the progress handler every few thousand steps of its virtual
 * machine; what never gets there (a sort, a checkpoint) is interrupted by the watchdog. Both act only between {@link
 * #start} and {@link #stop}: an interrupt must never hit the next statement. Knows besides since when the connection has
 * held a snapshot.
 *
 * <p>The connection's own thread starts and stops; any thread may ask for {@link #interruptIfLate}.
 */
final class StatementClock {
    /** Steps of the virtual machine between two looks at the clock: too few to be felt, some 100 microseconds apart. */
    private static final int STEPS_PER_LOOK = 10_000;
    /** Longest single sleep while another process holds the file's lock. */
    private static final long BUSY_SLEEP_MILLIS = 20;

    private static final long NEVER = Long.MAX_VALUE;

    private final DB db;
    private volatile long deadlineNanos = NEVER;
    private volatile boolean cancelled;
    private volatile boolean hungUp;
    private long pausedDeadline = NEVER;
    private long startedNanos;
    private Client client = Client.PRESENT;
    /** For the statement's own thread alone. */
    private Runnable whileRunning = StatementClock::nothing;

    private @Nullable Problem ending;
    private boolean inTransaction;
    private long transactionNanos;

    StatementClock(DB db) {
        this.db = db;
    }

    /**
     * Lets a statement's time run.
     *
     * @param reader who may end the statement by going away; {@link Client#PRESENT} where nobody may
     * @param meanwhile what is done now and then on this thread while the statement runs
     */
    synchronized void start(long deadline, Client reader, Runnable meanwhile) {
        whileRunning = meanwhile;
        cancelled = false;
        hungUp = false;
        client = reader;
        ending = null;
        pausedDeadline = NEVER;
        startedNanos = System.nanoTime();
        deadlineNanos = deadline;
    }

    /** Stops the clock and tells whether the statement was past its deadline, cancelled or left by its client. */
    synchronized boolean stop() {
        boolean late = isLate();
        whileRunning = StatementClock::nothing;
        client = Client.PRESENT;
        deadlineNanos = NEVER;
        pausedDeadline = NEVER;
        cancelled = false;
        return late;
    }

    synchronized void pause() {
        pausedDeadline = deadlineNanos;
        deadlineNanos = NEVER;
    }

    synchronized void resume(long pausedNanos) {
        if (pausedDeadline != NEVER) {
            deadlineNanos = pausedDeadline + pausedNanos;
            pausedDeadline = NEVER;
        }
    }

    /** Interrupts the running statement if it is late; does nothing between statements. */
    synchronized void interruptIfLate() {
        if (isLate()) {
            interruptQuietly();
        }
    }

    /**
     * Interrupts the running statement if nobody waits for what it reads any more; does nothing between statements. The
     * client is asked under the lock, for it must be this statement's: it never blocks.
     *
     * @return whether this has ended the statement
     */
    synchronized boolean interruptIfLeft() {
        boolean mayBeLeft = deadlineNanos != NEVER
                && client != Client.PRESENT
                && !hungUp
                && System.nanoTime() - startedNanos > ClientLooks.PERIOD_NANOS;
        if (!mayBeLeft || !client.isGone()) {
            return false;
        }
        hungUp = true;
        interruptQuietly();
        return true;
    }

    /** Whether the latest statement was ended because its client had gone. */
    boolean endedByHangUp() {
        return hungUp;
    }

    /** Ends the running statement now, also one whose clock is paused; does nothing between statements. */
    synchronized void cancel() {
        if (isRunning()) {
            cancelled = true;
            interruptQuietly();
        }
    }

    /**
     * As {@link #cancel}, telling why.
     *
     * @return whether a statement was running that nobody had ended yet
     */
    synchronized boolean end(Problem why) {
        if (!isRunning() || cancelled) {
            return false;
        }
        ending = why;
        cancel();
        return true;
    }

    /** As {@link #end}, if the statement, its pauses included, has lasted longer than the limit. */
    synchronized boolean endIfOlder(long limitNanos, long nowNanos, LongFunction<Problem> why) {
        long age = nowNanos - startedNanos;
        return age > limitNanos && end(why.apply(age));
    }

    /** Why the latest statement was ended; null where nobody told. */
    synchronized @Nullable Problem ending() {
        return ending;
    }

    synchronized void transactionBegan(long nowNanos) {
        inTransaction = true;
        transactionNanos = nowNanos;
    }

    synchronized void transactionEnded() {
        inTransaction = false;
    }

    /** Since when the connection may have held a snapshot; empty where it holds none. */
    synchronized OptionalLong snapshotSince() {
        if (inTransaction) {
            return OptionalLong.of(transactionNanos);
        }
        return isRunning() ? OptionalLong.of(startedNanos) : OptionalLong.empty();
    }

    ProgressHandler progressHandler() {
        return new ProgressHandler() {
            @Override
            protected int progress() {
                try {
                    whileRunning.run();
                } catch (RuntimeException e) {
                    // SQLite's own code has called this: nothing may be thrown through it.
                }
                return isLate() ? 1 : 0;
            }
        };
    }

    static int stepsPerLook() {
        return STEPS_PER_LOOK;
    }

    /** Waits for a lock that another process holds, until the statement's deadline or the given wait has passed. */
    BusyHandler busyHandler(long maxWaitNanos, BooleanSupplier stopping) {
        return new BusyHandler() {
            private long startedNanos;

            @Override
            protected int callback(int tries) {
                long now = System.nanoTime();
                if (tries == 0) {
                    startedNanos = now;
                }
                // Not every statement of ours has a deadline, but each ends at the stop.
                if (isLate() || stopping.getAsBoolean() || now - startedNanos > maxWaitNanos) {
                    return 0;
                }
                try {
                    Thread.sleep(Math.min(tries + 1L, BUSY_SLEEP_MILLIS));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return 0;
                }
                return 1;
            }
        };
    }

    private static void nothing() {}

    private boolean isRunning() {
        return deadlineNanos != NEVER || pausedDeadline != NEVER;
    }

    private boolean isLate() {
        long deadline = deadlineNanos;
        return deadline != NEVER && (cancelled || hungUp || System.nanoTime() - deadline > 0);
    }

    private void interruptQuietly() {
        try {
            db.interrupt();
        } catch (java.sql.SQLException e) {
            // The connection was closed meanwhile, which ended the statement too.
        }
    }
}
