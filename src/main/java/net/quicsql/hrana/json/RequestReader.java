package net.quicsql.hrana.json;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
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
import net.quicsql.json.JsonInput;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.SqlValue;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests token by token. Members may come in any order, {@code type} last included; members that are unknown, or
 * unknown to a type that was read before them, are skipped; null means absent. Immutable and thread-safe.
 *
 * <p>A method that reads a value is called with the parser on the value's first token and leaves it on its last.
 */
final class RequestReader {
    /**
     * Requests in a pipeline, and steps in a batch. A body within its limit that means something has fewer; without a
     * bound, one of the shortest items would be answered with several times its size.
     */
    static final int MAX_ITEMS = 500_000;

    private final JsonInput input;

    RequestReader(JsonInput input) {
        this.input = requireNonNull(input, "input is null");
    }

    PipelineRequest pipeline(byte[] body) {
        return input.read(body, parser -> {
            String baton = null;
            List<StreamRequest> requests = null;
            beginBody(parser);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                switch (member(parser)) {
                    case "baton" -> baton = optionalText(parser);
                    case "requests" -> requests = optionalList(parser, RequestReader::request);
                    default -> parser.skipChildren();
                }
            }
            return new PipelineRequest(baton, required(parser, requests, "requests is missing"));
        });
    }

    CursorRequest cursor(byte[] body) {
        return input.read(body, parser -> {
            String baton = null;
            Batch batch = null;
            beginBody(parser);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                switch (member(parser)) {
                    case "baton" -> baton = optionalText(parser);
                    case "batch" -> batch = isNull(parser) ? null : batch(parser);
                    default -> parser.skipChildren();
                }
            }
            return new CursorRequest(baton, required(parser, batch, "batch is missing"));
        });
    }

    /** The body of Hrana 1's {@code execute}. */
    StreamRequest execute(byte[] body) {
        return input.read(body, parser -> {
            Stmt stmt = null;
            beginBody(parser);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                if (member(parser).equals("stmt") && !isNull(parser)) {
                    stmt = stmt(parser);
                } else {
                    parser.skipChildren();
                }
            }
            return new StreamRequest.Execute(required(parser, stmt, "stmt is missing"));
        });
    }

    /** The body of Hrana 1's {@code batch}. */
    StreamRequest batch(byte[] body) {
        return input.read(body, parser -> {
            Batch batch = null;
            beginBody(parser);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                if (member(parser).equals("batch") && !isNull(parser)) {
                    batch = batch(parser);
                } else {
                    parser.skipChildren();
                }
            }
            return new StreamRequest.ExecuteBatch(required(parser, batch, "batch is missing"));
        });
    }

    static StreamRequest request(JsonParser parser) throws IOException {
        requireObject(parser, "a request");
        RequestMembers members = RequestMembers.read(parser, RequestMembers.Door.HTTP);
        return switch (required(parser, members.type, "a request without type")) {
            case "store_sql" -> new StreamRequest.StoreSql(members.sqlId(parser), members.sql(parser));
            case "close_sql" -> new StreamRequest.CloseSql(members.sqlId(parser));
            case "close" -> new StreamRequest.Close();
            default -> members.streamRequest(parser);
        };
    }

    static Batch batch(JsonParser parser) throws IOException {
        requireObject(parser, "a batch");
        List<BatchStep> steps = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            if (member(parser).equals("steps")) {
                steps = optionalList(parser, RequestReader::step);
            } else {
                parser.skipChildren();
            }
        }
        return new Batch(required(parser, steps, "steps is missing"));
    }

    static Stmt stmt(JsonParser parser) throws IOException {
        requireObject(parser, "a statement");
        String sql = null;
        Integer sqlId = null;
        List<SqlValue> positional = null;
        List<Arguments.Named> named = null;
        boolean wantRows = true;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = member(parser);
            if (isNull(parser)) {
                continue;
            }
            switch (name) {
                case "sql" -> sql = JsonInput.text(parser);
                case "sql_id" -> sqlId = int32(parser);
                case "args" -> positional = list(parser, ValueReader::value);
                case "named_args" -> named = list(parser, RequestReader::namedArgument);
                case "want_rows" -> wantRows = bool(parser);
                default -> parser.skipChildren();
            }
        }
        return new Stmt(sqlText(parser, sql, sqlId), arguments(positional, named), wantRows);
    }

    private static BatchStep step(JsonParser parser) throws IOException {
        requireObject(parser, "a step");
        BatchCondition condition = null;
        Stmt stmt = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = member(parser);
            if (isNull(parser)) {
                continue;
            }
            switch (name) {
                case "condition" -> condition = condition(parser);
                case "stmt" -> stmt = stmt(parser);
                default -> parser.skipChildren();
            }
        }
        return new BatchStep(condition, required(parser, stmt, "stmt is missing"));
    }

    private static BatchCondition condition(JsonParser parser) throws IOException {
        requireObject(parser, "a condition");
        String type = null;
        Integer step = null;
        BatchCondition cond = null;
        List<BatchCondition> conds = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = member(parser);
            if (isNull(parser)) {
                continue;
            }
            switch (name) {
                case "type" -> type = JsonInput.text(parser);
                case "step" -> step = int32(parser);
                case "cond" -> cond = condition(parser);
                case "conds" -> conds = list(parser, RequestReader::condition);
                default -> parser.skipChildren();
            }
        }
        return switch (required(parser, type, "a condition without type")) {
            case "ok" -> new BatchCondition.Ok(required(parser, step, "step is missing"));
            case "error" -> new BatchCondition.Error(required(parser, step, "step is missing"));
            case "not" -> new BatchCondition.Not(required(parser, cond, "cond is missing"));
            case "and" -> new BatchCondition.And(required(parser, conds, "conds is missing"));
            case "or" -> new BatchCondition.Or(required(parser, conds, "conds is missing"));
            case "is_autocommit" -> new BatchCondition.IsAutocommit();
            default -> throw JsonInput.invalid(parser, "unknown condition type");
        };
    }

    private static Arguments.Named namedArgument(JsonParser parser) throws IOException {
        requireObject(parser, "a named argument");
        String argument = null;
        SqlValue value = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = member(parser);
            if (isNull(parser)) {
                continue;
            }
            switch (name) {
                case "name" -> argument = JsonInput.text(parser);
                case "value" -> value = ValueReader.value(parser);
                default -> parser.skipChildren();
            }
        }
        return new Arguments.Named(
                required(parser, argument, "name is missing"), required(parser, value, "value is missing"));
    }

    private static Arguments arguments(@Nullable List<SqlValue> positional, @Nullable List<Arguments.Named> named) {
        List<SqlValue> values = positional == null ? List.of() : positional;
        List<Arguments.Named> byName = named == null ? List.of() : named;
        return values.isEmpty() && byName.isEmpty() ? Arguments.none() : new Arguments(values, byName);
    }

    static SqlText sqlText(JsonParser parser, @Nullable String sql, @Nullable Integer sqlId) {
        if ((sql == null) == (sqlId == null)) {
            throw JsonInput.forbidden(parser, "exactly one of sql and sql_id must be given");
        }
        return new SqlText(sql, sqlId);
    }

    static void beginBody(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw JsonInput.empty();
        }
        requireObject(parser, "the body");
    }

    static void requireObject(JsonParser parser, String what) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw JsonInput.invalid(parser, what + " must be an object");
        }
    }

    /** The name of a member; leaves the parser on its value. */
    static String member(JsonParser parser) throws IOException {
        String name = parser.currentName();
        parser.nextToken();
        return name;
    }

    static boolean isNull(JsonParser parser) {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    private static @Nullable String optionalText(JsonParser parser) {
        return isNull(parser) ? null : JsonInput.text(parser);
    }

    private static <T> @Nullable List<T> optionalList(JsonParser parser, JsonInput.Reading<T> item) throws IOException {
        return isNull(parser) ? null : list(parser, item);
    }

    private static <T> List<T> list(JsonParser parser, JsonInput.Reading<T> item) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw JsonInput.invalid(parser, "expected an array");
        }
        List<T> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (items.size() == MAX_ITEMS) {
                throw JsonInput.invalid(parser, "an array holds more than " + MAX_ITEMS + " items");
            }
            items.add(item.read(parser));
        }
        return items;
    }

    private static boolean bool(JsonParser parser) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw JsonInput.invalid(parser, "expected true or false");
        };
    }

    static int int32(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() != JsonParser.NumberType.INT) {
            throw JsonInput.invalid(parser, "expected an integer of 32 bits");
        }
        return parser.getIntValue();
    }

    static <T> T required(JsonParser parser, @Nullable T value, String complaint) {
        if (value == null) {
            throw JsonInput.invalid(parser, complaint);
        }
        return value;
    }
}
