package net.quicsql.hrana.json;

import static java.util.Objects.requireNonNull;
import static net.quicsql.hrana.json.JsonEncoding.ascii;

import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import net.quicsql.hrana.BatchEncoder;
import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Body;
import net.quicsql.json.JsonWriter;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/** Writes the answer to one pipeline as JSON. One thread at a time. */
final class JsonPipelineEncoder implements PipelineEncoder {
    private static final byte[] EXECUTE = ascii("{\"type\":\"ok\",\"response\":{\"type\":\"execute\",\"result\":");
    private static final byte[] BATCH = ascii("{\"type\":\"ok\",\"response\":{\"type\":\"batch\",\"result\":");
    private static final byte[] DESCRIBE =
            ascii("{\"type\":\"ok\",\"response\":{\"type\":\"describe\",\"result\":{\"params\":[");
    private static final byte[] AUTOCOMMIT =
            ascii("{\"type\":\"ok\",\"response\":{\"type\":\"get_autocommit\",\"is_autocommit\":");
    private static final byte[] ERROR = ascii("{\"type\":\"error\",\"error\":");
    private static final byte[] END = ascii("}}");
    private static final byte[] PARAMETER = ascii("{\"name\":");
    private static final byte[] COLS = ascii("],\"cols\":[");
    private static final byte[] IS_EXPLAIN = ascii("],\"is_explain\":");
    private static final byte[] IS_READONLY = ascii(",\"is_readonly\":");
    private static final byte[] RESULTS = ascii(",\"base_url\":null,\"results\":[");
    private static final byte[] RESULTS_END = ascii("]}");
    private static final Map<StreamRequest.Kind, byte[]> DONE = done();

    /** Errors no longer than this are written though the answer is full: every request has its item. */
    private static final int SHORT_ERROR_BYTES = 256;

    private final JsonWriter json;
    private final int maxBytes;
    private final JsonStatementResult result;
    private final Problem tooLarge;

    /** Where the item that is being written begins. */
    private int item;

    private @Nullable JsonBatchEncoder batch;

    /** @param json empty; closed by {@link #close}, or with the body */
    JsonPipelineEncoder(int maxResponseBytes, JsonWriter json) {
        this.json = json;
        maxBytes = maxResponseBytes;
        result = new JsonStatementResult(json, maxResponseBytes);
        tooLarge = new Problem.Refused(
                ProblemCode.RESPONSE_TOO_LARGE,
                "the response would be larger than " + maxResponseBytes + " bytes (" + LimitsConfig.MAX_RESPONSE_SIZE
                        + "); the statement was run");
    }

    @Override
    public RowSink beginExecute(boolean wantRows) {
        beginItem();
        json.raw(EXECUTE);
        result.begin(wantRows, 0);
        return result;
    }

    @Override
    public void endExecute(StatementResult statementResult, long nanoseconds) {
        if (result.end(statementResult, nanoseconds)) {
            json.raw(END);
            endItem();
        } else {
            error(tooLarge);
        }
    }

    @Override
    public BatchEncoder beginBatch(int steps) {
        beginItem();
        json.raw(BATCH);
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
        json.raw(END);
        endItem();
    }

    @Override
    public void description(Description description) {
        beginItem();
        json.raw(DESCRIBE);
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
        json.raw('}').raw(END);
        if (json.length() > maxBytes) {
            error(tooLarge);
        } else {
            endItem();
        }
    }

    @Override
    public void autocommit(boolean autocommit) {
        beginItem();
        json.raw(AUTOCOMMIT).bool(autocommit).raw(END);
        endItem();
    }

    @Override
    public void done(StreamRequest.Kind kind) {
        beginItem();
        json.raw(requireNonNull(DONE.get(kind)));
        endItem();
    }

    @Override
    public void error(Problem problem) {
        writeError(problem);
        if (json.length() > maxBytes && json.length() - item > SHORT_ERROR_BYTES) {
            writeError(tooLarge);
        }
        endItem();
    }

    @Override
    public Body finish(@Nullable String baton) {
        json.truncate(item);
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

    private void writeError(Problem problem) {
        beginItem();
        json.raw(ERROR);
        JsonParts.error(json, problem);
        json.raw('}');
    }

    /** Drops what an item left behind that was not ended. */
    private void beginItem() {
        json.truncate(item);
        if (item > 0) {
            json.raw(',');
        }
    }

    private void endItem() {
        item = json.length();
    }

    private static Map<StreamRequest.Kind, byte[]> done() {
        Map<StreamRequest.Kind, byte[]> texts = new EnumMap<>(StreamRequest.Kind.class);
        for (StreamRequest.Kind kind : StreamRequest.Kind.values()) {
            String type = kind.name().toLowerCase(Locale.ROOT);
            texts.put(kind, ascii("{\"type\":\"ok\",\"response\":{\"type\":\"" + type + "\"}}"));
        }
        return texts;
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
