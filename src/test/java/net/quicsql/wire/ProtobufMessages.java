package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import net.quicsql.hrana.protobuf.HranaMessages.Batch;
import net.quicsql.hrana.protobuf.HranaMessages.BatchCond;
import net.quicsql.hrana.protobuf.HranaMessages.BatchResult;
import net.quicsql.hrana.protobuf.HranaMessages.BatchStep;
import net.quicsql.hrana.protobuf.HranaMessages.Col;
import net.quicsql.hrana.protobuf.HranaMessages.CursorEntry;
import net.quicsql.hrana.protobuf.HranaMessages.CursorReqBody;
import net.quicsql.hrana.protobuf.HranaMessages.CursorRespBody;
import net.quicsql.hrana.protobuf.HranaMessages.DescribeResult;
import net.quicsql.hrana.protobuf.HranaMessages.Error;
import net.quicsql.hrana.protobuf.HranaMessages.NamedArg;
import net.quicsql.hrana.protobuf.HranaMessages.PipelineReqBody;
import net.quicsql.hrana.protobuf.HranaMessages.PipelineRespBody;
import net.quicsql.hrana.protobuf.HranaMessages.Row;
import net.quicsql.hrana.protobuf.HranaMessages.Stmt;
import net.quicsql.hrana.protobuf.HranaMessages.StmtResult;
import net.quicsql.hrana.protobuf.HranaMessages.StreamRequest;
import net.quicsql.hrana.protobuf.HranaMessages.StreamResponse;
import net.quicsql.hrana.protobuf.HranaMessages.StreamResult;
import net.quicsql.hrana.protobuf.HranaMessages.Value;

/**
 * Says in Protobuf what a test says in JSON, and tells the answer as the JSON door would have. Goes by the generated classes
 * alone, so that it shares nothing with the server's own reading and writing.
 */
final class ProtobufMessages {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ProtobufMessages() {}

    static byte[] pipeline(String baton, String... requests) throws IOException {
        PipelineReqBody.Builder body = PipelineReqBody.newBuilder();
        if (baton != null) {
            body.setBaton(baton);
        }
        for (String request : requests) {
            body.addRequests(request(JSON.readTree(request)));
        }
        return body.build().toByteArray();
    }

    static byte[] cursor(String baton, String... steps) throws IOException {
        CursorReqBody.Builder body = CursorReqBody.newBuilder();
        if (baton != null) {
            body.setBaton(baton);
        }
        Batch.Builder batch = body.getBatchBuilder();
        for (String step : steps) {
            batch.addSteps(step(JSON.readTree(step)));
        }
        return body.build().toByteArray();
    }

    /** The answer to a pipeline; the requests tell how many steps a batch had. */
    static Results results(byte[] answer, String... requests) throws IOException {
        PipelineRespBody body = PipelineRespBody.parseFrom(answer);
        assertThat(body.getUnknownFields().asMap()).isEmpty();
        ObjectNode json = NODES.objectNode();
        json.put("baton", body.hasBaton() ? body.getBaton() : null);
        json.put("base_url", body.hasBaseUrl() ? body.getBaseUrl() : null);
        ArrayNode results = json.putArray("results");
        for (int i = 0; i < body.getResultsCount(); i++) {
            int steps = JSON.readTree(requests[i]).at("/batch/steps").size();
            results.add(result(body.getResults(i), steps));
        }
        return new Results(json);
    }

    /** The next message of a cursor's answer, the first of which is no entry; null at its end. */
    static JsonNode nextEntry(InputStream answer) throws IOException {
        CursorEntry entry = CursorEntry.parseDelimitedFrom(answer);
        return entry == null ? null : entry(entry);
    }

    static JsonNode prelude(InputStream answer) throws IOException {
        CursorRespBody body = CursorRespBody.parseDelimitedFrom(answer);
        assertThat(body.getUnknownFields().asMap()).isEmpty();
        ObjectNode json = NODES.objectNode();
        json.put("baton", body.hasBaton() ? body.getBaton() : null);
        json.put("base_url", body.hasBaseUrl() ? body.getBaseUrl() : null);
        return json;
    }

    // ---- Requests

