package net.quicsql.hrana.protobuf;

import static java.util.Objects.requireNonNull;

import net.quicsql.hrana.ClientMessage;
import net.quicsql.hrana.CursorEncoder;
import net.quicsql.hrana.CursorOutput;
import net.quicsql.hrana.EntryScanner;
import net.quicsql.hrana.SocketEncoder;
import net.quicsql.hrana.SocketEncoding;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.Body;
import net.quicsql.problem.Problem;

/** Messages over a WebSocket as Protobuf: the subprotocol {@code hrana3-protobuf}. Thread-safe. */
public final class ProtobufSocketEncoding implements SocketEncoding {
    private static final byte[] HELLO_OK = SocketMessages.ServerMsg.newBuilder()
            .setHelloOk(SocketMessages.HelloOkMsg.getDefaultInstance())
            .build()
            .toByteArray();

    private final int maxRowBytes;
    private final AnswerBuffers buffers;

    /**
     * @param maxRowBytes the largest row of a cursor, which is kept until it is whole
     */
    public ProtobufSocketEncoding(int maxRowBytes, AnswerBuffers buffers) {
        this.maxRowBytes = maxRowBytes;
        this.buffers = requireNonNull(buffers, "buffers is null");
    }

    @Override
    public boolean isText() {
        return false;
    }

    @Override
    public ClientMessage clientMessage(byte[] message) {
        return MessageInput.read(message, SocketMessageReader::message);
    }

    @Override
    public Body helloOk() {
        return Body.of(HELLO_OK);
    }

    @Override
    public Body helloError(Problem problem) {
        return Body.of(SocketMessages.ServerMsg.newBuilder()
                .setHelloError(SocketMessages.HelloErrorMsg.newBuilder().setError(ProtobufParts.error(problem)))
                .build()
                .toByteArray());
    }

    @Override
    public SocketEncoder encoder(int requestId, int maxResponseBytes) {
        return new ProtobufSocketEncoder(requestId, maxResponseBytes, new MessageOutput(buffers));
    }

    @Override
    public CursorEncoder cursorEncoder(CursorOutput output) {
        return new ProtobufCursorEncoder(output, maxRowBytes, buffers);
    }

    @Override
    public EntryScanner entryScanner() {
        return new DelimitedScanner();
    }

    /** Reads the length that stands before each entry. */
    private static final class DelimitedScanner implements EntryScanner {
        private long length;
        private int lengthBits;
        /** Whether the length is known, and {@link #length} is what is left of the entry. */
        private boolean inEntry;

        @Override
        public int endOfEntry(byte[] bytes, int from, int to) {
            int at = from;
            while (at < to || inEntry && length == 0) {
                if (!inEntry) {
                    byte b = bytes[at++];
                    length |= (long) (b & 0x7F) << lengthBits;
                    lengthBits += 7;
                    inEntry = b >= 0;
                } else if (length <= to - at) {
                    at += (int) length;
                    length = 0;
                    lengthBits = 0;
                    inEntry = false;
                    return at;
                } else {
                    length -= to - at;
                    return -1;
                }
            }
            return -1;
        }
    }
}
