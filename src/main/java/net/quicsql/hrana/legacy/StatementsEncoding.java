package net.quicsql.hrana.legacy;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import net.quicsql.hrana.Batch;
import net.quicsql.hrana.BatchCondition;
import net.quicsql.hrana.BatchStep;
import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.PipelineEncoding;
import net.quicsql.hrana.PipelineRequest;
import net.quicsql.hrana.Stmt;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Answer;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.json.JsonInput;

/**
 * The version before Hrana 1: a list of statements a body, on a stream that ends with it. It is a pipeline of one batch,
 * whose steps run while none has failed, of the question whether a transaction is left open, and of a close. Thread-safe.
 */
public final class StatementsEncoding implements PipelineEncoding {
    private final JsonInput input;
    private final AnswerBuffers buffers;

    /** @param maxBodyBytes the largest request body */
    public StatementsEncoding(int maxBodyBytes, AnswerBuffers buffers) {
        input = new JsonInput(maxBodyBytes);
        this.buffers = requireNonNull(buffers, "buffers is null");
    }

    @Override
    public PipelineRequest pipelineRequest(byte[] body) {
        List<BatchStep> steps = new ArrayList<>();
        for (Stmt statement : StatementsReader.read(input, body)) {
            steps.add(new BatchStep(steps.isEmpty() ? null : new BatchCondition.Ok(steps.size() - 1), statement));
        }
        return new PipelineRequest(
                null,
                List.of(
                        new StreamRequest.ExecuteBatch(new Batch(steps)),
                        new StreamRequest.GetAutocommit(),
                        new StreamRequest.Close()));
    }

    @Override
    public String pipelineContentType() {
        return Answer.JSON;
    }

    @Override
    public PipelineEncoder pipelineEncoder(int maxResponseBytes) {
        return new StatementsEncoder(maxResponseBytes, buffers.newWriter());
    }
}
