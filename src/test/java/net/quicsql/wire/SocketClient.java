package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** A WebSocket on which a test says what it likes, in JSON or in Protobuf, and reads what comes. */
final class SocketClient implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final CompletableFuture<String> reason = new CompletableFuture<>();
    private final BlockingQueue<ByteBuffer> pongs = new LinkedBlockingQueue<>();
    private final WebSocket socket;
    private int nextRequest;

    private SocketClient(HttpClient http, URI uri, String[] subprotocols, String... headers) {
        WebSocket.Builder builder = http.newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        if (subprotocols.length > 0) {
            builder.subprotocols(subprotocols[0], Arrays.copyOfRange(subprotocols, 1, subprotocols.length));
        }
        socket = builder.buildAsync(uri, new Receiver()).join();
    }

    /** Connects and says nothing yet. */
    static SocketClient connect(int port, String path, String... subprotocols) {
        return new SocketClient(HTTP, URI.create("ws://127.0.0.1:" + port + path), subprotocols);
    }

    /** The same over TLS. */
    static SocketClient connectOverTls(SSLContext trust, int port, String path, String... subprotocols) {
        HttpClient http = HttpClient.newBuilder().sslContext(trust).build();
        return new SocketClient(http, URI.create("wss://localhost:" + port + path), subprotocols);
    }

    /** The same with further headers. */
    static SocketClient connectWith(int port, String path, String[] subprotocols, String... headers) {
        return new SocketClient(HTTP, URI.create("ws://127.0.0.1:" + port + path), subprotocols, headers);
    }

    /** Connects to {@code app} and says hello. */
    static SocketClient hello(WireServer server, String subprotocol) throws IOException {
        SocketClient client = connect(server.port(), "/app", subprotocol);
        client.send(hello(WireServer.DEV));
        assertThat(client.next().get("type").textValue()).isEqualTo("hello_ok");
        return client;
    }

    static String hello(String token) {
        return "{\"type\":\"hello\",\"jwt\":" + Requests.quote(token) + "}";
    }

    /** The subprotocol that the server chose; empty for none. */
    String subprotocol() {
        return socket.getSubprotocol();
    }

    /** Sends a message given as JSON, in the spelling of the subprotocol. */
    SocketClient send(String message) throws IOException {
        if (socket.getSubprotocol().equals("hrana3-protobuf")) {
            sendBinary(SocketProtobuf.message(JSON.readTree(message)));
        } else {
            sendText(message);
        }
        return this;
    }

    void sendText(String text) {
        socket.sendText(text, true).join();
    }

    void sendBinary(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    /** Sends a part of a text message. */
    void sendPart(String text, boolean last) {
        socket.sendText(text, last).join();
    }

    /** Sends a request without waiting for its answer, and returns its number. */
    int request(String request) throws IOException {
        int id = nextRequest++;
        send("{\"type\":\"request\",\"request_id\":" + id + ",\"request\":" + request + "}");
        return id;
    }

    /** Sends a request whose answer must be the next message. */
    JsonNode ask(String request) throws IOException {
        int id = request(request);
        JsonNode answer = next();
        assertThat(answer.path("request_id").intValue()).as(answer.toString()).isEqualTo(id);
        return answer;
    }

    /** Sends a request that must succeed, and returns its response. */
    JsonNode response(String request) throws IOException {
        JsonNode answer = ask(request);
        assertThat(answer.get("type").textValue()).as(answer.toString()).isEqualTo("response_ok");
        return answer.get("response");
    }

    /** Sends a request that must fail, and returns the code. */
    String error(String request) throws IOException {
        JsonNode answer = ask(request);
        assertThat(answer.get("type").textValue()).as(answer.toString()).isEqualTo("response_error");
        assertThat(answer.at("/error/message").textValue()).isNotBlank();
        return answer.at("/error/code").textValue();
    }

    /** Opens a stream and waits for it. */
    void openStream(int streamId) throws IOException {
        assertThat(response("{\"type\":\"open_stream\",\"stream_id\":" + streamId + "}")
                        .get("type")
                        .textValue())
                .isEqualTo("open_stream");
    }

    /** Runs a statement on a stream; it must succeed. */
    JsonNode execute(int streamId, String sql, String... args) throws IOException {
        return response(onStream(streamId, Requests.execute(sql, args))).get("result");
    }

    /** A request of HTTP as one to a stream. */
    static String onStream(int streamId, String request) {
        return "{\"stream_id\":" + streamId + "," + request.substring(1);
    }

    /** The next message. */
    JsonNode next() throws IOException {
        try {
            JsonNode message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new IOException("no message came" + (closed.isDone() ? ", closed with " + closed.join() : ""));
            }
            return message;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Sends a ping and waits for its pong. */
    byte[] ping(byte[] content) throws Exception {
        socket.sendPing(ByteBuffer.wrap(content)).join();
        ByteBuffer pong = pongs.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(pong).isNotNull();
        byte[] bytes = new byte[pong.remaining()];
        pong.get(bytes);
        return bytes;
    }

    /** Waits until the server has closed the connection, and returns its code. */
    int closeCode() throws Exception {
        return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    String closeReason() throws Exception {
        return reason.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Whether messages came that nobody has asked for. */
    boolean hasMessages() {
        return !messages.isEmpty();
    }

    /** Goes away without a word. */
    void abort() {
        socket.abort();
    }

    @Override
    public void close() {
        // The server may close at the same moment.
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                .exceptionally(closed -> null)
                .join();
    }

    private final class Receiver implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    messages.add(JSON.readTree(text.toString()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            binary.writeBytes(bytes);
            if (last) {
                try {
                    messages.add(SocketProtobuf.message(binary.toByteArray()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                binary.reset();
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
            pongs.add(ByteBuffer.allocate(message.remaining()).put(message).flip());
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int statusCode, String why) {
            closed.complete(statusCode);
            reason.complete(why);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.completeExceptionally(error);
            reason.completeExceptionally(error);
        }
    }
}
