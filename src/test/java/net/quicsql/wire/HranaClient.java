package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One principal at one database: sends JSON as it is given, or what it says in Protobuf, and keeps nothing but WebSockets.
 * What is posted to a path is sent as it is, over HTTP.
 */
final class HranaClient {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final WireServer server;
    private final String database;
    private final String token;
    private final Door door;
    private final SocketStreams sockets;

    HranaClient(WireServer server, String database, String token, Door door) {
        this.door = door;
        this.server = server;
        this.database = database;
        this.token = token;
        this.sockets = new SocketStreams(server, "/" + database, token, door.subprotocol());
    }

    /** A stream that carries its baton from one request to the next. */
    HranaStream stream() {
        return stream(null);
    }

    HranaStream stream(String baton) {
        return new HranaStream(this, baton);
    }

    /** Runs one statement on a stream of its own and returns its rows. */
    List<String> rows(String sql, String... args) throws IOException {
        return pipeline(null, Requests.execute(sql, args), Requests.CLOSE).rows(0);
    }

    /** Runs a script on a stream of its own. */
    void run(String script) throws IOException {
        pipeline(null, Requests.sequence(script), Requests.CLOSE).response(0);
    }

    /** Sends a pipeline that must be answered, whatever becomes of its requests. */
    Results pipeline(String baton, String... requests) throws IOException {
        if (door.isSocket()) {
            return sockets.pipeline(baton, requests);
        }
        HttpResponse<byte[]> reply = exchange(baton, requests);
        String text = new String(reply.body(), StandardCharsets.UTF_8);
        assertThat(reply.statusCode()).as(text).isEqualTo(200);
        assertThat(contentType(reply)).isEqualTo(door.pipelineType());
        Results results =
                door.isJson() ? new Results(JSON.readTree(text)) : ProtobufMessages.results(reply.body(), requests);
        assertThat(results.body().get("base_url").isNull()).isTrue();
        assertThat(results.size()).isEqualTo(requests.length);
        return results;
    }

    /** Sends a pipeline over HTTP that must be refused, and returns the code. */
    String refusal(int status, String baton, String... requests) throws IOException {
        HttpResponse<byte[]> reply = exchange(baton, requests);
        return refusal(reply.statusCode(), new String(reply.body(), StandardCharsets.UTF_8), reply.headers(), status);
    }

    private HttpResponse<byte[]> exchange(String baton, String... requests) throws IOException {
        byte[] body = door.isJson()
                ? Requests.pipeline(baton, requests).getBytes(StandardCharsets.UTF_8)
                : ProtobufMessages.pipeline(baton, requests);
        return post(door.pipelinePath(), BodyPublishers.ofByteArray(body), BodyHandlers.ofByteArray());
    }

    CompletableFuture<Results> pipelineAsync(String baton, String... requests) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return pipeline(baton, requests);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    CursorEntries cursor(String baton, String... steps) throws IOException {
        if (door.isSocket()) {
            return sockets.cursor(baton, steps);
        }
        HttpResponse<InputStream> reply = open(baton, steps);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(contentType(reply)).isEqualTo(door.cursorType());
        try (InputStream body = reply.body()) {
            return door.isJson()
                    ? CursorEntries.of(new String(body.readAllBytes(), StandardCharsets.UTF_8))
                    : CursorEntries.ofProtobuf(body);
        }
    }

    /** Begins a cursor over HTTP whose answer is read by the caller. */
    HttpResponse<InputStream> open(String baton, String... steps) throws IOException {
        byte[] body = door.isJson()
                ? Requests.cursor(baton, steps).getBytes(StandardCharsets.UTF_8)
                : ProtobufMessages.cursor(baton, steps);
        return post(door.cursorPath(), BodyPublishers.ofByteArray(body), BodyHandlers.ofInputStream());
    }

    /** Posts below the database. */
    HttpResponse<String> post(String path, String body, String... headers) throws IOException {
        return post(path, body, BodyHandlers.ofString(), headers);
    }

    <T> HttpResponse<T> post(String path, String body, BodyHandler<T> handler, String... headers) throws IOException {
        return post(path, BodyPublishers.ofString(body), handler, headers);
    }

    <T> HttpResponse<T> post(String path, BodyPublisher body, BodyHandler<T> handler, String... headers)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/" + database + "/" + path))
                .header("Authorization", "Bearer " + token)
                .POST(body);
        return send(request, handler, headers);
    }

    /** Sends anything to any path, without a credential. */
    HttpResponse<String> send(String method, String path, String body, String... headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.ofString(body));
        return send(request, BodyHandlers.ofString(), headers);
    }

    static String contentType(HttpResponse<?> reply) {
        return reply.headers().firstValue("Content-Type").orElse("none");
    }

    /** Checks a refusal that every client can read, and returns its code. */
    static String refusal(HttpResponse<String> reply, int status) throws IOException {
        return refusal(reply.statusCode(), reply.body(), reply.headers(), status);
    }

    private static String refusal(int told, String text, HttpHeaders headers, int status) throws IOException {
        assertThat(told).as(text).isEqualTo(status);
        assertThat(headers.firstValue("Content-Type")).contains("application/json");
        JsonNode body = JSON.readTree(text);
        List<String> members = new ArrayList<>();
        body.fieldNames().forEachRemaining(members::add);
        assertThat(members).containsExactly("error", "message", "code", "retryable");
        assertThat(body.get("retryable").booleanValue())
                .isEqualTo(headers.firstValue("Retry-After").isPresent());
        assertThat(body.get("error").textValue())
                .isNotBlank()
                .isEqualTo(body.get("message").textValue());
        return body.get("code").textValue();
    }

    private static <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> handler, String... headers)
            throws IOException {
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            return HTTP.send(request.build(), handler);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
