package net.quicsql.hrana.protobuf;

import static net.quicsql.hrana.protobuf.RequestReader.required;

import java.io.IOException;
import net.quicsql.hrana.Batch;
import net.quicsql.hrana.ClientMessage;
import net.quicsql.hrana.SocketRequest;
import net.quicsql.hrana.SqlText;
import net.quicsql.hrana.Stmt;
import net.quicsql.hrana.StreamRequest;
import org.jspecify.annotations.Nullable;

/** Reads the messages that clients send over a WebSocket, as {@link RequestReader} reads bodies. Stateless. */
final class SocketMessageReader {
    private SocketMessageReader() {}

    static ClientMessage message(MessageInput in) throws IOException {
        ClientMessage message = null;
        while (in.next()) {
            switch (in.field()) {
                case SocketMessages.ClientMsg.HELLO_FIELD_NUMBER -> message = in.message(SocketMessageReader::hello);
                case SocketMessages.ClientMsg.REQUEST_FIELD_NUMBER ->
                    message = in.message(SocketMessageReader::request);
                default -> in.skip();
            }
        }
        return required(message, "a message that is none of those known");
    }

    private static ClientMessage hello(MessageInput in) throws IOException {
        String jwt = null;
        while (in.next()) {
            if (in.field() == SocketMessages.HelloMsg.JWT_FIELD_NUMBER) {
                jwt = in.text();
            } else {
                in.skip();
            }
        }
        return new ClientMessage.Hello(jwt);
    }

    private static ClientMessage request(MessageInput in) throws IOException {
        int requestId = 0;
        SocketRequest request = null;
        while (in.next()) {
            int field = in.field();
            if (field == SocketMessages.RequestMsg.REQUEST_ID_FIELD_NUMBER) {
                requestId = in.int32();
            } else if (field >= SocketMessages.RequestMsg.OPEN_STREAM_FIELD_NUMBER
                    && field <= SocketMessages.RequestMsg.GET_AUTOCOMMIT_FIELD_NUMBER) {
                request = in.message(members -> Members.read(members, field).request(field));
            } else {
                in.skip();
            }
        }
        return new ClientMessage.Request(requestId, required(request, "a request that is none of those known"));
    }

    /** The fields of one request, whichever it is. */
    private static final class Members {
        private int streamId;
        private int cursorId;
        private long maxCount;
        private @Nullable Stmt stmt;
        private @Nullable Batch batch;
        private @Nullable String sql;
        private @Nullable Integer sqlId;

        static Members read(MessageInput in, int request) throws IOException {
            Members members = new Members();
            while (in.next()) {
                members.readField(in, request);
            }
            return members;
        }

        private void readField(MessageInput in, int request) throws IOException {
            switch (request) {
                case SocketMessages.RequestMsg.CLOSE_CURSOR_FIELD_NUMBER,
                        SocketMessages.RequestMsg.FETCH_CURSOR_FIELD_NUMBER -> readCursorField(in, request);
                case SocketMessages.RequestMsg.STORE_SQL_FIELD_NUMBER,
                        SocketMessages.RequestMsg.CLOSE_SQL_FIELD_NUMBER -> readTextField(in, request);
                default -> {
                    // All others begin with their stream.
                    if (in.field() == SocketMessages.ExecuteReq.STREAM_ID_FIELD_NUMBER) {
                        streamId = in.int32();
                    } else {
                        readStreamField(in, request);
                    }
                }
            }
        }

        private void readStreamField(MessageInput in, int request) throws IOException {
            switch (request) {
                case SocketMessages.RequestMsg.EXECUTE_FIELD_NUMBER -> {
                    if (in.field() == SocketMessages.ExecuteReq.STMT_FIELD_NUMBER) {
                        stmt = in.message(RequestReader::stmt);
                    } else {
                        in.skip();
                    }
                }
                case SocketMessages.RequestMsg.BATCH_FIELD_NUMBER -> {
                    if (in.field() == SocketMessages.BatchReq.BATCH_FIELD_NUMBER) {
                        batch = in.message(RequestReader::batch);
                    } else {
                        in.skip();
                    }
                }
                case SocketMessages.RequestMsg.OPEN_CURSOR_FIELD_NUMBER -> {
                    switch (in.field()) {
                        case SocketMessages.OpenCursorReq.CURSOR_ID_FIELD_NUMBER -> cursorId = in.int32();
                        case SocketMessages.OpenCursorReq.BATCH_FIELD_NUMBER ->
                            batch = in.message(RequestReader::batch);
                        default -> in.skip();
                    }
                }
                case SocketMessages.RequestMsg.SEQUENCE_FIELD_NUMBER,
                        SocketMessages.RequestMsg.DESCRIBE_FIELD_NUMBER -> {
                    switch (in.field()) {
                        case SocketMessages.SequenceReq.SQL_FIELD_NUMBER -> sql = in.text();
                        case SocketMessages.SequenceReq.SQL_ID_FIELD_NUMBER -> sqlId = in.int32();
                        default -> in.skip();
                    }
                }
                default -> in.skip();
            }
        }

