package net.quicsql.hrana.json;

import static java.util.Objects.requireNonNull;
import static net.quicsql.hrana.json.RequestReader.required;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import net.quicsql.hrana.ClientMessage;
import net.quicsql.hrana.SocketRequest;
import net.quicsql.json.JsonInput;
import org.jspecify.annotations.Nullable;

/** Reads the messages that clients send over a WebSocket, as {@link RequestReader} reads bodies. Immutable and thread-safe. */
final class SocketMessageReader {
    private final JsonInput input;

    SocketMessageReader(JsonInput input) {
        this.input = requireNonNull(input, "input is null");
    }

    ClientMessage message(byte[] message) {
        return input.read(message, parser -> {
            String type = null;
            String jwt = null;
            Integer requestId = null;
            SocketRequest request = null;
            RequestReader.beginBody(parser);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = RequestReader.member(parser);
                if (RequestReader.isNull(parser)) {
                    continue;
                }
                switch (name) {
                    case "type" -> type = JsonInput.text(parser);
                    case "jwt" -> jwt = JsonInput.text(parser);
                    case "request_id" -> requestId = RequestReader.int32(parser);
                    case "request" -> request = request(parser);
                    default -> parser.skipChildren();
                }
            }
            return message(parser, type, jwt, requestId, request);
        });
    }

    private static ClientMessage message(
            JsonParser parser,
            @Nullable String type,
            @Nullable String jwt,
            @Nullable Integer requestId,
            @Nullable SocketRequest request) {
        return switch (required(parser, type, "a message without type")) {
            case "hello" -> new ClientMessage.Hello(jwt);
            case "request" ->
                new ClientMessage.Request(
                        required(parser, requestId, "request_id is missing"),
                        required(parser, request, "request is missing"));
            default -> throw JsonInput.invalid(parser, "unknown message type");
        };
    }

    private static SocketRequest request(JsonParser parser) throws IOException {
        RequestReader.requireObject(parser, "a request");
        RequestMembers members = RequestMembers.read(parser, RequestMembers.Door.SOCKET);
        return switch (required(parser, members.type, "a request without type")) {
            case "open_stream" -> new SocketRequest.OpenStream(members.streamId(parser));
            case "close_stream" -> new SocketRequest.CloseStream(members.streamId(parser));
            case "store_sql" -> new SocketRequest.StoreSql(members.sqlId(parser), members.sql(parser));
            case "close_sql" -> new SocketRequest.CloseSql(members.sqlId(parser));
            case "open_cursor" ->
                new SocketRequest.OpenCursor(members.streamId(parser), members.cursorId(parser), members.batch(parser));
            case "close_cursor" -> new SocketRequest.CloseCursor(members.cursorId(parser));
            case "fetch_cursor" -> new SocketRequest.FetchCursor(members.cursorId(parser), members.maxCount(parser));
            default -> new SocketRequest.OnStream(members.streamId(parser), members.streamRequest(parser));
        };
    }
}