    private static StreamRequest request(JsonNode json) {
        StreamRequest.Builder request = StreamRequest.newBuilder();
        switch (json.get("type").textValue()) {
            case "close" -> request.getCloseBuilder();
            case "execute" -> request.getExecuteBuilder().setStmt(stmt(json.get("stmt")));
            case "batch" -> {
                Batch.Builder batch = request.getBatchBuilder().getBatchBuilder();
                json.at("/batch/steps").forEach(step -> batch.addSteps(step(step)));
            }
            case "sequence" -> {
                if (json.has("sql")) {
                    request.getSequenceBuilder().setSql(json.get("sql").textValue());
                }
                if (json.has("sql_id")) {
                    request.getSequenceBuilder().setSqlId(json.get("sql_id").intValue());
                }
            }
            case "describe" -> {
                if (json.has("sql")) {
                    request.getDescribeBuilder().setSql(json.get("sql").textValue());
                }
                if (json.has("sql_id")) {
                    request.getDescribeBuilder().setSqlId(json.get("sql_id").intValue());
                }
            }
            case "store_sql" ->
                request.getStoreSqlBuilder()
                        .setSqlId(json.get("sql_id").intValue())
                        .setSql(json.get("sql").textValue());
            case "close_sql" ->
                request.getCloseSqlBuilder().setSqlId(json.get("sql_id").intValue());
            case "get_autocommit" -> request.getGetAutocommitBuilder();
            default -> throw new IllegalArgumentException(json.toString());
        }
        return request.build();
    }

    static BatchStep step(JsonNode json) {
        BatchStep.Builder step = BatchStep.newBuilder().setStmt(stmt(json.get("stmt")));
        if (json.hasNonNull("condition")) {
            step.setCondition(condition(json.get("condition")));
        }
        return step.build();
    }

    static Stmt stmt(JsonNode json) {
        Stmt.Builder stmt = Stmt.newBuilder();
        if (json.hasNonNull("sql")) {
            stmt.setSql(json.get("sql").textValue());
        }
        if (json.hasNonNull("sql_id")) {
            stmt.setSqlId(json.get("sql_id").intValue());
        }
        json.path("args").forEach(value -> stmt.addArgs(value(value)));
        json.path("named_args")
                .forEach(named -> stmt.addNamedArgs(NamedArg.newBuilder()
                        .setName(named.get("name").textValue())
                        .setValue(value(named.get("value")))));
        if (json.hasNonNull("want_rows")) {
            stmt.setWantRows(json.get("want_rows").booleanValue());
        }
        return stmt.build();
    }

    private static Value value(JsonNode json) {
        Value.Builder value = Value.newBuilder();
        switch (json.get("type").textValue()) {
            case "null" -> value.getNullBuilder();
            case "integer" -> value.setInteger(Long.parseLong(json.get("value").asText()));
            case "float" -> value.setFloat(json.get("value").doubleValue());
            case "text" -> value.setText(json.get("value").textValue());
            case "blob" ->
                value.setBlob(ByteString.copyFrom(
                        Base64.getDecoder().decode(json.get("base64").textValue())));
            default -> throw new IllegalArgumentException(json.toString());
        }
        return value.build();
    }

    private static BatchCond condition(JsonNode json) {
        BatchCond.Builder cond = BatchCond.newBuilder();
        switch (json.get("type").textValue()) {
            case "ok" -> cond.setStepOk(json.get("step").intValue());
            case "error" -> cond.setStepError(json.get("step").intValue());
            case "not" -> cond.setNot(condition(json.get("cond")));
            case "and" -> cond.setAnd(conditions(json.get("conds")));
            case "or" -> cond.setOr(conditions(json.get("conds")));
            case "is_autocommit" -> cond.getIsAutocommitBuilder();
            default -> throw new IllegalArgumentException(json.toString());
        }
        return cond.build();
    }

    private static BatchCond.CondList conditions(JsonNode json) {
        BatchCond.CondList.Builder list = BatchCond.CondList.newBuilder();
        json.forEach(inner -> list.addConds(condition(inner)));
        return list.build();
    }

    // ---- Answers

    static ObjectNode result(StreamResult result, int steps) {
        ObjectNode json = NODES.objectNode();
        switch (result.getResultCase()) {
            case OK -> json.put("type", "ok").set("response", response(result.getOk(), steps));
            case ERROR -> json.put("type", "error").set("error", error(result.getError()));
            case RESULT_NOT_SET -> throw new AssertionError("a result without content");
        }
        return json;
    }

    private static ObjectNode response(StreamResponse response, int steps) {
        ObjectNode json = NODES.objectNode();
        json.put("type", response.getResponseCase().name().toLowerCase(Locale.ROOT));
        switch (response.getResponseCase()) {
            case EXECUTE -> json.set("result", result(response.getExecute().getResult()));
            case BATCH -> json.set("result", result(response.getBatch().getResult(), steps));
            case DESCRIBE -> json.set("result", result(response.getDescribe().getResult()));
            case GET_AUTOCOMMIT ->
                json.put("is_autocommit", response.getGetAutocommit().getIsAutocommit());
            case CLOSE, SEQUENCE, STORE_SQL, CLOSE_SQL -> {}
            case RESPONSE_NOT_SET -> throw new AssertionError("a response without content");
        }
        return json;
    }

