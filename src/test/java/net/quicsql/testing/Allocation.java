package net.quicsql.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * Measures what a thread allocates for one run of something. The JVM counts these bytes exactly, however slow or busy the
 * machine; what the code allocates also depends on how far it is compiled, so this belongs into a JVM started with {@link
 * #SETTLED}.
 */
public final class Allocation {
    /**
     * Flags of a JVM in which the same code allocates the same at every start. The second compiler leaves out objects that it
     * can prove unneeded, more of them the longer the code has run: without it the figures are an upper bound, and they
     * settle within a few hundred runs, for the first compiler is waited for.
     */
    public static final List<String> SETTLED = List.of("-XX:TieredStopAtLevel=1", "-Xbatch", "-XX:+UseSerialGC");

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int RUNS = 200;
    private static final int WARM_UP_BATCHES = 3;
    private static final int BATCHES = 3;

    private Allocation() {}

    /** Bytes that one run allocates on the calling thread: the least of a few batches, for now and then a table grows. */
    public static long perRun(Runnable work) {
        for (int i = 0; i < WARM_UP_BATCHES; i++) {
            batch(work);
        }
        long least = batch(work);
        for (int i = 1; i < BATCHES; i++) {
            least = Math.min(least, batch(work));
        }
        return least;
    }

    private static long batch(Runnable work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < RUNS; i++) {
            work.run();
        }
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / RUNS;
    }
}
