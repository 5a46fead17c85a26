package net.quicsql.wire;

/** How Hrana 3 is spelled; a test class that takes one is run through each. */
enum Door {
    JSON("v3", "application/json", "text/plain"),
    PROTOBUF("v3-protobuf", "application/x-protobuf", "application/octet-stream");

    private final String path;
    private final String pipelineType;
    private final String cursorType;

    Door(String path, String pipelineType, String cursorType) {
        this.path = path;
        this.pipelineType = pipelineType;
        this.cursorType = cursorType;
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
