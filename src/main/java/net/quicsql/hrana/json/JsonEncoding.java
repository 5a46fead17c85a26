package net.quicsql.hrana.json;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import net.quicsql.hrana.CursorEncoder;
import net.quicsql.hrana.CursorOutput;
import net.quicsql.hrana.CursorRequest;
import net.quicsql.hrana.HranaEncoding;
import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.PipelineRequest;
import net.quicsql.http.Answer;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.json.JsonInput;
import net.quicsql.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/** Hrana's messages as JSON. Thread-safe. */
public final class JsonEncoding implements HranaEncoding {
    private static final byte[] BATON = ascii("{\"baton\":");
    private static final byte[] BASE_URL_END = ascii(",\"base_url\":null}\n");

    private final RequestReader reader;
    private final AnswerBuffers buffers;

    /**
     * @param maxBodyBytes the largest request body
     */
    public JsonEncoding(int maxBodyBytes, AnswerBuffers buffers) {
        this.buffers = requireNonNull(buffers, "buffers is null");
        reader = new RequestReader(new JsonInput(maxBodyBytes));
    }

    @Override
    public PipelineRequest pipelineRequest(byte[] body) {
        return reader.pipeline(body);
    }

    @Override
    public CursorRequest cursorRequest(byte[] body) {
        return reader.cursor(body);
    }

    @Override
    public String pipelineContentType() {
        return Answer.JSON;
    }

    /** Text, as the specification's own server answers: the lines together are no JSON. */
    @Override
    public String cursorContentType() {
        return Answer.TEXT;
    }

    @Override
    public PipelineEncoder pipelineEncoder(int maxResponseBytes) {
        return new JsonPipelineEncoder(maxResponseBytes, buffers.newWriter());
    }

    @Override
    public byte[] cursorPrelude(@Nullable String baton) {
        JsonWriter json = new JsonWriter();
        writeBaton(json, baton);
        return json.raw(BASE_URL_END).toByteArray();
    }

    @Override
    public CursorEncoder cursorEncoder(CursorOutput output) {
        return new JsonCursorEncoder(output, buffers);
    }

    static void writeBaton(JsonWriter json, @Nullable String baton) {
        json.raw(BATON);
        if (baton == null) {
            json.nullValue();
        } else {
            json.string(baton);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
