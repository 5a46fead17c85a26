package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.JsonEncoding.ascii;

import net.quicsql.hrana.BatchEncoder;
import net.quicsql.hrana.HranaErrors;
import net.quicsql.hrana.ResponseEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.Problem;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers to requests as JSON; subclasses write what stands around each. One thread at a time.
 */
abstract class JsonResponses implements ResponseEncoder {
    private static final byte[] PARAMS = ascii("{\"params\":[");
    private static final byte[] PARAMETER = ascii("{\"name\":");
    private static final byte[] COLS = ascii("],\"cols\":[");
    private static final byte[] IS_EXPLAIN = ascii("],\"is_explain\":");
    private static final byte[] IS_READONLY = ascii(",\"is_readonly\":");

    /** Errors no longer than this are written though the answer is full: every request has its item. */
    static final int SHORT_ERROR_BYTES = 256;

    final JsonWriter json;
    private final int maxBytes;
    private final JsonStatementResult result;
    private final Problem tooLarge;

    /** Where the item that is being written begins. */
    private int item;

    private @Nullable JsonBatchEncoder batch;

    JsonResponses(int maxResponseBytes, JsonWriter json) {
        this.json = json;
        maxBytes = maxResponseBytes;
        result = new JsonStatementResult(json, maxResponseBytes);
        tooLarge = HranaErrors.responseTooLarge(maxResponseBytes);
    }

    @Override
    public RowSink beginExecute(boolean wantRows) {
        begin(StreamRequest.Kind.EXECUTE);
        result.begin(wantRows, 0);
        return result;
    }

    @Override
    public void endExecute(StatementResult statementResult, long nanoseconds) {
        if (result.end(statementResult, nanoseconds)) {
            end();
        } else {
            error(tooLarge);
        }
    }

    @Override
    public BatchEncoder beginBatch(int steps) {
        begin(StreamRequest.Kind.BATCH);
        JsonBatchEncoder begun = new JsonBatchEncoder(json, result, steps, maxBytes, tooLarge);
        batch = begun;
        return begun;
    }

    @Override
    public void endBatch() {
        if (batch == null) {
            throw new IllegalStateException("no batch was begun");
        }
        batch.finish();
        batch = null;
        end();
    }

    @Override
    public void description(Description description) {
        begin(StreamRequest.Kind.DESCRIBE);
        json.raw(PARAMS);
        for (int i = 1; i <= description.parameters().count(); i++) {
            if (i > 1) {
                json.raw(',');
            }
            json.raw(PARAMETER);
            String name = description.parameters().name(i);
            if (name == null) {
                json.nullValue();
            } else {
                json.string(name);
            }
            json.raw('}');
        }
        json.raw(COLS);
        JsonParts.columns(json, description.columns());
        json.raw(IS_EXPLAIN).bool(description.isExplain());
        json.raw(IS_READONLY).bool(description.isReadonly());
        json.raw('}');
        if (json.length() > maxBytes) {
            error(tooLarge);
        } else {
            end();
        }
    }

    @Override
    public void autocommit(boolean autocommit) {
        begin(StreamRequest.Kind.GET_AUTOCOMMIT);
        json.bool(autocommit);
        end();
    }

    @Override
    public void done(StreamRequest.Kind kind) {
        begin(kind);
        end();
    }

    @Override
    public void error(Problem problem) {
        writeError(problem);
        if (json.length() > maxBytes && json.length() - item > SHORT_ERROR_BYTES) {
            writeError(tooLarge);
        }
        endItem();
    }

    /** Writes what stands before the content of an answer: its result, what it says otherwise, or nothing. */
    abstract void beginResponse(StreamRequest.Kind kind);

    /** Writes what stands behind the content. */
    abstract void endResponse();

    /** Writes what stands before an error. */
    abstract void beginError();

    /** Writes what stands behind an error. */
    abstract void endError();

    /** Drops the beginning of an item that was not ended. */
    final void dropUnfinished() {
        json.truncate(item);
    }

    private void begin(StreamRequest.Kind kind) {
        dropUnfinished();
        beginResponse(kind);
    }

    private void end() {
        endResponse();
        endItem();
    }

    private void writeError(Problem problem) {
        dropUnfinished();
        beginError();
        JsonParts.error(json, problem);
        endError();
    }

    final void endItem() {
        item = json.length();
    }
}
