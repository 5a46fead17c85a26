package net.quicsql.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * The body of a request that is refused before it was read, for want of a token perhaps. Jetty closes a connection with a body
 * that nobody read, and clients that sent it while they were answered find a broken connection in place of the answer, or at
 * their next request. So what is left of it is read and thrown away. Stateless but for a limit; thread-safe.
 */
final class UnreadBody {
    /** As much as BodyReader takes of a body that is too large. */
    private static final long MOST_BYTES = BodyReader.MOST_DISCARDED_BYTES;

    /** Threads that may wait for such bytes at a time: strangers shall not hold all there are by sending slowly. */
    private static final Semaphore WAITING = new Semaphore(16);

    /** And how long one waits for a client that sends all the time; one that is silent ends by the idle timeout. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final int BUFFER_BYTES = 8 * 1024;

    private UnreadBody() {}

    /**
     * Reads the rest of a body, if there is one.
     *
     * @param length the bytes of the whole body, negative if unknown
     * @param finished whether all of it was read, as far as that is known without a wait
     * @return whether the connection can take another request; if not, the answer should say that it closes
     */
    static boolean discard(InputStream in, long length, BooleanSupplier finished) {
        if (length == 0) {
            return true;
        }
        if (length > MOST_BYTES) {
            return false;
        }
        try {
            byte[] buffer = new byte[BUFFER_BYTES];
            long left = MOST_BYTES;
            while (left > 0 && in.available() > 0) {
                left -= Math.max(0, in.read(buffer));
            }
            return finished.getAsBoolean() || (left > 0 && waitForTheRest(in, buffer, left));
        } catch (IOException | RuntimeException e) {
            // The client has gone, was too slow, or what it sends is no body.
            return false;
        }
    }

    private static boolean waitForTheRest(InputStream in, byte[] buffer, long most) throws IOException {
        if (!WAITING.tryAcquire()) {
            return false;
        }
        try {
            long began = System.nanoTime();
            long left = most;
            while (left > 0 && System.nanoTime() - began < LONGEST.toNanos()) {
                int length = in.read(buffer);
                if (length < 0) {
                    return true;
                }
                left -= length;
            }
            return false;
        } finally {
            WAITING.release();
        }
    }
}
