package net.quicsql.json;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Appends JSON text in UTF-8 to a growing buffer. The caller writes the punctuation of objects and arrays; this class
 * knows how values are spelled. {@code /} and {@code =} are never escaped, for some clients read such strings without
 * unescaping them.
 *
 * <p>One thread at a time. A buffer can be cut back to an earlier length, so a half-written value leaves no trace.
 */
public final class JsonWriter {
    private static final int INITIAL_BYTES = 512;
    /** Longest text of a long or of one escape, with room to spare. */
    private static final int SHORT_BYTES = 32;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MIN_LONG = Long.toString(Long.MIN_VALUE).getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    private byte[] buffer;
    private int length;

    public JsonWriter() {
        this(INITIAL_BYTES);
    }

    public JsonWriter(int initialBytes) {
        buffer = new byte[initialBytes];
    }

    /** Bytes written so far. */
    public int length() {
        return length;
    }

    /** Cuts the text back to an earlier {@link #length()}. */
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > length) {
            throw new IllegalArgumentException("newLength " + newLength + " is not within 0.." + length);
        }
        length = newLength;
    }

    /** Hands over what was written; the array may be longer than {@link #length()}. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(buffer, 0, length);
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, length);
    }

    @Override
    public String toString() {
        return new String(buffer, 0, length, StandardCharsets.UTF_8);
    }

    /** Appends bytes that are JSON already, as a member's name with its colon. */
    public JsonWriter raw(byte[] json) {
        reserve(json.length);
        System.arraycopy(json, 0, buffer, length, json.length);
        length += json.length;
        return this;
    }

    /** Appends all that another writer holds. */
    public JsonWriter raw(JsonWriter other) {
        reserve(other.length);
        System.arraycopy(other.buffer, 0, buffer, length, other.length);
        length += other.length;
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
        int end = length + digits(rest);
        for (int at = end - 1; at >= length; at--) {
            long next = rest / 10;
            buffer[at] = (byte) ('0' + (int) (rest - next * 10));
            rest = next;
        }
        length = end;
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
        int end = text.length();
        reserve(end + SHORT_BYTES);
        while (at < end) {
            char c = text.charAt(at);
            if (c >= 0x80 || c < 0x20 || c == '"' || c == '\\') {
                break;
            }
            buffer[length++] = (byte) c;
            at++;
        }
        if (at < end) {
            appendEscaped(text, at);
        }
        return raw('"');
    }

    /** A JSON string from bytes meant to be UTF-8; what is none becomes U+FFFD. */
    public JsonWriter string(byte[] utf8) {
        reserve(utf8.length + 2);
        buffer[length++] = '"';
        int plain = 0;
        while (plain < utf8.length && isPlain(utf8[plain])) {
            plain++;
        }
        System.arraycopy(utf8, 0, buffer, length, plain);
        length += plain;
        if (plain < utf8.length) {
            appendEscaped(utf8, plain);
        }
        return raw('"');
    }

    /** A JSON string of base64 in the standard alphabet. */
    public JsonWriter base64(byte[] bytes, Padding padding) {
        raw('"');
        raw(padding.encoder.encode(bytes));
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

    private static boolean isPlain(byte b) {
        return b >= 0x20 && b != '"' && b != '\\';
    }

    private void appendEscaped(byte[] utf8, int from) {
        int at = from;
        while (at < utf8.length) {
            int b = utf8[at];
            if (b >= 0) {
                reserve(SHORT_BYTES);
                appendAscii(b);
                at++;
            } else {
                int size = Utf8.sequenceLength(utf8, at);
                if (size > 0) {
                    reserve(size);
                    System.arraycopy(utf8, at, buffer, length, size);
                    length += size;
                    at += size;
                } else {
                    raw(REPLACEMENT);
                    at -= size;
                }
            }
        }
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

    private static int digits(long positive) {
        int digits = 1;
        long bound = 10;
        while (digits < 19 && positive >= bound) {
            digits++;
            bound *= 10;
        }
        return digits;
    }

    private void reserve(int more) {
        if (buffer.length - length < more) {
            long wanted = Math.max((long) buffer.length * 2, (long) length + more);
            if (wanted > Integer.MAX_VALUE - 16) {
                if ((long) length + more > Integer.MAX_VALUE - 16) {
                    throw new IllegalStateException("a JSON text may not pass 2 GiB");
                }
                wanted = Integer.MAX_VALUE - 16;
            }
            buffer = Arrays.copyOf(buffer, (int) wanted);
        }
    }
}
