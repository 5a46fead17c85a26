package net.quicsql.hrana.protobuf;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.util.Arrays;

/** What stands before the content of a message within messages: written backwards, from the inside out. One thread at a time. */
final class MessageHead {
    /** A tag of a few bytes and a length. */
    private static final int MAX_FIELD_BYTES = 15;

    private final byte[] bytes;
    private final long content;
    private int start;

    /**
     * @param content bytes of the innermost message
     * @param depth how many messages there will be
     */
    MessageHead(long content, int depth) {
        this.content = content;
        bytes = new byte[(depth + 1) * MAX_FIELD_BYTES];
        start = bytes.length;
    }

    /** Makes all that there is so far a field. */
    void wrap(int field) {
        delimit();
        before((long) field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    /** Puts the length of all that there is so far before it. */
    void delimit() {
        before(content + bytes.length - start);
    }

    byte[] bytes() {
        return Arrays.copyOfRange(bytes, start, bytes.length);
    }

    private void before(long value) {
        int end = start;
        start -= CodedOutputStream.computeUInt64SizeNoTag(value);
        long rest = value;
        for (int at = start; at < end - 1; at++) {
            bytes[at] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[end - 1] = (byte) rest;
    }
}
