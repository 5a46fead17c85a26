package net.quicsql.wire;

import java.util.List;

/** The ways into Hrana 3; a test class that takes one is run through each, or through those over HTTP. */
enum Door {
    JSON("v3", "application/json", "text/plain"),
    PROTOBUF("v3-protobuf", "application/x-protobuf", "application/octet-stream"),
    /** Its paths are for what tests send beside its streams. */
    WEBSOCKET("v3", "application/json", "text/plain"),
    WEBSOCKET_PROTOBUF("v3-protobuf", "application/x-protobuf", "application/octet-stream");

    private final String path;
    private final String pipelineType;
    private final String cursorType;

    Door(String path, String pipelineType, String cursorType) {
        this.path = path;
        this.pipelineType = pipelineType;
        this.cursorType = cursorType;
    }

    /** For tests of what HTTP alone has: batons that their client keeps, statuses, types of content. */
    static List<Door> overHttp() {
        return List.of(JSON, PROTOBUF);
    }

    boolean isSocket() {
        return this == WEBSOCKET || this == WEBSOCKET_PROTOBUF;
    }

    boolean isJson() {
        return this == JSON || this == WEBSOCKET;
    }

    /** What a WebSocket's client offers. */
    String subprotocol() {
        return isJson() ? "hrana3" : "hrana3-protobuf";
    }

    String pipelinePath() {
        return path + "/pipeline";
    }

    String cursorPath() {
        return path + "/cursor";
    }

    /** What a pipeline's answer must call itself. */
    String pipelineType() {
        return pipelineType;
    }

    /** What a cursor's answer must call itself. */
    String cursorType() {
        return cursorType;
    }
}