    static ObjectNode result(BatchResult result, int steps) {
        ObjectNode json = NODES.objectNode();
        ArrayNode results = json.putArray("step_results");
        ArrayNode errors = json.putArray("step_errors");
        for (int i = 0; i < steps; i++) {
            StmtResult ok = result.getStepResultsMap().get(i);
            Error error = result.getStepErrorsMap().get(i);
            results.add(ok == null ? NODES.nullNode() : result(ok));
            errors.add(error == null ? NODES.nullNode() : error(error));
        }
        assertThat(result.getStepResultsMap().keySet()).allMatch(step -> step < steps);
        assertThat(result.getStepErrorsMap().keySet()).allMatch(step -> step < steps);
        return json;
    }

    static ObjectNode result(StmtResult result) {
        ObjectNode json = NODES.objectNode();
        cols(json, result.getColsList());
        ArrayNode rows = json.putArray("rows");
        result.getRowsList().forEach(row -> rows.add(row(row)));
        json.put("affected_row_count", result.getAffectedRowCount());
        rowid(json, result.hasLastInsertRowid(), result.getLastInsertRowid());
        json.put("rows_read", result.getRowsRead());
        json.put("rows_written", result.getRowsWritten());
        json.put("query_duration_ms", result.getQueryDurationMs());
        return json;
    }

    static ObjectNode result(DescribeResult result) {
        ObjectNode json = NODES.objectNode();
        ArrayNode params = json.putArray("params");
        result.getParamsList()
                .forEach(param -> params.addObject().put("name", param.hasName() ? param.getName() : null));
        ArrayNode cols = json.putArray("cols");
        result.getColsList()
                .forEach(col -> cols.addObject()
                        .put("name", col.getName())
                        .put("decltype", col.hasDecltype() ? col.getDecltype() : null));
        json.put("is_explain", result.getIsExplain());
        json.put("is_readonly", result.getIsReadonly());
        return json;
    }

    static ObjectNode entry(CursorEntry entry) {
        ObjectNode json = NODES.objectNode();
        json.put("type", entry.getEntryCase().name().toLowerCase(Locale.ROOT));
        switch (entry.getEntryCase()) {
            case STEP_BEGIN -> {
                json.put("step", entry.getStepBegin().getStep());
                cols(json, entry.getStepBegin().getColsList());
            }
            case STEP_END -> {
                json.put("affected_row_count", entry.getStepEnd().getAffectedRowCount());
                rowid(
                        json,
                        entry.getStepEnd().hasLastInsertRowid(),
                        entry.getStepEnd().getLastInsertRowid());
            }
            case STEP_ERROR -> {
                json.put("step", entry.getStepError().getStep());
                json.set("error", error(entry.getStepError().getError()));
            }
            case ROW -> json.set("row", row(entry.getRow()));
            case ERROR, ENTRY_NOT_SET -> throw new AssertionError(entry);
        }
        return json;
    }

    private static void cols(ObjectNode json, List<Col> cols) {
        ArrayNode array = json.putArray("cols");
        for (Col col : cols) {
            array.addObject()
                    .put("name", col.hasName() ? col.getName() : null)
                    .put("decltype", col.hasDecltype() ? col.getDecltype() : null);
        }
    }

    private static void rowid(ObjectNode json, boolean given, long rowid) {
        json.put("last_insert_rowid", given ? Long.toString(rowid) : null);
    }

    private static ArrayNode row(Row row) {
        ArrayNode cells = NODES.arrayNode();
        for (Value value : row.getValuesList()) {
            ObjectNode cell = cells.addObject();
            switch (value.getValueCase()) {
                case NULL -> cell.put("type", "null");
                case INTEGER -> cell.put("type", "integer").put("value", Long.toString(value.getInteger()));
                case FLOAT -> cell.put("type", "float").put("value", value.getFloat());
                case TEXT -> cell.put("type", "text").put("value", value.getText());
                case BLOB -> {
                    String base64 = Base64.getEncoder()
                            .withoutPadding()
                            .encodeToString(value.getBlob().toByteArray());
                    cell.put("type", "blob").put("base64", base64);
                }
                case VALUE_NOT_SET -> throw new AssertionError("a value without content");
            }
        }
        return cells;
    }

    static ObjectNode error(Error error) {
        assertThat(error.hasCode()).isTrue();
        return NODES.objectNode().put("message", error.getMessage()).put("code", error.getCode());
    }
}
