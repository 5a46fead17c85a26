package net.quicsql.hrana.protobuf;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;

/**
 * Reads a body field by field, messages within messages. Strict where the format lets readers choose: a known field of
 * another wire type, text that is not UTF-8 and a message that ends early are refused. What is wrong with a body is told
 * without repeating its text. One thread at a time.
 */
final class MessageInput {
    /** Messages inside each other: conditions may nest, and reading them recurses. */
    static final int MAX_NESTING = 100;

    private final CodedInputStream in;
    private int tag;
    private int nesting;

    private MessageInput(byte[] body) {
        in = CodedInputStream.newInstance(body);
    }

    /** Reads one message, called before its first field. */
    @FunctionalInterface
    interface Reading<T> {
        T read(MessageInput input) throws IOException;
    }

    /**
     * Reads a body that is one message.
     *
     * @throws ProblemException INVALID_PROTOBUF, or what the reading throws
     */
    static <T> T read(byte[] body, Reading<T> reading) {
        try {
            return reading.read(new MessageInput(body));
        } catch (InvalidProtocolBufferException e) {
            throw new Problem.Refused(ProblemCode.INVALID_PROTOBUF, "malformed Protobuf: " + e.getMessage())
                    .toException();
        } catch (IOException e) {
            throw new Problem.Refused(ProblemCode.INVALID_PROTOBUF, "the body cannot be read as Protobuf")
                    .toException();
        }
    }

    /** A well-formed body that is not what the protocol asks for. */
    static ProblemException invalid(String what) {
        return new Problem.Refused(ProblemCode.INVALID_REQUEST, what).toException();
    }

    /** Goes on to the next field; false at the end of the message. */
    boolean next() throws IOException {
        tag = in.readTag();
        return tag != 0;
    }

    /** The number of the field that {@link #next} found. */
    int field() {
        return WireFormat.getTagFieldNumber(tag);
    }

    /** Skips a field that means nothing to us. */
    void skip() throws IOException {
        if (!in.skipField(tag)) {
            throw malformed("a group ends that was not begun");
        }
    }

    String text() throws IOException {
        require(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        return in.readStringRequireUtf8();
    }

    byte[] bytes() throws IOException {
        require(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        return in.readByteArray();
    }

    long sint64() throws IOException {
        require(WireFormat.WIRETYPE_VARINT);
        return in.readSInt64();
    }

    int int32() throws IOException {
        require(WireFormat.WIRETYPE_VARINT);
        return in.readInt32();
    }

    /** A {@code uint32}; negative past 2^31 - 1. */
    int uint32() throws IOException {
        require(WireFormat.WIRETYPE_VARINT);
        return in.readUInt32();
    }

    double float64() throws IOException {
        require(WireFormat.WIRETYPE_FIXED64);
        return in.readDouble();
    }

    boolean bool() throws IOException {
        require(WireFormat.WIRETYPE_VARINT);
        return in.readBool();
    }

    <T> T message(Reading<T> reading) throws IOException {
        require(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        if (nesting == MAX_NESTING) {
            throw malformed("messages nest too deeply");
        }
        int length = in.readRawVarint32();
        int outer = in.pushLimit(length);
        nesting++;
        T message = reading.read(this);
        if (in.getBytesUntilLimit() != 0) {
            throw malformed("a message ends early");
        }
        nesting--;
        in.popLimit(outer);
        return message;
    }

    /** A message whose content means nothing. */
    void emptyMessage() throws IOException {
        message(input -> {
            while (input.next()) {
                input.skip();
            }
            return Boolean.TRUE;
        });
    }

    private void require(int wireType) throws IOException {
        if (WireFormat.getTagWireType(tag) != wireType) {
            throw malformed("field " + field() + " is of another wire type");
        }
    }

    private static InvalidProtocolBufferException malformed(String what) {
        return new InvalidProtocolBufferException(what);
    }
}
