package net.quicsql.hrana.protobuf;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.SpoolFile;
import net.quicsql.limits.MemoryShare;

/**
 * Appends fields to a buffer, and to a temporary file what the buffer has no room for. A message's length stands before it
 * and is known last, so its fields are written first and wrapped into their message, and that into further ones, afterwards.
 * Where the beginning of a message is in the file by then, its head is kept aside and put in when all is sent.
 *
 * <p>An output can be cut back to an earlier {@link #mark()}, so a half-written message leaves no trace. One thread at a
 * time. What fails for want of room on the disk or in the memory budget is OVERLOADED.
 */
final class MessageOutput implements AutoCloseable {
    private static final int INITIAL_BYTES = 512;

    /** Nearly all answers are smaller, and a slow reader may cost so much. */
    private static final int MOST_BUFFER_BYTES = 1024 * 1024;

    /** Longest varint of 64 bits. */
    private static final int MAX_VARINT_BYTES = 10;

    private final MemoryShare share;
    /** What is in the buffer follows it. */
    private final SpoolFile file;

    private byte[] buffer = new byte[INITIAL_BYTES];
    private int length;

    /** What belongs in front of a byte of the file. As many as the file holds buffers, times the depth of messages. */
    private final TreeMap<Long, byte[]> heads = new TreeMap<>();

    private long headBytes;

    MessageOutput(AnswerBuffers buffers) {
        share = buffers.share();
        file = buffers.newFile();
    }

    /** Where the next field begins: a place to wrap from and to cut back to while nothing before it is cut off. */
    long mark() {
        return file.size() + length;
    }

    /** Bytes written so far. */
    long size() {
        return file.size() + length + headBytes;
    }

    /** Bytes written from a mark on. */
    long sizeFrom(long mark) {
        long size = file.size() + length - mark;
        for (byte[] head : heads.tailMap(mark, true).values()) {
            size += head.length;
        }
        return size;
    }

    /** Drops what was written from a mark on. */
    void truncate(long mark) {
        if (mark < 0 || mark > mark()) {
            throw new IllegalArgumentException("mark " + mark + " is not within 0.." + mark());
        }
        if (mark >= file.size()) {
            length = (int) (mark - file.size());
            return;
        }
        try {
            file.truncate(mark);
        } catch (IOException e) {
            throw AnswerBuffers.full(e);
        }
        length = 0;
        for (byte[] head : heads.tailMap(mark, true).values()) {
            headBytes -= head.length;
        }
        heads.tailMap(mark, true).clear();
    }

    void writeTo(OutputStream out) throws IOException {
        long at = 0;
        for (Map.Entry<Long, byte[]> head : heads.entrySet()) {
            file.writeTo(out, at, head.getKey());
            out.write(head.getValue());
            at = head.getKey();
        }
        file.writeTo(out, at, file.size());
        out.write(buffer, 0, length);
    }

    /** Gives memory and file back. Idempotent. */
    @Override
    public void close() {
        file.close();
        length = 0;
        heads.clear();
        headBytes = 0;
        buffer = new byte[0];
        share.close();
    }

    /** An {@code uint32}, {@code uint64} or {@code bool}. */
    MessageOutput unsigned(int field, long value) {
        tag(field, WireFormat.WIRETYPE_VARINT);
        varint(value);
        return this;
    }

    MessageOutput sint64(int field, long value) {
        return unsigned(field, CodedOutputStream.encodeZigZag64(value));
    }

    MessageOutput float64(int field, double value) {
        tag(field, WireFormat.WIRETYPE_FIXED64);
        reserve(Double.BYTES);
        ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN).putDouble(length, value);
        length += Double.BYTES;
        return this;
    }

    /** {@code bytes}, or a {@code string} in UTF-8. A long value counts as memory until it is written. */
    MessageOutput bytes(int field, byte[] value) {
        begin(field, value.length);
        if (value.length <= MemoryShare.FREE_BYTES) {
            append(value);
            return this;
        }
        share.take(value.length);
        try {
            append(value);
        } finally {
            share.giveBack(value.length);
        }
        return this;
    }

    MessageOutput message(int field, MessageLite message) {
        return bytes(field, message.toByteArray());
    }

    /** Bytes that are fields, or parts of one, already. */
    MessageOutput raw(byte[] bytes) {
        append(bytes);
        return this;
    }

    /** Begins a message whose fields, of so many bytes, are written next. */
    MessageOutput begin(int field, int size) {
        tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        varint(size);
        return this;
    }

    /** Makes what was written from a mark on into a field, and that into fields of further messages, inside out. */
    void wrap(long mark, int... fields) {
        MessageHead head = new MessageHead(sizeFrom(mark), fields.length);
        for (int field : fields) {
            head.wrap(field);
        }
        insert(mark, head.bytes());
    }

    /** The same, with the length of the outermost message before it. */
    void wrapDelimited(long mark, int... fields) {
        MessageHead head = new MessageHead(sizeFrom(mark), fields.length);
        for (int field : fields) {
            head.wrap(field);
        }
        head.delimit();
        insert(mark, head.bytes());
    }

    private void insert(long mark, byte[] head) {
        if (mark >= file.size()) {
            reserve(head.length);
        }
        // What was reserved may have sent the buffer to the file.
        if (mark < file.size()) {
            heads.merge(mark, head, MessageOutput::outerFirst);
            headBytes += head.length;
            return;
        }
        int start = (int) (mark - file.size());
        System.arraycopy(buffer, start, buffer, start + head.length, length - start);
        System.arraycopy(head, 0, buffer, start, head.length);
        length += head.length;
    }

    private static byte[] outerFirst(byte[] inner, byte[] outer) {
        byte[] both = Arrays.copyOf(outer, outer.length + inner.length);
        System.arraycopy(inner, 0, both, outer.length, inner.length);
        return both;
    }

    private void tag(int field, int wireType) {
        varint((long) field << 3 | wireType);
    }

    private void varint(long value) {
        reserve(MAX_VARINT_BYTES);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[length++] = (byte) rest;
    }

    private void append(byte[] bytes) {
        if (reserve(bytes.length)) {
            System.arraycopy(bytes, 0, buffer, length, bytes.length);
            length += bytes.length;
        } else {
            toFile(bytes, bytes.length);
        }
    }

    /** Makes room in the buffer, if need be by sending what it has to the file; false where so much never fits. */
    private boolean reserve(int more) {
        if (buffer.length - length >= more) {
            return true;
        }
        long wanted = Math.max((long) buffer.length * 2, (long) length + more);
        if (wanted <= MOST_BUFFER_BYTES && mayGrowTo((int) wanted)) {
            buffer = Arrays.copyOf(buffer, (int) wanted);
            return true;
        }
        toFile(buffer, length);
        length = 0;
        return buffer.length >= more;
    }

    private boolean mayGrowTo(int bytes) {
        if (bytes <= MemoryShare.FREE_BYTES) {
            return true;
        }
        int counted = buffer.length <= MemoryShare.FREE_BYTES ? 0 : buffer.length;
        return share.tryTake(bytes - counted);
    }

    private void toFile(byte[] bytes, int count) {
        try {
            file.append(bytes, 0, count);
        } catch (IOException e) {
            throw AnswerBuffers.full(e);
        }
    }
}
