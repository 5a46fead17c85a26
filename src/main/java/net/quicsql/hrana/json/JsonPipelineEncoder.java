package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.JsonEncoding.ascii;

import java.io.IOException;
import java.io.OutputStream;
import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Body;
import net.quicsql.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/** Writes the answer to one pipeline as JSON. One thread at a time. */
final class JsonPipelineEncoder extends JsonResponses implements PipelineEncoder {
    private static final byte[] OK = ascii("{\"type\":\"ok\",\"response\":");
    private static final byte[] ERROR = ascii("{\"type\":\"error\",\"error\":");
    private static final byte[] RESULTS = ascii(",\"base_url\":null,\"results\":[");
    private static final byte[] RESULTS_END = ascii("]}");

    /** @param json empty; closed by {@link #close}, or with the body */
    JsonPipelineEncoder(int maxResponseBytes, JsonWriter json) {
        super(maxResponseBytes, json);
    }

    @Override
    public Body finish(@Nullable String baton) {
        dropUnfinished();
        json.raw(RESULTS_END);
        JsonWriter head = new JsonWriter(SHORT_ERROR_BYTES);
        JsonEncoding.writeBaton(head, baton);
        head.raw(RESULTS);
        return new TwoPartBody(head, json);
    }

    @Override
    public void close() {
        json.close();
    }

    @Override
    void beginResponse(StreamRequest.Kind kind) {
        separate();
        json.raw(OK).raw(JsonParts.response(kind));
    }

    @Override
    void endResponse() {
        json.raw(JsonParts.RESPONSE_END);
    }

    @Override
    void beginError() {
        separate();
        json.raw(ERROR);
    }

    @Override
    void endError() {
        json.raw('}');
    }

    private void separate() {
        if (json.length() > 0) {
            json.raw(',');
        }
    }

    /** The baton stands first in the text but is known last. */
    private record TwoPartBody(JsonWriter head, JsonWriter rest) implements Body {
        @Override
        public long length() {
            return (long) head.length() + rest.length();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            head.writeTo(out);
            rest.writeTo(out);
        }

        @Override
        public void close() {
            rest.close();
        }
    }
}
