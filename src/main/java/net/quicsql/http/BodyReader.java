package net.quicsql.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;

/** Reads a request's body into memory, up to a cap. Stateless. */
public final class BodyReader {
    /** What {@code contentLength} is when the client did not say, or when the body is inflated on its way in. */
    public static final long UNKNOWN_LENGTH = -1;

    /**
     * How much of a refused body is read and thrown away, so that the client gets to read the answer: most send their
     * whole body first and, where the connection is closed meanwhile, report a broken pipe.
     */
    private static final long MOST_DISCARDED_BYTES = 32L * 1024 * 1024;

    /** First buffer of a body of unknown length; most bodies fit. */
    private static final int FIRST_BYTES = 8 * 1024;

    /** A body whose announced length is no more gets its memory before it comes. */
    private static final int AT_ONCE_BYTES = 256 * 1024;

    private BodyReader() {}

    /**
     * Reads the whole body of a request.
     *
     * @param cap the most bytes allowed, 0 to 2^31 - 9
     * @param settingName the setting that a client's operator would raise
     * @return an array of exactly the body's length
     * @throws ProblemException UNSUPPORTED_ENCODING; BODY_TOO_LARGE; INVALID_REQUEST when the body ends early or the
     *     connection breaks
     */
    public static byte[] read(InputStream in, RequestHeaders headers, long cap, String settingName) {
        if (headers.isEncoded()) {
            if (headers.length() <= MOST_DISCARDED_BYTES) {
                discard(in, MOST_DISCARDED_BYTES);
            }
            throw new Problem.Refused(ProblemCode.UNSUPPORTED_ENCODING, "compressed request bodies are not taken")
                    .toException();
        }
        return read(in, headers.length(), cap, settingName);
    }

    /**
     * Reads a whole body.
     *
     * @param contentLength the bytes that {@code in} holds, or {@link #UNKNOWN_LENGTH}
     * @param cap the most bytes allowed, 0 to 2^31 - 9
     * @param settingName the setting that a client's operator would raise
     * @return an array of exactly the body's length
     * @throws ProblemException BODY_TOO_LARGE; INVALID_REQUEST when the body ends early or the connection breaks
     */
    public static byte[] read(InputStream in, long contentLength, long cap, String settingName) {
        if (contentLength > cap) {
            if (contentLength - cap <= MOST_DISCARDED_BYTES) {
                discard(in, contentLength);
            }
            throw new Problem.BodyTooLarge(cap, settingName).toException();
        }
        try {
            return contentLength >= 0 ? readKnown(in, (int) contentLength) : readUnknown(in, (int) cap, settingName);
        } catch (IOException e) {
            throw unreadable();
        }
    }

    private static byte[] readKnown(InputStream in, int length) throws IOException {
        // Memory for what arrives, not for what is announced.
        byte[] body = length <= AT_ONCE_BYTES ? new byte[length] : null;
        int arrived;
        if (body != null) {
            arrived = in.readNBytes(body, 0, length);
        } else {
            body = in.readNBytes(length);
            arrived = body.length;
        }
        if (arrived < length) {
            throw unreadable();
        }
        return body;
    }

    private static byte[] readUnknown(InputStream in, int cap, String settingName) throws IOException {
        byte[] buffer = new byte[Math.min(FIRST_BYTES, cap)];
        int length = 0;
        while (true) {
            length += in.readNBytes(buffer, length, buffer.length - length);
            if (length < buffer.length) {
                return Arrays.copyOf(buffer, length);
            }
            // Full: one byte more tells a body that ends here from a longer one.
            int next = in.read();
            if (next < 0) {
                return buffer;
            }
            if (length == cap) {
                discard(in, MOST_DISCARDED_BYTES);
                throw new Problem.BodyTooLarge(cap, settingName).toException();
            }
            buffer = Arrays.copyOf(buffer, (int) Math.min(cap, Math.max(buffer.length * 2L, FIRST_BYTES)));
            buffer[length++] = (byte) next;
        }
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
        } catch (IOException gone) {
            // Then nobody waits for the answer either.
        }
    }

    private static ProblemException unreadable() {
        return new Problem.Refused(ProblemCode.INVALID_REQUEST, "read body: it ended early or could not be decoded")
                .toException();
    }
}
