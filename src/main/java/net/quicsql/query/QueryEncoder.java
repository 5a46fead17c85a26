package net.quicsql.query;

import java.nio.charset.StandardCharsets;
import net.quicsql.engine.BatchSink;
import net.quicsql.json.JsonWriter;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;

/** Writes the answer to a query that succeeds: one result, or those of a batch. One thread, one answer. */
final class QueryEncoder implements BatchSink {
    private static final byte[] RESULTS = "{\"results\":[".getBytes(StandardCharsets.US_ASCII);

    private final JsonWriter json;
    private final QueryResult result;
    private final QueryLimits limits;

    /** @param json empty; closed by whoever gave it */
    QueryEncoder(QueryLimits limits, JsonWriter json) {
        this.json = json;
        result = new QueryResult(json, limits);
        this.limits = limits;
    }

    /** The sink of a query's only statement. */
    RowSink single() {
        return result.begin();
    }

    /** The whole answer to a query of one statement. */
    JsonWriter finish(StatementResult outcome) {
        result.end(outcome);
        return json.raw('\n');
    }

    /** Beginning at 0 again starts the answer anew: a batch may be tried twice. */
    @Override
    public RowSink begin(int index) {
        if (index == 0) {
            json.truncate(0);
            json.raw(RESULTS);
        } else {
            requireRoom();
            json.raw(',');
        }
        return result.begin();
    }

    @Override
    public void end(int index, StatementResult outcome) {
        result.end(outcome);
    }

    /** The whole answer to a batch. */
    JsonWriter finishBatch() {
        return json.raw(']').raw('}').raw('\n');
    }

    /** Each result is bounded by itself; this bounds their sum, give or take one. */
    private void requireRoom() {
        if (json.length() > limits.maxResponseBytes()) {
            throw limits.responseTooLarge();
        }
    }
}
