package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.quicsql.client.PackedServer;
import org.jspecify.annotations.Nullable;

/** A client's stream on the packed server: carries its baton from one request to the next. One thread at a time. */
final class PackedStream {
    static final String AUTOCOMMIT = "get_autocommit";
    static final String CLOSE = "close";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PackedServer server;
    private final String database;
    private @Nullable String baton;

    PackedStream(PackedServer server) {
        this(server, "/app");
    }

    /** @param database its path, as {@code /app} */
    PackedStream(PackedServer server, String database) {
        this.server = server;
        this.database = database;
    }

    @Nullable
    String baton() {
        return baton;
    }

    /** Sends statements, or requests without members by their type; each result is {@code ok} or an error's code. */
    List<String> send(String... requests) throws Exception {
        List<String> codes = new ArrayList<>();
        for (JsonNode result : results(requests)) {
            codes.add(
                    result.get("type").asText().equals("ok")
                            ? "ok"
                            : result.at("/error/code").asText());
        }
        return codes;
    }

    /** As {@link #send}, and all must succeed. */
    PackedStream run(String... requests) throws Exception {
        for (JsonNode result : results(requests)) {
            assertThat(result.get("type").asText()).as(result.toString()).isEqualTo("ok");
        }
        return this;
    }

    JsonNode results(String... requests) throws Exception {
        HttpResponse<String> answer = post(server, database, PackedServer.TOKEN, baton, requests);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode body = JSON.readTree(answer.body());
        baton = body.get("baton").textValue();
        return body.get("results");
    }

    boolean isAutocommit() throws Exception {
        return results(AUTOCOMMIT).at("/0/response/is_autocommit").asBoolean();
    }

    /** Sends requests on any baton and gives back the answer, whatever it is. */
    static HttpResponse<String> post(
            PackedServer server, String database, String token, @Nullable String baton, String... requests)
            throws Exception {
        List<Object> items = new ArrayList<>();
        for (String request : requests) {
            items.add(
                    request.equals(AUTOCOMMIT) || request.equals(CLOSE)
                            ? Map.of("type", request)
                            : Map.of("type", "execute", "stmt", Map.of("sql", request)));
        }
        Map<String, Object> body = new HashMap<>();
        body.put("baton", baton);
        body.put("requests", items);
        return server.post(database + "/v3/pipeline", token, JSON.writeValueAsString(body));
    }
}
