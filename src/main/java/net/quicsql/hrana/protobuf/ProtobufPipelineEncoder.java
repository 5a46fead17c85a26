package net.quicsql.hrana.protobuf;

import java.io.IOException;
import java.io.OutputStream;
import net.quicsql.hrana.BatchEncoder;
import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Body;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Column;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/** Writes the answer to one pipeline as Protobuf. One thread at a time. */
final class ProtobufPipelineEncoder implements PipelineEncoder {
    /** Errors no longer than this are written though the answer is full: every request has its item. */
    static final int SHORT_ERROR_BYTES = 256;

    private static final int RESULTS = HranaMessages.PipelineRespBody.RESULTS_FIELD_NUMBER;
    private static final int OK = HranaMessages.StreamResult.OK_FIELD_NUMBER;

    private final MessageOutput output;
    private final int maxBytes;
    private final ProtobufStatementResult result;
    private final Problem tooLarge;

    /** Where the item that is being written begins. */
    private long item;

    /**
     * @param output empty, and the encoder's to close
     */
    ProtobufPipelineEncoder(int maxResponseBytes, MessageOutput output) {
        this.output = output;
        maxBytes = maxResponseBytes;
        result = new ProtobufStatementResult(output, maxResponseBytes);
        tooLarge = new Problem.Refused(
                ProblemCode.RESPONSE_TOO_LARGE,
                "the response would be larger than " + maxResponseBytes + " bytes (" + LimitsConfig.MAX_RESPONSE_SIZE
                        + "); the statement was run");
    }

    @Override
    public RowSink beginExecute(boolean wantRows) {
        beginItem();
        result.begin(wantRows);
        return result;
    }

    @Override
    public void endExecute(StatementResult statementResult, long nanoseconds) {
        if (result.end(statementResult, nanoseconds)) {
            output.wrap(item, HranaMessages.ExecuteStreamResp.RESULT_FIELD_NUMBER);
            endOk(StreamRequest.Kind.EXECUTE);
        } else {
            error(tooLarge);
        }
    }

    @Override
    public BatchEncoder beginBatch(int steps) {
        beginItem();
        return new ProtobufBatchEncoder(output, result, maxBytes, tooLarge);
    }

    @Override
    public void endBatch() {
        output.wrap(item, HranaMessages.BatchStreamResp.RESULT_FIELD_NUMBER);
        endOk(StreamRequest.Kind.BATCH);
    }

    @Override
    public void description(Description description) {
        beginItem();
        output.message(HranaMessages.DescribeStreamResp.RESULT_FIELD_NUMBER, message(description));
        if (output.size() > maxBytes) {
            error(tooLarge);
        } else {
            endOk(StreamRequest.Kind.DESCRIBE);
        }
    }

    @Override
    public void autocommit(boolean autocommit) {
        beginItem();
        if (autocommit) {
            output.unsigned(HranaMessages.GetAutocommitStreamResp.IS_AUTOCOMMIT_FIELD_NUMBER, 1);
        }
        endOk(StreamRequest.Kind.GET_AUTOCOMMIT);
    }

    @Override
    public void done(StreamRequest.Kind kind) {
        beginItem();
        endOk(kind);
    }

    @Override
    public void error(Problem problem) {
        writeError(problem);
        if (output.size() > maxBytes && output.sizeFrom(item) > SHORT_ERROR_BYTES) {
            writeError(tooLarge);
        }
        endItem();
    }

    @Override
    public Body finish(@Nullable String baton) {
        output.truncate(item);
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

    private void writeError(Problem problem) {
        beginItem();
        output.message(HranaMessages.StreamResult.ERROR_FIELD_NUMBER, ProtobufParts.error(problem));
        output.wrap(item, RESULTS);
    }

    /** Drops what an item left behind that was not ended. */
    private void beginItem() {
        output.truncate(item);
    }

    private void endOk(StreamRequest.Kind kind) {
        output.wrap(item, field(kind), OK, RESULTS);
        endItem();
    }

    private void endItem() {
        item = output.mark();
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

    private static HranaMessages.DescribeResult message(Description description) {
        HranaMessages.DescribeResult.Builder message = HranaMessages.DescribeResult.newBuilder()
                .setIsExplain(description.isExplain())
                .setIsReadonly(description.isReadonly());
        for (int i = 1; i <= description.parameters().count(); i++) {
            String name = description.parameters().name(i);
            HranaMessages.DescribeParam.Builder param = message.addParamsBuilder();
            if (name != null) {
                param.setName(name);
            }
        }
        for (Column column : description.columns()) {
            HranaMessages.DescribeCol.Builder col = message.addColsBuilder().setName(column.name());
            String declaredType = column.declaredType();
            if (declaredType != null) {
                col.setDecltype(declaredType);
            }
        }
        return message.build();
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
