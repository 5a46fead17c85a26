package net.quicsql.hrana.protobuf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.hrana.Batch;
import net.quicsql.hrana.BatchCondition;
import net.quicsql.hrana.BatchStep;
import net.quicsql.hrana.CursorRequest;
import net.quicsql.hrana.PipelineRequest;
import net.quicsql.hrana.SqlText;
import net.quicsql.hrana.Stmt;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.SqlValue;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests straight into the protocol's messages: generated classes would hold every one of a list's items, of which
 * a body has millions, before anybody could count them. Fields that are unknown are skipped; of a field that is given twice
 * the last counts, as does the last of a oneof. Stateless.
 *
 * <p>Fields without {@code optional} have their type's default where they are absent, for clients leave that out.
 */
final class RequestReader {
    /** As in JSON: requests in a pipeline, steps in a batch, arguments of a statement. */
    static final int MAX_ITEMS = 500_000;

    private RequestReader() {}

    static PipelineRequest pipeline(MessageInput in) throws IOException {
        String baton = null;
        List<StreamRequest> requests = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case HranaMessages.PipelineReqBody.BATON_FIELD_NUMBER -> baton = in.text();
                case HranaMessages.PipelineReqBody.REQUESTS_FIELD_NUMBER ->
                    add(requests, in.message(RequestReader::request));
                default -> in.skip();
            }
        }
        return new PipelineRequest(baton, requests);
    }

    static CursorRequest cursor(MessageInput in) throws IOException {
        String baton = null;
        Batch batch = null;
        while (in.next()) {
            switch (in.field()) {
                case HranaMessages.CursorReqBody.BATON_FIELD_NUMBER -> baton = in.text();
                case HranaMessages.CursorReqBody.BATCH_FIELD_NUMBER -> batch = in.message(RequestReader::batch);
                default -> in.skip();
            }
        }
        return new CursorRequest(baton, required(batch, "batch is missing"));
    }

    static StreamRequest request(MessageInput in) throws IOException {
        StreamRequest request = null;
        while (in.next()) {
            switch (in.field()) {
                case HranaMessages.StreamRequest.CLOSE_FIELD_NUMBER -> {
                    in.emptyMessage();
                    request = new StreamRequest.Close();
                }
                case HranaMessages.StreamRequest.EXECUTE_FIELD_NUMBER ->
                    request = new StreamRequest.Execute(in.message(RequestReader::execute));
                case HranaMessages.StreamRequest.BATCH_FIELD_NUMBER ->
                    request = new StreamRequest.ExecuteBatch(in.message(RequestReader::executeBatch));
                case HranaMessages.StreamRequest.SEQUENCE_FIELD_NUMBER ->
                    request = new StreamRequest.Sequence(in.message(RequestReader::sqlText));
                case HranaMessages.StreamRequest.DESCRIBE_FIELD_NUMBER ->
                    request = new StreamRequest.Describe(in.message(RequestReader::sqlText));
                case HranaMessages.StreamRequest.STORE_SQL_FIELD_NUMBER ->
                    request = in.message(RequestReader::storeSql);
                case HranaMessages.StreamRequest.CLOSE_SQL_FIELD_NUMBER ->
                    request = in.message(RequestReader::closeSql);
                case HranaMessages.StreamRequest.GET_AUTOCOMMIT_FIELD_NUMBER -> {
                    in.emptyMessage();
                    request = new StreamRequest.GetAutocommit();
                }
                default -> in.skip();
            }
        }
        return required(request, "a request that is none of those known");
    }

    private static Stmt execute(MessageInput in) throws IOException {
        Stmt stmt = null;
        while (in.next()) {
            if (in.field() == HranaMessages.ExecuteStreamReq.STMT_FIELD_NUMBER) {
                stmt = in.message(RequestReader::stmt);
            } else {
                in.skip();
            }
        }
        return required(stmt, "stmt is missing");
    }

    private static Batch executeBatch(MessageInput in) throws IOException {
        Batch batch = null;
        while (in.next()) {
            if (in.field() == HranaMessages.BatchStreamReq.BATCH_FIELD_NUMBER) {
                batch = in.message(RequestReader::batch);
            } else {
                in.skip();
            }
        }
        return required(batch, "batch is missing");
    }

    static Batch batch(MessageInput in) throws IOException {
        List<BatchStep> steps = new ArrayList<>();
        while (in.next()) {
            if (in.field() == HranaMessages.Batch.STEPS_FIELD_NUMBER) {
                add(steps, in.message(RequestReader::step));
            } else {
                in.skip();
            }
        }
        return new Batch(steps);
    }

    static Stmt stmt(MessageInput in) throws IOException {
        String sql = null;
        Integer sqlId = null;
        List<SqlValue> positional = new ArrayList<>();
        List<Arguments.Named> named = new ArrayList<>();
        boolean wantRows = true;
        while (in.next()) {
            switch (in.field()) {
                case HranaMessages.Stmt.SQL_FIELD_NUMBER -> sql = in.text();
                case HranaMessages.Stmt.SQL_ID_FIELD_NUMBER -> sqlId = in.int32();
                case HranaMessages.Stmt.ARGS_FIELD_NUMBER -> add(positional, in.message(RequestReader::value));
                case HranaMessages.Stmt.NAMED_ARGS_FIELD_NUMBER -> add(named, in.message(RequestReader::namedArgument));
                case HranaMessages.Stmt.WANT_ROWS_FIELD_NUMBER -> wantRows = in.bool();
                default -> in.skip();
            }
        }
        Arguments arguments =
                positional.isEmpty() && named.isEmpty() ? Arguments.none() : new Arguments(positional, named);
        return new Stmt(new SqlText(sql, sqlId), arguments, wantRows);
    }

    static SqlValue value(MessageInput in) throws IOException {
        SqlValue value = null;
        while (in.next()) {
            switch (in.field()) {
                case HranaMessages.Value.NULL_FIELD_NUMBER -> {
                    in.emptyMessage();
                    value = SqlValue.NULL;
                }
                case HranaMessages.Value.INTEGER_FIELD_NUMBER -> value = new SqlValue.Integer(in.sint64());
                case HranaMessages.Value.FLOAT_FIELD_NUMBER -> value = new SqlValue.Real(in.float64());
                case HranaMessages.Value.TEXT_FIELD_NUMBER -> value = new SqlValue.Text(in.text());
                case HranaMessages.Value.BLOB_FIELD_NUMBER -> value = new SqlValue.Blob(in.bytes());
                default -> in.skip();
            }
        }
        return required(value, "a value of no known type");
    }

    private static Arguments.Named namedArgument(MessageInput in) throws IOException {
        String name = "";
        SqlValue value = null;
        while (in.next()) {
            switch (in.field()) {
                case HranaMessages.NamedArg.NAME_FIELD_NUMBER -> name = in.text();
                case HranaMessages.NamedArg.VALUE_FIELD_NUMBER -> value = in.message(RequestReader::value);
                default -> in.skip();
            }
        }
        return new Arguments.Named(name, required(value, "value is missing"));
    }

    private static BatchStep step(MessageInput in) throws IOException {
        BatchCondition condition = null;
        Stmt stmt = null;
        while (in.next()) {
            switch (in.field()) {
                case HranaMessages.BatchStep.CONDITION_FIELD_NUMBER -> condition = in.message(RequestReader::condition);
                case HranaMessages.BatchStep.STMT_FIELD_NUMBER -> stmt = in.message(RequestReader::stmt);
                default -> in.skip();
            }
        }
        return new BatchStep(condition, required(stmt, "stmt is missing"));
    }

    private static BatchCondition condition(MessageInput in) throws IOException {
        BatchCondition condition = null;
        while (in.next()) {
            switch (in.field()) {
                case HranaMessages.BatchCond.STEP_OK_FIELD_NUMBER -> condition = new BatchCondition.Ok(in.uint32());
                case HranaMessages.BatchCond.STEP_ERROR_FIELD_NUMBER ->
                    condition = new BatchCondition.Error(in.uint32());
                case HranaMessages.BatchCond.NOT_FIELD_NUMBER ->
                    condition = new BatchCondition.Not(in.message(RequestReader::condition));
                case HranaMessages.BatchCond.AND_FIELD_NUMBER ->
                    condition = new BatchCondition.And(in.message(RequestReader::conditions));
                case HranaMessages.BatchCond.OR_FIELD_NUMBER ->
                    condition = new BatchCondition.Or(in.message(RequestReader::conditions));
                case HranaMessages.BatchCond.IS_AUTOCOMMIT_FIELD_NUMBER -> {
                    in.emptyMessage();
                    condition = new BatchCondition.IsAutocommit();
                }
                default -> in.skip();
            }
        }
        return required(condition, "a condition of no known type");
    }

    private static List<BatchCondition> conditions(MessageInput in) throws IOException {
        List<BatchCondition> conditions = new ArrayList<>();
        while (in.next()) {
            if (in.field() == HranaMessages.BatchCond.CondList.CONDS_FIELD_NUMBER) {
                add(conditions, in.message(RequestReader::condition));
            } else {
                in.skip();
            }
        }
        return conditions;
    }

    /** The text of a {@code sequence} or a {@code describe}, which number their fields alike. */
    private static SqlText sqlText(MessageInput in) throws IOException {
        String sql = null;
        Integer sqlId = null;
        while (in.next()) {
            switch (in.field()) {
                case HranaMessages.SequenceStreamReq.SQL_FIELD_NUMBER -> sql = in.text();
                case HranaMessages.SequenceStreamReq.SQL_ID_FIELD_NUMBER -> sqlId = in.int32();
                default -> in.skip();
            }
        }
        return new SqlText(sql, sqlId);
    }

    private static StreamRequest storeSql(MessageInput in) throws IOException {
        int sqlId = 0;
        String sql = "";
        while (in.next()) {
            switch (in.field()) {
                case HranaMessages.StoreSqlStreamReq.SQL_ID_FIELD_NUMBER -> sqlId = in.int32();
                case HranaMessages.StoreSqlStreamReq.SQL_FIELD_NUMBER -> sql = in.text();
                default -> in.skip();
            }
        }
        return new StreamRequest.StoreSql(sqlId, sql);
    }

    private static StreamRequest closeSql(MessageInput in) throws IOException {
        int sqlId = 0;
        while (in.next()) {
            if (in.field() == HranaMessages.CloseSqlStreamReq.SQL_ID_FIELD_NUMBER) {
                sqlId = in.int32();
            } else {
                in.skip();
            }
        }
        return new StreamRequest.CloseSql(sqlId);
    }

    private static <T> void add(List<T> items, T item) {
        if (items.size() == MAX_ITEMS) {
            throw MessageInput.invalid("a list holds more than " + MAX_ITEMS + " items");
        }
        items.add(item);
    }

    static <T> T required(@Nullable T value, String complaint) {
        if (value == null) {
            throw MessageInput.invalid(complaint);
        }
        return value;
    }
}