        private void readCursorField(MessageInput in, int request) throws IOException {
            boolean fetch = request == SocketMessages.RequestMsg.FETCH_CURSOR_FIELD_NUMBER;
            if (in.field() == SocketMessages.FetchCursorReq.CURSOR_ID_FIELD_NUMBER) {
                cursorId = in.int32();
            } else if (fetch && in.field() == SocketMessages.FetchCursorReq.MAX_COUNT_FIELD_NUMBER) {
                maxCount = Integer.toUnsignedLong(in.uint32());
            } else {
                in.skip();
            }
        }

        private void readTextField(MessageInput in, int request) throws IOException {
            boolean store = request == SocketMessages.RequestMsg.STORE_SQL_FIELD_NUMBER;
            if (in.field() == SocketMessages.StoreSqlReq.SQL_ID_FIELD_NUMBER) {
                sqlId = in.int32();
            } else if (store && in.field() == SocketMessages.StoreSqlReq.SQL_FIELD_NUMBER) {
                sql = in.text();
            } else {
                in.skip();
            }
        }

        SocketRequest request(int field) {
            return switch (field) {
                case SocketMessages.RequestMsg.OPEN_STREAM_FIELD_NUMBER -> new SocketRequest.OpenStream(streamId);
                case SocketMessages.RequestMsg.CLOSE_STREAM_FIELD_NUMBER -> new SocketRequest.CloseStream(streamId);
                case SocketMessages.RequestMsg.STORE_SQL_FIELD_NUMBER ->
                    new SocketRequest.StoreSql(orZero(sqlId), sql == null ? "" : sql);
                case SocketMessages.RequestMsg.CLOSE_SQL_FIELD_NUMBER -> new SocketRequest.CloseSql(orZero(sqlId));
                case SocketMessages.RequestMsg.OPEN_CURSOR_FIELD_NUMBER ->
                    new SocketRequest.OpenCursor(streamId, cursorId, required(batch, "batch is missing"));
                case SocketMessages.RequestMsg.CLOSE_CURSOR_FIELD_NUMBER -> new SocketRequest.CloseCursor(cursorId);
                case SocketMessages.RequestMsg.FETCH_CURSOR_FIELD_NUMBER ->
                    new SocketRequest.FetchCursor(cursorId, maxCount);
                default -> new SocketRequest.OnStream(streamId, streamRequest(field));
            };
        }

        private StreamRequest streamRequest(int field) {
            return switch (field) {
                case SocketMessages.RequestMsg.EXECUTE_FIELD_NUMBER ->
                    new StreamRequest.Execute(required(stmt, "stmt is missing"));
                case SocketMessages.RequestMsg.BATCH_FIELD_NUMBER ->
                    new StreamRequest.ExecuteBatch(required(batch, "batch is missing"));
                case SocketMessages.RequestMsg.SEQUENCE_FIELD_NUMBER ->
                    new StreamRequest.Sequence(new SqlText(sql, sqlId));
                case SocketMessages.RequestMsg.DESCRIBE_FIELD_NUMBER ->
                    new StreamRequest.Describe(new SqlText(sql, sqlId));
                case SocketMessages.RequestMsg.GET_AUTOCOMMIT_FIELD_NUMBER -> new StreamRequest.GetAutocommit();
                default -> throw new IllegalArgumentException("field " + field + " is no request to a stream");
            };
        }

        private static int orZero(@Nullable Integer id) {
            return id == null ? 0 : id;
        }
    }
}
