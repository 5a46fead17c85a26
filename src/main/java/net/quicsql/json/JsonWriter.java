package net.quicsql.json;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Appends JSON text in UTF-8 to a growing buffer. The caller writes the punctuation of objects and arrays; this class
 * knows how values are spelled. {@code /} and {@code =} are never escaped, for some clients read such strings without
 * unescaping them.
 *
 * <p>One thread at a time. A buffer can be cut back to an earlier length, so a half-written value leaves no trace. A writer
 * with a {@link JsonOverflow} keeps a part of its text there, and must be closed.
 */
public final class JsonWriter implements AutoCloseable {
    private static final int INITIAL_BYTES = 512;
    /** Longest text of a long or of one escape, with room to spare. */
    private static final int SHORT_BYTES = 32;
    /** Longer values are written part by part: each part must fit a buffer that nobody need be asked for. */
    private static final int PART_BYTES = 24 * 1024;

    /** Whole groups of three: base64 of the parts, put together, is that of the whole. */
    private static final int BASE64_PART_BYTES = PART_BYTES / 4 * 3;

    private static final int MOST_BYTES = Integer.MAX_VALUE - 16;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MIN_LONG = Long.toString(Long.MIN_VALUE).getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    private final @Nullable JsonOverflow overflow;
    private byte[] buffer;
    private int length;
    /** Bytes before those of the buffer, which the overflow has. */
    private int handedOver;

    public JsonWriter() {
        this(INITIAL_BYTES);
    }

    public JsonWriter(int initialBytes) {
        buffer = new byte[initialBytes];
        overflow = null;
    }

    public JsonWriter(JsonOverflow overflow) {
        buffer = new byte[INITIAL_BYTES];
        this.overflow = requireNonNull(overflow, "overflow is null");
    }

    /** Bytes written so far. */
    public int length() {
        return handedOver + length;
    }

    /** How many of these bytes the overflow has. */
    public int handedOver() {
        return handedOver;
    }

