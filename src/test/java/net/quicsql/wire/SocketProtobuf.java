package net.quicsql.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import net.quicsql.hrana.protobuf.HranaMessages.Batch;
import net.quicsql.hrana.protobuf.HranaMessages.BatchResult;
import net.quicsql.hrana.protobuf.SocketMessages.ClientMsg;
import net.quicsql.hrana.protobuf.SocketMessages.RequestMsg;
import net.quicsql.hrana.protobuf.SocketMessages.ResponseOkMsg;
import net.quicsql.hrana.protobuf.SocketMessages.ServerMsg;

/** Messages over a WebSocket between the JSON that tests write and Protobuf, by the generated classes alone. */
final class SocketProtobuf {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private SocketProtobuf() {}

    /** What a client says. */
    static byte[] message(JsonNode json) {
        ClientMsg.Builder message = ClientMsg.newBuilder();
        if (json.get("type").textValue().equals("hello")) {
            message.getHelloBuilder();
            if (json.hasNonNull("jwt")) {
                message.getHelloBuilder().setJwt(json.get("jwt").textValue());
            }
        } else {
            message.getRequestBuilder().setRequestId(json.get("request_id").intValue());
            request(message.getRequestBuilder(), json.get("request"));
        }
        return message.build().toByteArray();
    }

    /** What the server says. */
    static JsonNode message(byte[] bytes) throws IOException {
        ServerMsg message = ServerMsg.parseFrom(bytes);
        requireNothingUnknown(message);
        ObjectNode json = NODES.objectNode();
        switch (message.getMsgCase()) {
            case HELLO_OK -> json.put("type", "hello_ok");
            case HELLO_ERROR -> {
                json.put("type", "hello_error");
                json.set("error", ProtobufMessages.error(message.getHelloError().getError()));
            }
            case RESPONSE_OK -> {
                json.put("type", "response_ok");
                json.put("request_id", message.getResponseOk().getRequestId());
                json.set("response", response(message.getResponseOk()));
            }
            case RESPONSE_ERROR -> {
                json.put("type", "response_error");
                json.put("request_id", message.getResponseError().getRequestId());
                json.set(
                        "error",
                        ProtobufMessages.error(message.getResponseError().getError()));
            }
            case MSG_NOT_SET -> throw new IOException("a message without content");
        }
        return json;
    }

    private static void request(RequestMsg.Builder message, JsonNode json) {
        int streamId = json.path("stream_id").intValue();
        int cursorId = json.path("cursor_id").intValue();
        switch (json.get("type").textValue()) {
            case "open_stream" -> message.getOpenStreamBuilder().setStreamId(streamId);
            case "close_stream" -> message.getCloseStreamBuilder().setStreamId(streamId);
            case "execute" ->
                message.getExecuteBuilder().setStreamId(streamId).setStmt(ProtobufMessages.stmt(json.get("stmt")));
            case "batch" -> message.getBatchBuilder().setStreamId(streamId).setBatch(batch(json));
            case "open_cursor" ->
                message.getOpenCursorBuilder()
                        .setStreamId(streamId)
                        .setCursorId(cursorId)
                        .setBatch(batch(json));
            case "close_cursor" -> message.getCloseCursorBuilder().setCursorId(cursorId);
            case "fetch_cursor" ->
                message.getFetchCursorBuilder()
                        .setCursorId(cursorId)
                        .setMaxCount(json.get("max_count").intValue());
            case "sequence" -> {
                message.getSequenceBuilder().setStreamId(streamId);
                if (json.has("sql")) {
                    message.getSequenceBuilder().setSql(json.get("sql").textValue());
                }
                if (json.has("sql_id")) {
                    message.getSequenceBuilder().setSqlId(json.get("sql_id").intValue());
                }
            }
            case "describe" -> {
                message.getDescribeBuilder().setStreamId(streamId);
                if (json.has("sql")) {
                    message.getDescribeBuilder().setSql(json.get("sql").textValue());
                }
                if (json.has("sql_id")) {
                    message.getDescribeBuilder().setSqlId(json.get("sql_id").intValue());
                }
            }
            case "store_sql" ->
                message.getStoreSqlBuilder()
                        .setSqlId(json.get("sql_id").intValue())
                        .setSql(json.get("sql").textValue());
            case "close_sql" ->
                message.getCloseSqlBuilder().setSqlId(json.get("sql_id").intValue());
            case "get_autocommit" -> message.getGetAutocommitBuilder().setStreamId(streamId);
            default -> throw new IllegalArgumentException(json.toString());
        }
    }

    private static Batch batch(JsonNode json) {
        Batch.Builder batch = Batch.newBuilder();
        json.at("/batch/steps").forEach(step -> batch.addSteps(ProtobufMessages.step(step)));
        return batch.build();
    }

    private static ObjectNode response(ResponseOkMsg message) throws IOException {
        ObjectNode json = NODES.objectNode();
        json.put("type", message.getResponseCase().name().toLowerCase(Locale.ROOT));
        switch (message.getResponseCase()) {
            case EXECUTE ->
                json.set("result", ProtobufMessages.result(message.getExecute().getResult()));
            case BATCH -> {
                BatchResult result = message.getBatch().getResult();
                json.set("result", ProtobufMessages.result(result, steps(result)));
            }
            case DESCRIBE ->
                json.set("result", ProtobufMessages.result(message.getDescribe().getResult()));
            case GET_AUTOCOMMIT ->
                json.put("is_autocommit", message.getGetAutocommit().getIsAutocommit());
            case FETCH_CURSOR -> {
                ArrayNode entries = json.putArray("entries");
                message.getFetchCursor().getEntriesList().forEach(entry -> entries.add(ProtobufMessages.entry(entry)));
                json.put("done", message.getFetchCursor().getDone());
            }
            case RESPONSE_NOT_SET -> throw new IOException("a response without content");
            default -> {
                // Says no more than that it succeeded.
            }
        }
        return json;
    }

    /** Up to the last step that was not skipped: the others leave no trace. */
    private static int steps(BatchResult result) {
        return Stream.concat(result.getStepResultsMap().keySet().stream(), result.getStepErrorsMap().keySet().stream())
                .mapToInt(step -> step + 1)
                .max()
                .orElse(0);
    }

    private static void requireNothingUnknown(Message message) throws IOException {
        if (!message.getUnknownFields().asMap().isEmpty()) {
            throw new IOException("fields that the protocol does not know: " + message.getUnknownFields());
        }
    }
}
