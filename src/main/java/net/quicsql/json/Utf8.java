package net.quicsql.json;

import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Where well-formed UTF-8 ends (Unicode 15, table 3-7). Stateless. */
public final class Utf8 {
    /** Eight bytes of an array as a number, the first one lowest. */
    static final VarHandle EIGHT_BYTES = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The bit of each of eight bytes that ASCII leaves clear. */
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    private Utf8() {}

    /** The same array when all of it is UTF-8; otherwise a copy where U+FFFD stands for what is none. */
    public static byte[] wellFormed(byte[] bytes) {
        int malformed = firstMalformed(bytes);
        if (malformed < 0) {
            return bytes;
        }
        ByteArrayOutputStream repaired = new ByteArrayOutputStream(bytes.length + REPLACEMENT.length);
        repaired.write(bytes, 0, malformed);
        int at = malformed;
        while (at < bytes.length) {
            int size = bytes[at] >= 0 ? 1 : sequenceLength(bytes, at);
            if (size > 0) {
                repaired.write(bytes, at, size);
                at += size;
            } else {
                repaired.write(REPLACEMENT, 0, REPLACEMENT.length);
                at -= size;
            }
        }
        return repaired.toByteArray();
    }

    /** The index of the first byte that belongs to no well-formed sequence, or -1 when all is UTF-8. Allocates nothing. */
    static int firstMalformed(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            if (bytes.length - at >= Long.BYTES) {
                long high = (long) EIGHT_BYTES.get(bytes, at) & NOT_ASCII;
                if (high == 0) {
                    at += Long.BYTES;
                    continue;
                }
                at += Long.numberOfTrailingZeros(high) / Byte.SIZE;
            }
            if (bytes[at] >= 0) {
                at++;
            }
            // Text in other scripts is many such sequences in a row.
            while (at < bytes.length && bytes[at] < 0) {
                int size = sequenceLength(bytes, at);
                if (size < 0) {
                    return at;
                }
                at += size;
            }
        }
        return -1;
    }

    /**
     * The length of the well-formed multi-byte sequence that starts at an index, 2 to 4; where there is none, minus the
     * number of bytes, 1 to 3, that stand for one replacement character.
     */
    static int sequenceLength(byte[] bytes, int at) {
        int lead = bytes[at] & 0xFF;
        int size;
        int low = 0x80;
        int high = 0xBF;
        if (lead >= 0xC2 && lead <= 0xDF) {
            size = 2;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            size = 3;
            low = lead == 0xE0 ? 0xA0 : low;
            high = lead == 0xED ? 0x9F : high;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            size = 4;
            low = lead == 0xF0 ? 0x90 : low;
            high = lead == 0xF4 ? 0x8F : high;
        } else {
            return -1;
        }
        for (int i = 1; i < size; i++) {
            int next = at + i < bytes.length ? bytes[at + i] & 0xFF : 0;
            if (next < low || next > high) {
                return -i;
            }
            low = 0x80;
            high = 0xBF;
        }
        return size;
    }
}