    /** Cuts the text back to an earlier {@link #length()}. */
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > length()) {
            throw new IllegalArgumentException("newLength " + newLength + " is not within 0.." + length());
        }
        if (overflow != null && newLength < handedOver) {
            overflow.truncate(newLength);
            handedOver = newLength;
        }
        length = newLength - handedOver;
    }

    /** Writes out what was written. */
    public void writeTo(OutputStream out) throws IOException {
        if (overflow != null && handedOver > 0) {
            overflow.writeTo(out);
        }
        out.write(buffer, 0, length);
    }

    /** A copy of what was written, none of which may have been handed over. */
    public byte[] toByteArray() {
        if (handedOver > 0) {
            throw new IllegalStateException(handedOver + " bytes were handed over");
        }
        return Arrays.copyOf(buffer, length);
    }

    /** Gives back what the overflow holds. Idempotent. */
    @Override
    public void close() {
        if (overflow != null) {
            overflow.close();
        }
    }

    @Override
    public String toString() {
        return new String(buffer, 0, length, StandardCharsets.UTF_8);
    }

    /** Appends bytes that are JSON already, as a member's name with its colon. */
    public JsonWriter raw(byte[] json) {
        copy(json, json.length);
        return this;
    }

    /** Appends all that another writer holds, one without an overflow. */
    public JsonWriter raw(JsonWriter other) {
        if (other.overflow != null) {
            throw new IllegalArgumentException("the other writer has an overflow");
        }
        copy(other.buffer, other.length);
        return this;
    }

    /** Appends one ASCII character of punctuation. */
    public JsonWriter raw(char ascii) {
        reserve(1);
        buffer[length++] = (byte) ascii;
        return this;
    }

    public JsonWriter nullValue() {
        return raw(NULL);
    }

    public JsonWriter bool(boolean value) {
        return raw(value ? TRUE : FALSE);
    }

    public JsonWriter integer(long value) {
        if (value == Long.MIN_VALUE) {
            return raw(MIN_LONG);
        }
        reserve(SHORT_BYTES);
        long rest = value;
        if (rest < 0) {
            buffer[length++] = '-';
            rest = -rest;
        }
        length += digits(rest);
        int at = length;
        while (rest > Integer.MAX_VALUE) {
            long next = rest / 100;
            at = pair((int) (rest - next * 100), at);
            rest = next;
        }
        // Division of 32 bits is several times faster.
        int small = (int) rest;
        while (small >= 100) {
            int next = small / 100;
            at = pair(small - next * 100, at);
            small = next;
        }
        if (small >= 10) {
            pair(small, at);
        } else {
            buffer[at - 1] = (byte) ('0' + small);
        }
        return this;
    }

    /** An integer as a JSON string, so that no reader loses digits. */
    public JsonWriter integerText(long value) {
        raw('"');
        integer(value);
        return raw('"');
    }

    /** A number that always has a point or an exponent; null where the value is not finite. */
    public JsonWriter real(double value) {
        if (!Double.isFinite(value)) {
            return nullValue();
        }
        String text = Double.toString(value);
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            buffer[length++] = (byte) text.charAt(i);
        }
        return this;
    }

    /** A JSON string; a lone surrogate becomes U+FFFD. */
    public JsonWriter string(String text) {
        requireNonNull(text, "text is null");
        raw('"');
        int at = 0;
        int end = Math.min(text.length(), PART_BYTES);
        reserve(end + SHORT_BYTES);
        while (at < end) {
            char c = text.charAt(at);
            if (c >= 0x80 || c < 0x20 || c == '"' || c == '\\') {
                break;
            }
            buffer[length++] = (byte) c;
            at++;
        }
        if (at < text.length()) {
            appendEscaped(text, at);
        }
        return raw('"');
    }

    /** A JSON string from bytes meant to be UTF-8; what is none becomes U+FFFD. */
    public JsonWriter string(byte[] utf8) {
        beginValue(utf8);
        raw('"');
        int at = 0;
        while (at < utf8.length) {
            int end = VerbatimText.end(utf8, at);
            copyText(utf8, at, end);
            at = end < utf8.length ? appendOther(utf8, end) : end;
        }
        valueWritten(utf8);
        return raw('"');
    }

    /** A JSON string of base64 in the standard alphabet. */
    public JsonWriter base64(byte[] bytes, Padding padding) {
        beginValue(bytes);
        raw('"');
        if (bytes.length <= BASE64_PART_BYTES) {
            raw(padding.encoder.encode(bytes));
        } else {
            for (int at = 0; at < bytes.length; at += BASE64_PART_BYTES) {
                int end = Math.min(bytes.length, at + BASE64_PART_BYTES);
                raw(padding.encoder.encode(Arrays.copyOfRange(bytes, at, end)));
            }
        }
        valueWritten(bytes);
        return raw('"');
    }

    /** Whether base64 text ends with {@code =}. */
    @SuppressWarnings("ImmutableEnumChecker") // an encoder has no state that changes
    public enum Padding {
        PADDED(Base64.getEncoder()),
        UNPADDED(Base64.getEncoder().withoutPadding());

        private final Base64.Encoder encoder;

        Padding(Base64.Encoder encoder) {
            this.encoder = encoder;
        }
    }

    /** Writes the character or the malformed bytes at an index, which JSON cannot have as they are; where they end. */
    private int appendOther(byte[] utf8, int at) {
        if (utf8[at] >= 0) {
            reserve(SHORT_BYTES);
            appendAscii(utf8[at]);
            return at + 1;
        }
        raw(REPLACEMENT);
        return at - Utf8.sequenceLength(utf8, at);
    }

    private void appendEscaped(String text, int from) {
        int at = from;
        while (at < text.length()) {
            reserve(SHORT_BYTES);
            char c = text.charAt(at++);
            if (c < 0x80) {
                appendAscii(c);
            } else if (c < 0x800) {
                buffer[length++] = (byte) (0xC0 | c >> 6);
                buffer[length++] = (byte) (0x80 | c & 0x3F);
            } else if (!Character.isSurrogate(c)) {
                buffer[length++] = (byte) (0xE0 | c >> 12);
                buffer[length++] = (byte) (0x80 | c >> 6 & 0x3F);
                buffer[length++] = (byte) (0x80 | c & 0x3F);
            } else if (Character.isHighSurrogate(c)
                    && at < text.length()
                    && Character.isLowSurrogate(text.charAt(at))) {
                int point = Character.toCodePoint(c, text.charAt(at++));
                buffer[length++] = (byte) (0xF0 | point >> 18);
                buffer[length++] = (byte) (0x80 | point >> 12 & 0x3F);
                buffer[length++] = (byte) (0x80 | point >> 6 & 0x3F);
                buffer[length++] = (byte) (0x80 | point & 0x3F);
            } else {
                raw(REPLACEMENT);
            }
        }
    }

    private void appendAscii(int c) {
        switch (c) {
            case '"', '\\' -> escape((char) c);
            case '\n' -> escape('n');
            case '\r' -> escape('r');
            case '\t' -> escape('t');
            default -> {
                if (c >= 0x20) {
                    buffer[length++] = (byte) c;
                } else {
                    escape('u');
                    buffer[length++] = '0';
                    buffer[length++] = '0';
                    buffer[length++] = HEX[c >> 4];
                    buffer[length++] = HEX[c & 0xF];
                }
            }
        }
    }

    private void escape(char letter) {
        buffer[length++] = '\\';
        buffer[length++] = (byte) letter;
    }

    /** Writes two digits in front of an index; where they begin. */
    private int pair(int below100, int end) {
        buffer[end - 1] = (byte) ('0' + below100 % 10);
        buffer[end - 2] = (byte) ('0' + below100 / 10);
        return end - 2;
    }

    private static int digits(long positive) {
        int digits = 1;
        long bound = 10;
        while (digits < 19 && positive >= bound) {
            digits++;
            bound *= 10;
        }
        return digits;
    }

    private void copy(byte[] bytes, int count) {
        int at = 0;
        while (at < count) {
            int part = overflow == null ? count - at : Math.min(PART_BYTES, count - at);
            reserve(part);
            System.arraycopy(bytes, at, buffer, length, part);
            length += part;
            at += part;
        }
    }

    /** Copies text that is UTF-8; no part ends within a character. */
    private void copyText(byte[] utf8, int from, int to) {
        int at = from;
        while (at < to) {
            int end = to;
            if (to - at > PART_BYTES && overflow != null) {
                end = at + PART_BYTES;
                while ((utf8[end] & 0xC0) == 0x80) {
                    end--;
                }
            }
            reserve(end - at);
            System.arraycopy(utf8, at, buffer, length, end - at);
            length += end - at;
            at = end;
        }
    }

    private void beginValue(byte[] value) {
        if (overflow != null && value.length > JsonOverflow.FREE_BYTES) {
            overflow.beginValue(value.length);
        }
    }

    private void valueWritten(byte[] value) {
        if (overflow != null && value.length > JsonOverflow.FREE_BYTES) {
            overflow.valueWritten(value.length);
        }
    }

    /** Makes room for bytes that follow each other: no more than {@link #PART_BYTES} and a little. */
    private void reserve(int more) {
        if (buffer.length - length < more) {
            makeRoom(more);
        }
    }

    private void makeRoom(int more) {
        if ((long) handedOver + length + more > MOST_BYTES) {
            throw new IllegalStateException("a JSON text may not pass 2 GiB");
        }
        int wanted = (int) Math.min(MOST_BYTES, Math.max((long) buffer.length * 2, (long) length + more));
        if (overflow == null || wanted <= JsonOverflow.FREE_BYTES || overflow.mayGrowTo(wanted)) {
            buffer = Arrays.copyOf(buffer, wanted);
            return;
        }
        overflow.take(buffer, 0, length);
        handedOver += length;
        length = 0;
        if (buffer.length < more) {
            buffer = new byte[more];
        }
    }
}
