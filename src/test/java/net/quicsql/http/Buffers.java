package net.quicsql.http;

import java.nio.file.Path;
import net.quicsql.limits.MemoryBudget;

/** Makes buffers for answers. */
public final class Buffers {
    private static final long ROOMY = 1L << 30;

    private Buffers() {}

    /** With more memory than a test takes. */
    public static AnswerBuffers roomy() {
        return in(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** The same, with its files in a folder. */
    public static AnswerBuffers in(Path directory) {
        return new AnswerBuffers(memory(), directory);
    }

    public static MemoryBudget memory() {
        return new MemoryBudget(ROOMY);
    }
}
