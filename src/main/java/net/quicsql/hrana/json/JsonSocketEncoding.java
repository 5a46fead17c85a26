package net.quicsql.hrana.json;

import static java.util.Objects.requireNonNull;
import static net.quicsql.hrana.json.JsonEncoding.ascii;

import net.quicsql.hrana.ClientMessage;
import net.quicsql.hrana.CursorEncoder;
import net.quicsql.hrana.CursorOutput;
import net.quicsql.hrana.EntryScanner;
import net.quicsql.hrana.SocketEncoder;
import net.quicsql.hrana.SocketEncoding;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.Body;
import net.quicsql.json.JsonInput;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.Problem;

/** Messages over a WebSocket as JSON: the subprotocols {@code hrana1}, {@code hrana2}, {@code hrana3}. Thread-safe. */
public final class JsonSocketEncoding implements SocketEncoding {
    private static final byte[] HELLO_OK = ascii("{\"type\":\"hello_ok\"}");
    private static final byte[] HELLO_ERROR = ascii("{\"type\":\"hello_error\",\"error\":");

    private final SocketMessageReader reader;
    private final AnswerBuffers buffers;

    /**
     * @param maxMessageBytes the largest message of a client
     */
    public JsonSocketEncoding(int maxMessageBytes, AnswerBuffers buffers) {
        this.buffers = requireNonNull(buffers, "buffers is null");
        reader = new SocketMessageReader(new JsonInput(maxMessageBytes));
    }

    @Override
    public boolean isText() {
        return true;
    }

    @Override
    public ClientMessage clientMessage(byte[] message) {
        return reader.message(message);
    }

    @Override
    public Body helloOk() {
        return Body.of(HELLO_OK);
    }

    @Override
    public Body helloError(Problem problem) {
        JsonWriter json = new JsonWriter();
        json.raw(HELLO_ERROR);
        JsonParts.error(json, problem);
        json.raw('}');
        return Body.of(json);
    }

    @Override
    public SocketEncoder encoder(int requestId, int maxResponseBytes) {
        return new JsonSocketEncoder(requestId, maxResponseBytes, buffers.newWriter());
    }

    @Override
    public CursorEncoder cursorEncoder(CursorOutput output) {
        return new JsonCursorEncoder(output, buffers);
    }

    /** Entries are lines. */
    @Override
    public EntryScanner entryScanner() {
        return (bytes, from, to) -> {
            for (int at = from; at < to; at++) {
                if (bytes[at] == JsonCursorEncoder.LINE_END) {
                    return at + 1;
                }
            }
            return -1;
        };
    }
}
