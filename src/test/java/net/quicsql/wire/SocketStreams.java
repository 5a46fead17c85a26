package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a test does with pipelines and batons, over WebSockets: each stream has a connection of its own, for stored texts
 * belong to those, and a baton of ours stands for it until the next request. A pipeline's requests are sent without waiting
 * for their answers. Thread-safe.
 */
final class SocketStreams {
    private static final int STREAM = 3;
    private static final int CURSOR = 5;
    private static final String ID = "{\"type\":\"%s\",\"%s_id\":%d}";

    private final WireServer server;
    private final String path;
    private final String token;
    private final String subprotocol;
    private final Map<String, SocketClient> connections = new ConcurrentHashMap<>();

    SocketStreams(WireServer server, String path, String token, String subprotocol) {
        this.server = server;
        this.path = path;
        this.token = token;
        this.subprotocol = subprotocol;
    }

    Results pipeline(String baton, String... requests) throws IOException {
        SocketClient connection = resume(baton);
        List<Integer> sent = new ArrayList<>();
        boolean closed = false;
        for (String request : requests) {
            assertThat(closed).as("a request behind the stream's end").isFalse();
            closed = request.equals(Requests.CLOSE);
            sent.add(connection.request(message(request)));
        }
        Map<Integer, JsonNode> answers = new HashMap<>();
        while (answers.size() < sent.size()) {
            JsonNode answer = connection.next();
            answers.put(answer.get("request_id").intValue(), answer);
        }
        ObjectNode results = HranaClient.JSON.createObjectNode();
        results.put("baton", closed ? null : keep(connection)).putNull("base_url");
        ArrayNode items = results.putArray("results");
        for (int i = 0; i < requests.length; i++) {
            items.add(item(answers.get(sent.get(i)), HranaClient.JSON.readTree(requests[i])));
        }
        if (closed) {
            connection.close();
        }
        return new Results(results);
    }

    CursorEntries cursor(String baton, String... steps) throws IOException {
        SocketClient connection = resume(baton);
        connection.response("{\"type\":\"open_cursor\",\"stream_id\":" + STREAM + ",\"cursor_id\":" + CURSOR
                + ",\"batch\":{\"steps\":[" + String.join(",", steps) + "]}}");
        List<JsonNode> entries = new ArrayList<>();
        boolean done = false;
        while (!done) {
            JsonNode fetched =
                    connection.response("{\"type\":\"fetch_cursor\",\"cursor_id\":" + CURSOR + ",\"max_count\":1000}");
            fetched.get("entries").forEach(entries::add);
            done = fetched.get("done").booleanValue();
        }
        connection.response(ID.formatted("close_cursor", "cursor", CURSOR));
        return new CursorEntries(HranaClient.JSON.createObjectNode().put("baton", keep(connection)), entries);
    }

    private SocketClient resume(String baton) throws IOException {
        if (baton != null) {
            SocketClient connection = connections.remove(baton);
            assertThat(connection).as("the baton is the latest one").isNotNull();
            return connection;
        }
        SocketClient connection = SocketClient.connect(server.port(), path, subprotocol);
        connection.send(SocketClient.hello(token));
        assertThat(connection.next().get("type").textValue()).isEqualTo("hello_ok");
        connection.openStream(STREAM);
        return connection;
    }

    private String keep(SocketClient connection) {
        String baton = UUID.randomUUID().toString();
        connections.put(baton, connection);
        return baton;
    }

    private static String message(String request) {
        if (request.equals(Requests.CLOSE)) {
            return ID.formatted("close_stream", "stream", STREAM);
        }
        return request.contains("\"type\":\"store_sql\"") || request.contains("\"type\":\"close_sql\"")
                ? request
                : SocketClient.onStream(STREAM, request);
    }

    /** An answer as an item of a pipeline's. */
    private static ObjectNode item(JsonNode answer, JsonNode request) {
        ObjectNode item = HranaClient.JSON.createObjectNode();
        if (answer.get("type").textValue().equals("response_error")) {
            item.put("type", "error");
            item.set("error", answer.get("error"));
            return item;
        }
        assertThat(answer.get("type").textValue()).isEqualTo("response_ok");
        item.put("type", "ok");
        item.set("response", answer.get("response"));
        // In Protobuf the steps that were skipped behind the last one that was not leave no trace.
        for (String list : List.of("step_results", "step_errors")) {
            if (answer.at("/response/result/" + list) instanceof ArrayNode steps) {
                while (steps.size() < request.at("/batch/steps").size()) {
                    steps.addNull();
                }
            }
        }
        return item;
    }
}
