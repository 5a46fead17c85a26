package net.quicsql.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipException;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.MemoryShare;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;

/**
 * Reads a request's body into memory, up to a cap and within what the memory budget has left. Stateless.
 */
public final class BodyReader {
    /** What {@code contentLength} is when the client did not say, or when the body is inflated on its way in. */
    public static final long UNKNOWN_LENGTH = -1;

    /**
     * How much of a refused body is read and thrown away, so that the client gets to read the answer: most send their
     * whole body first and, where the connection is closed meanwhile, report a broken pipe.
     */
    static final long MOST_DISCARDED_BYTES = 32L * 1024 * 1024;

    /** First buffer of a body of unknown length; most bodies fit. */
    private static final int FIRST_BYTES = 8 * 1024;

    /** A body longer than what is free gets its memory in steps: who announces much and sends little holds little. */
    private static final int GROWTH = 4;

    /**
     * What a byte of a body costs until its request is done: itself, the parser's characters, the text made of them, that
     * text as SQLite takes it. Measured with one long string, which is the worst that honest clients send.
     */
    public static final int WEIGHT = 6;

    private BodyReader() {}

    /**
     * Reads the whole body of a request.
     *
     * @param cap the most bytes allowed, 0 to 2^31 - 9
     * @param settingName the setting that a client's operator would raise
     * @param memory holds what the body costs from now on; untouched for a small one
     * @return an array of exactly the body's length
     * @throws ProblemException UNSUPPORTED_ENCODING; BODY_TOO_LARGE; OVERLOADED; REQUEST_TIMEOUT when the client falls
     *     silent; INVALID_REQUEST when the body ends early or the connection breaks
     */
    public static byte[] read(
            InputStream in, RequestHeaders headers, long cap, String settingName, MemoryShare memory) {
        if (headers.isEncoded()) {
            if (headers.length() <= MOST_DISCARDED_BYTES) {
                discard(in, MOST_DISCARDED_BYTES);
            }
            throw new Problem.Refused(ProblemCode.UNSUPPORTED_ENCODING, "compressed request bodies are not taken")
                    .toException();
        }
        return read(in, headers.length(), cap, settingName, memory);
    }

    /**
     * Reads a whole body.
     *
     * @param contentLength the bytes that {@code in} holds, or {@link #UNKNOWN_LENGTH}
     * @param cap the most bytes allowed, 0 to 2^31 - 9
     * @param settingName the setting that a client's operator would raise
     * @param memory holds what the body costs from now on; untouched for a small one
     * @return an array of exactly the body's length
     * @throws ProblemException BODY_TOO_LARGE; OVERLOADED; REQUEST_TIMEOUT when the client falls silent; INVALID_REQUEST
     *     when the body ends early or the connection breaks
     */
    public static byte[] read(InputStream in, long contentLength, long cap, String settingName, MemoryShare memory) {
        // No wait would ever make room for more.
        long most = Math.max(MemoryShare.FREE_BYTES, memory.most() / WEIGHT);
        if (most < cap) {
            return readUpTo(in, contentLength, (int) most, LimitsConfig.MEMORY_BUDGET, memory);
        }
        return readUpTo(in, contentLength, (int) cap, settingName, memory);
    }

    private static byte[] readUpTo(
            InputStream in, long contentLength, int cap, String settingName, MemoryShare memory) {
        if (contentLength > cap) {
            if (contentLength - cap <= MOST_DISCARDED_BYTES) {
                discard(in, contentLength);
            }
            throw new Problem.BodyTooLarge(cap, settingName).toException();
        }
        try {
            return contentLength >= 0
                    ? readKnown(in, (int) contentLength, memory)
                    : readUnknown(in, cap, settingName, memory);
        } catch (IOException e) {
            throw e.getCause() instanceof TimeoutException ? late() : unreadable();
        } catch (ProblemException e) {
            // Given back first: what is thrown away may take long to come.
            memory.close();
            discard(in, MOST_DISCARDED_BYTES);
            throw e;
        } catch (RuntimeException e) {
            // How Jetty tells that a body does not inflate.
            throw e.getCause() instanceof ZipException ? unreadable() : e;
        }
    }

    private static byte[] readKnown(InputStream in, int length, MemoryShare memory) throws IOException {
        byte[] body = buffer(Math.min(length, MemoryShare.FREE_BYTES), memory);
        int arrived = 0;
        while (true) {
            arrived += in.readNBytes(body, arrived, body.length - arrived);
            if (arrived == length) {
                return body;
            }
            if (arrived < body.length) {
                throw unreadable();
            }
            byte[] larger = buffer((int) Math.min(length, (long) body.length * GROWTH), memory);
            System.arraycopy(body, 0, larger, 0, arrived);
            body = larger;
        }
    }

    private static byte[] readUnknown(InputStream in, int cap, String settingName, MemoryShare memory)
            throws IOException {
        byte[] body = buffer(Math.min(FIRST_BYTES, cap), memory);
        int length = 0;
        while (true) {
            length += in.readNBytes(body, length, body.length - length);
            if (length < body.length) {
                return Arrays.copyOf(body, length);
            }
            // Full: one byte more tells a body that ends here from a longer one.
            int next = in.read();
            if (next < 0) {
                return body;
            }
            if (length == cap) {
                throw new Problem.BodyTooLarge(cap, settingName).toException();
            }
            byte[] larger = buffer((int) Math.min(cap, Math.max(body.length * 2L, FIRST_BYTES)), memory);
            System.arraycopy(body, 0, larger, 0, length);
            body = larger;
            body[length++] = (byte) next;
        }
    }

    /** An empty buffer, once the budget has room for a body of this size instead of the one before. */
    private static byte[] buffer(int size, MemoryShare memory) {
        if (size > MemoryShare.FREE_BYTES) {
            memory.take((long) size * WEIGHT - memory.held());
        }
        return new byte[size];
    }

    private static void discard(InputStream in, long most) {
        byte[] buffer = new byte[FIRST_BYTES];
        try {
            long left = most;
            while (left > 0) {
                int length = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (length < 0) {
                    return;
                }
                left -= length;
            }
        } catch (IOException | RuntimeException gone) {
            // Then nobody waits for the answer either, or what comes is no body.
        }
    }

    /** Nothing came for the connection's idle timeout, which is a second once the server stops. */
    private static ProblemException late() {
        return new Problem.Refused(ProblemCode.REQUEST_TIMEOUT, "read body: the rest of it did not come in time")
                .toException();
    }

    private static ProblemException unreadable() {
        return new Problem.Refused(ProblemCode.INVALID_REQUEST, "read body: it ended early or could not be decoded")
                .toException();
    }
}
