import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Takes the bytes of one HTTP answer after the other, with a length or in chunks, and keeps the head and as much of the body as
 * tells whether it is what it should be: all of a small one, both ends of a large one. One thread at a time.
 */
final class Answers {
    private static final int KEPT = 1 << 16;
    private static final int TAIL = 1 << 10;

    private final byte[] line = new byte[1 << 14];
    private final byte[] kept = new byte[KEPT];
    private final byte[] tail = new byte[TAIL];
    private State state = State.HEAD;
    private int lineLength;
    private String head = "";
    private long left;
    private long bodyBytes;

    /** Takes what is there; true once an answer is whole, with nothing behind it. */
    boolean take(ByteBuffer in) {
        while (in.hasRemaining()) {
            switch (state) {
                case HEAD -> head(in);
                case BODY, CHUNK -> body(in);
                case CHUNK_SIZE -> chunkSize(in);
                case TRAILER -> trailer(in);
                case DONE -> throw new FailedRequest("bytes behind an answer: " + head);
            }
        }
        return state == State.DONE;
    }

    /** Ready for the next one. */
    void reset() {
        state = State.HEAD;
        lineLength = 0;
        bodyBytes = 0;
    }

    boolean isOk() {
        return head.startsWith("HTTP/1.1 200 ");
    }

    long bodyBytes() {
        return bodyBytes;
    }

    String status() {
        return head.substring(0, head.indexOf('\r'));
    }

    /** What was kept of the body: all, or its first 64 KiB and its last KiB. */
    String body() {
        if (bodyBytes <= KEPT) {
            return new String(kept, 0, (int) bodyBytes, StandardCharsets.UTF_8);
        }
        int end = (int) (bodyBytes % TAIL);
        return new String(kept, StandardCharsets.UTF_8)
                + new String(tail, end, TAIL - end, StandardCharsets.UTF_8)
                + new String(tail, 0, end, StandardCharsets.UTF_8);
    }

    private void head(ByteBuffer in) {
        while (in.hasRemaining()) {
            if (lineLength == line.length) {
                throw new FailedRequest("a head without an end");
            }
            byte b = in.get();
            line[lineLength++] = b;
            if (b == '\n' && lineLength >= 4 && line[lineLength - 2] == '\r' && line[lineLength - 3] == '\n') {
                head = new String(line, 0, lineLength, StandardCharsets.ISO_8859_1);
                begin();
                return;
            }
        }
    }

    private void begin() {
        lineLength = 0;
        String lower = head.toLowerCase(Locale.ROOT);
        String length = header(lower, "content-length");
        if (length != null) {
            left = Long.parseLong(length);
            state = left == 0 ? State.DONE : State.BODY;
        } else if ("chunked".equals(header(lower, "transfer-encoding"))) {
            state = State.CHUNK_SIZE;
        } else {
            throw new FailedRequest("neither a length nor chunks: " + head);
        }
    }

    private static String header(String lowerHead, String name) {
        String key = "\r\n" + name + ":";
        int at = lowerHead.indexOf(key);
        return at < 0
                ? null
                : lowerHead.substring(at + key.length(), lowerHead.indexOf('\r', at + 2)).trim();
    }

    private void body(ByteBuffer in) {
        int length = (int) Math.min(left, in.remaining());
        keep(in.array(), in.arrayOffset() + in.position(), length);
        in.position(in.position() + length);
        left -= length;
        if (left == 0) {
            state = state == State.BODY ? State.DONE : State.CHUNK_SIZE;
        }
    }

    private void keep(byte[] bytes, int from, int length) {
        if (bodyBytes < KEPT) {
            System.arraycopy(bytes, from, kept, (int) bodyBytes, (int) Math.min(length, KEPT - bodyBytes));
        }
        int last = Math.min(length, TAIL);
        for (int i = length - last; i < length; i++) {
            tail[(int) ((bodyBytes + i) % TAIL)] = bytes[from + i];
        }
        bodyBytes += length;
    }

    /** A line of its own; the one that ends the chunk before is empty. */
    private void chunkSize(ByteBuffer in) {
        String text = line(in);
        if (text == null || text.isEmpty()) {
            return;
        }
        int extension = text.indexOf(';');
        left = Long.parseLong(extension < 0 ? text : text.substring(0, extension), 16);
        state = left == 0 ? State.TRAILER : State.CHUNK;
    }

    private void trailer(ByteBuffer in) {
        String text = line(in);
        if (text != null && text.isEmpty()) {
            state = State.DONE;
        }
    }

    /** A line without its end, or null while it is not whole. */
    private String line(ByteBuffer in) {
        while (in.hasRemaining()) {
            byte b = in.get();
            if (b == '\n') {
                int end = lineLength > 0 && line[lineLength - 1] == '\r' ? lineLength - 1 : lineLength;
                String text = new String(Arrays.copyOf(line, end), StandardCharsets.ISO_8859_1);
                lineLength = 0;
                return text;
            }
            line[lineLength++] = b;
        }
        return null;
    }

    private enum State {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        TRAILER,
        DONE
    }
}
