package net.quicsql.hrana.protobuf;

import java.io.IOException;
import java.io.OutputStream;
import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Body;
import net.quicsql.problem.Problem;
import org.jspecify.annotations.Nullable;

/** Writes the answer to one pipeline as Protobuf. One thread at a time. */
final class ProtobufPipelineEncoder extends ProtobufResponses implements PipelineEncoder {
    private static final int RESULTS = HranaMessages.PipelineRespBody.RESULTS_FIELD_NUMBER;

    /**
     * @param output empty, and the encoder's to close
     */
    ProtobufPipelineEncoder(int maxResponseBytes, MessageOutput output) {
        super(maxResponseBytes, output);
    }

    @Override
    public Body finish(@Nullable String baton) {
        dropUnfinished();
        HranaMessages.PipelineRespBody.Builder head = HranaMessages.PipelineRespBody.newBuilder();
        if (baton != null) {
            head.setBaton(baton);
        }
        return new TwoPartBody(head.build(), output);
    }

    @Override
    public void close() {
        output.close();
    }

    @Override
    void wrapResponse(long start, StreamRequest.Kind kind) {
        output.wrap(start, field(kind), HranaMessages.StreamResult.OK_FIELD_NUMBER, RESULTS);
    }

    @Override
    void wrapError(long start, Problem problem) {
        output.message(HranaMessages.StreamResult.ERROR_FIELD_NUMBER, ProtobufParts.error(problem));
        output.wrap(start, RESULTS);
    }

    private static int field(StreamRequest.Kind kind) {
        return switch (kind) {
            case CLOSE -> HranaMessages.StreamResponse.CLOSE_FIELD_NUMBER;
            case EXECUTE -> HranaMessages.StreamResponse.EXECUTE_FIELD_NUMBER;
            case BATCH -> HranaMessages.StreamResponse.BATCH_FIELD_NUMBER;
            case SEQUENCE -> HranaMessages.StreamResponse.SEQUENCE_FIELD_NUMBER;
            case DESCRIBE -> HranaMessages.StreamResponse.DESCRIBE_FIELD_NUMBER;
            case STORE_SQL -> HranaMessages.StreamResponse.STORE_SQL_FIELD_NUMBER;
            case CLOSE_SQL -> HranaMessages.StreamResponse.CLOSE_SQL_FIELD_NUMBER;
            case GET_AUTOCOMMIT -> HranaMessages.StreamResponse.GET_AUTOCOMMIT_FIELD_NUMBER;
        };
    }

    /** The baton is known last. A message may come in parts, each a message with some of its fields. */
    private record TwoPartBody(HranaMessages.PipelineRespBody head, MessageOutput rest) implements Body {
        @Override
        public long length() {
            return head.getSerializedSize() + rest.size();
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
