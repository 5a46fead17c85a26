package net.quicsql.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread does, for as long as a slow machine needs. */
public final class Await {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private static final long PAUSE_NANOS = 1_000_000;

    private Await() {}

    /** Looks again and again until a condition holds; fails when it never does. */
    public static void until(Callable<Boolean> condition) throws Exception {
        until(condition, LONGEST);
    }

    /** As {@link #until(Callable)}; the failure says what was waited for. */
    public static void until(String what, Callable<Boolean> condition) throws Exception {
        until(what, condition, LONGEST);
    }

    /** As {@link #until(Callable)}, for what takes long in itself. */
    public static void until(Callable<Boolean> condition, Duration longest) throws Exception {
        until("what was waited for", condition, longest);
    }

    private static void until(String what, Callable<Boolean> condition, Duration longest) throws Exception {
        long end = System.nanoTime() + longest.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + longest + ": " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
