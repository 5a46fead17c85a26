package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.JsonEncoding.ascii;

import java.util.Arrays;
import java.util.Locale;
import net.quicsql.hrana.SocketEncoder;
import net.quicsql.hrana.SocketRequest;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Body;
import net.quicsql.json.JsonWriter;

/** Writes the message that answers one request of a WebSocket as JSON. One thread at a time. */
final class JsonSocketEncoder extends JsonResponses implements SocketEncoder {
    private static final byte[] OK = ascii("{\"type\":\"response_ok\",\"request_id\":");
    private static final byte[] RESPONSE = ascii(",\"response\":");
    private static final byte[] TYPE = ascii("{\"type\":\"");
    private static final byte[] ERROR = ascii("{\"type\":\"response_error\",\"request_id\":");
    private static final byte[] ERROR_OBJECT = ascii(",\"error\":");
    private static final byte[] FETCHED = ascii("{\"type\":\"fetch_cursor\",\"entries\":[");
    private static final byte[] DONE = ascii("],\"done\":");

    private final int requestId;
    /** Whether the next part is the first of the answer's first entry. */
    private boolean noEntryYet;

    private boolean entryOpen;

    /** @param json empty; closed by {@link #close}, or with the body */
    JsonSocketEncoder(int requestId, int maxResponseBytes, JsonWriter json) {
        super(maxResponseBytes, json);
        this.requestId = requestId;
    }

    @Override
    public void done(SocketRequest.Kind kind) {
        dropUnfinished();
        beginOk();
        json.raw(TYPE).raw(ascii(kind.name().toLowerCase(Locale.ROOT))).raw('"');
        endResponse();
        endItem();
    }

    @Override
    public void beginFetch() {
        dropUnfinished();
        beginOk();
        json.raw(FETCHED);
        noEntryYet = true;
        entryOpen = false;
    }

    @Override
    public void entryPart(byte[] part, boolean ends) {
        if (!entryOpen && !noEntryYet) {
            json.raw(',');
        }
        noEntryYet = false;
        entryOpen = !ends;
        // Without the end of the line.
        json.raw(ends ? Arrays.copyOf(part, part.length - 1) : part);
    }

    @Override
    public void endFetch(boolean done) {
        json.raw(DONE).bool(done);
        endResponse();
        endItem();
    }

    @Override
    public Body finish() {
        return Body.of(json);
    }

    @Override
    public void close() {
        json.close();
    }

    @Override
    void beginResponse(StreamRequest.Kind kind) {
        beginOk();
        json.raw(JsonParts.response(kind));
    }

    @Override
    void endResponse() {
        json.raw(JsonParts.RESPONSE_END);
    }

    @Override
    void beginError() {
        json.raw(ERROR).integer(requestId).raw(ERROR_OBJECT);
    }

    @Override
    void endError() {
        json.raw('}');
    }

    private void beginOk() {
        json.raw(OK).integer(requestId).raw(RESPONSE);
    }
}
