package net.quicsql.hrana.json;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Function;
import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.PipelineEncoding;
import net.quicsql.hrana.PipelineRequest;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Answer;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.json.JsonInput;

/**
 * Hrana 1 over HTTP: one request a body, on a stream that ends with it. It is a pipeline of that request and a close, of
 * which the first result alone is sent; where it is an error, that is the whole answer. Thread-safe.
 */
public final class JsonStatelessEncoding implements PipelineEncoding {
    private final Function<byte[], StreamRequest> reading;
    private final AnswerBuffers buffers;

    private JsonStatelessEncoding(Function<byte[], StreamRequest> reading, AnswerBuffers buffers) {
        this.reading = reading;
        this.buffers = requireNonNull(buffers, "buffers is null");
    }

    /**
     * The bodies of {@code v1/execute}.
     *
     * @param maxBodyBytes the largest request body
     */
    public static JsonStatelessEncoding execute(int maxBodyBytes, AnswerBuffers buffers) {
        return new JsonStatelessEncoding(new RequestReader(new JsonInput(maxBodyBytes))::execute, buffers);
    }

    /**
     * The bodies of {@code v1/batch}.
     *
     * @param maxBodyBytes the largest request body
     */
    public static JsonStatelessEncoding batch(int maxBodyBytes, AnswerBuffers buffers) {
        return new JsonStatelessEncoding(new RequestReader(new JsonInput(maxBodyBytes))::batch, buffers);
    }

    @Override
    public PipelineRequest pipelineRequest(byte[] body) {
        return new PipelineRequest(null, List.of(reading.apply(body), new StreamRequest.Close()));
    }

    @Override
    public String pipelineContentType() {
        return Answer.JSON;
    }

    @Override
    public PipelineEncoder pipelineEncoder(int maxResponseBytes) {
        return new JsonStatelessEncoder(maxResponseBytes, buffers.newWriter());
    }
}
