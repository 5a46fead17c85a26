package net.quicsql.hrana.protobuf;

import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import net.quicsql.hrana.SocketEncoder;
import net.quicsql.hrana.SocketRequest;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Body;
import net.quicsql.problem.Problem;

/** Writes the message that answers one request of a WebSocket as Protobuf. One thread at a time. */
final class ProtobufSocketEncoder extends ProtobufResponses implements SocketEncoder {
    /** The length of an entry, which follows, was written with it. */
    private static final byte[] ENTRY_TAG = {
        SocketMessages.FetchCursorResp.ENTRIES_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED
    };

    private final int requestId;
    private boolean entryOpen;

    /**
     * @param output empty, and the encoder's to close
     */
    ProtobufSocketEncoder(int requestId, int maxResponseBytes, MessageOutput output) {
        super(maxResponseBytes, output);
        this.requestId = requestId;
    }

    @Override
    public void done(SocketRequest.Kind kind) {
        dropUnfinished();
        wrapResponse(
                0,
                switch (kind) {
                    case OPEN_STREAM -> SocketMessages.ResponseOkMsg.OPEN_STREAM_FIELD_NUMBER;
                    case CLOSE_STREAM -> SocketMessages.ResponseOkMsg.CLOSE_STREAM_FIELD_NUMBER;
                    case STORE_SQL -> SocketMessages.ResponseOkMsg.STORE_SQL_FIELD_NUMBER;
                    case CLOSE_SQL -> SocketMessages.ResponseOkMsg.CLOSE_SQL_FIELD_NUMBER;
                    case OPEN_CURSOR -> SocketMessages.ResponseOkMsg.OPEN_CURSOR_FIELD_NUMBER;
                    case CLOSE_CURSOR -> SocketMessages.ResponseOkMsg.CLOSE_CURSOR_FIELD_NUMBER;
                    case ON_STREAM, FETCH_CURSOR ->
                        throw new IllegalArgumentException("the answer to " + kind + " says more than that");
                });
        endItem();
    }

    @Override
    public void beginFetch() {
        dropUnfinished();
        entryOpen = false;
    }

    @Override
    public void entryPart(byte[] part, boolean ends) {
        if (!entryOpen) {
            output.raw(ENTRY_TAG);
        }
        entryOpen = !ends;
        output.raw(part);
    }

    @Override
    public void endFetch(boolean done) {
        if (done) {
            output.unsigned(SocketMessages.FetchCursorResp.DONE_FIELD_NUMBER, 1);
        }
        wrapResponse(0, SocketMessages.ResponseOkMsg.FETCH_CURSOR_FIELD_NUMBER);
        endItem();
    }

    @Override
    public Body finish() {
        return new Message(output);
    }

    @Override
    public void close() {
        output.close();
    }

    @Override
    void wrapResponse(long start, StreamRequest.Kind kind) {
        wrapResponse(
                start,
                switch (kind) {
                    case EXECUTE -> SocketMessages.ResponseOkMsg.EXECUTE_FIELD_NUMBER;
                    case BATCH -> SocketMessages.ResponseOkMsg.BATCH_FIELD_NUMBER;
                    case SEQUENCE -> SocketMessages.ResponseOkMsg.SEQUENCE_FIELD_NUMBER;
                    case DESCRIBE -> SocketMessages.ResponseOkMsg.DESCRIBE_FIELD_NUMBER;
                    case STORE_SQL -> SocketMessages.ResponseOkMsg.STORE_SQL_FIELD_NUMBER;
                    case CLOSE_SQL -> SocketMessages.ResponseOkMsg.CLOSE_SQL_FIELD_NUMBER;
                    case GET_AUTOCOMMIT -> SocketMessages.ResponseOkMsg.GET_AUTOCOMMIT_FIELD_NUMBER;
                    case CLOSE -> SocketMessages.ResponseOkMsg.CLOSE_STREAM_FIELD_NUMBER;
                });
    }

    @Override
    void wrapError(long start, Problem problem) {
        requestId(SocketMessages.ResponseErrorMsg.REQUEST_ID_FIELD_NUMBER);
        output.message(SocketMessages.ResponseErrorMsg.ERROR_FIELD_NUMBER, ProtobufParts.error(problem));
        output.wrap(start, SocketMessages.ServerMsg.RESPONSE_ERROR_FIELD_NUMBER);
    }

    private void wrapResponse(long start, int field) {
        output.wrap(start, field);
        requestId(SocketMessages.ResponseOkMsg.REQUEST_ID_FIELD_NUMBER);
        output.wrap(start, SocketMessages.ServerMsg.RESPONSE_OK_FIELD_NUMBER);
    }

    private void requestId(int field) {
        if (requestId != 0) {
            output.unsigned(field, requestId);
        }
    }

    /** All that an output holds. */
    private record Message(MessageOutput output) implements Body {
        @Override
        public long length() {
            return output.size();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            output.writeTo(out);
        }

        @Override
        public void close() {
            output.close();
        }
    }
}
