package net.quicsql.hrana.protobuf;

import net.quicsql.hrana.BatchEncoder;
import net.quicsql.hrana.HranaErrors;
import net.quicsql.hrana.ResponseEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.problem.Problem;
import net.quicsql.sql.Column;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;

/** Writes the answers to requests as Protobuf; subclasses wrap each into its message. One thread at a time. */
abstract class ProtobufResponses implements ResponseEncoder {
    /** Errors no longer than this are written though the answer is full: every request has its item. */
    static final int SHORT_ERROR_BYTES = 256;

    final MessageOutput output;
    private final int maxBytes;
    private final ProtobufStatementResult result;
    private final Problem tooLarge;

    /** Where the item that is being written begins. */
    private long item;

    ProtobufResponses(int maxResponseBytes, MessageOutput output) {
        this.output = output;
        maxBytes = maxResponseBytes;
        result = new ProtobufStatementResult(output, maxResponseBytes);
        tooLarge = HranaErrors.responseTooLarge(maxResponseBytes);
    }

    @Override
    public RowSink beginExecute(boolean wantRows) {
        dropUnfinished();
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
        dropUnfinished();
        return new ProtobufBatchEncoder(output, result, maxBytes, tooLarge);
    }

    @Override
    public void endBatch() {
        output.wrap(item, HranaMessages.BatchStreamResp.RESULT_FIELD_NUMBER);
        endOk(StreamRequest.Kind.BATCH);
    }

    @Override
    public void description(Description description) {
        dropUnfinished();
        output.message(HranaMessages.DescribeStreamResp.RESULT_FIELD_NUMBER, message(description));
        if (output.size() > maxBytes) {
            error(tooLarge);
        } else {
            endOk(StreamRequest.Kind.DESCRIBE);
        }
    }

    @Override
    public void autocommit(boolean autocommit) {
        dropUnfinished();
        if (autocommit) {
            output.unsigned(HranaMessages.GetAutocommitStreamResp.IS_AUTOCOMMIT_FIELD_NUMBER, 1);
        }
        endOk(StreamRequest.Kind.GET_AUTOCOMMIT);
    }

    @Override
    public void done(StreamRequest.Kind kind) {
        dropUnfinished();
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

    /** Wraps the fields from a mark on into the message that answers a request. */
    abstract void wrapResponse(long start, StreamRequest.Kind kind);

    /** Writes an error from a mark on, wrapped. */
    abstract void wrapError(long start, Problem problem);

    /** Drops the beginning of an item that was not ended. */
    final void dropUnfinished() {
        output.truncate(item);
    }

    private void writeError(Problem problem) {
        dropUnfinished();
        wrapError(item, problem);
    }

    private void endOk(StreamRequest.Kind kind) {
        wrapResponse(item, kind);
        endItem();
    }

    final void endItem() {
        item = output.mark();
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
}
