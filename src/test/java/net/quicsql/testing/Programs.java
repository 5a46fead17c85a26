package net.quicsql.testing;

import java.util.concurrent.TimeUnit;

/** Runs other programs to their end. Stateless. */
public final class Programs {
    private static final int PATIENCE_SECONDS = 60;

    private Programs() {}

    /**
     * Starts a program and waits until it ends.
     *
     * @return its exit status
     * @throws AssertionError where it has not ended within a minute; it is killed then
     */
    public static int run(ProcessBuilder program) throws Exception {
        Process process = program.start();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("not ended within " + PATIENCE_SECONDS + " s: " + program.command());
            }
        } finally {
            process.destroyForcibly();
        }
        return process.exitValue();
    }
}
