package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.RequestReader.required;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import net.quicsql.hrana.Batch;
import net.quicsql.hrana.Stmt;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.json.JsonInput;
import org.jspecify.annotations.Nullable;

/** The members of one request, whichever it is; null is what it does not have. One thread at a time. */
final class RequestMembers {
    private static final Set<String> ON_STREAM = Set.of("stream_id");
    private static final Set<String> TEXT = Set.of("sql", "sql_id");

    /** What requests may come in, and which members mean something to each. */
    enum Door {
        HTTP(Map.of(
                "execute",
                Set.of("stmt"),
                "batch",
                Set.of("batch"),
                "sequence",
                TEXT,
                "describe",
                TEXT,
                "get_autocommit",
                Set.of(),
                "store_sql",
                TEXT,
                "close_sql",
                TEXT,
                "close",
                Set.of())),
        SOCKET(Map.ofEntries(
                Map.entry("open_stream", ON_STREAM),
                Map.entry("close_stream", ON_STREAM),
                Map.entry("execute", Set.of("stream_id", "stmt")),
                Map.entry("batch", Set.of("stream_id", "batch")),
                Map.entry("sequence", Set.of("stream_id", "sql", "sql_id")),
                Map.entry("describe", Set.of("stream_id", "sql", "sql_id")),
                Map.entry("get_autocommit", ON_STREAM),
                Map.entry("store_sql", TEXT),
                Map.entry("close_sql", TEXT),
                Map.entry("open_cursor", Set.of("stream_id", "cursor_id", "batch")),
                Map.entry("close_cursor", Set.of("cursor_id")),
                Map.entry("fetch_cursor", Set.of("cursor_id", "max_count"))));

        @SuppressWarnings("ImmutableEnumChecker") // Map.of and Set.of make nothing else.
        private final Map<String, Set<String>> requests;

        Door(Map<String, Set<String>> requests) {
            this.requests = requests;
        }

        /** The members of a request. */
        private Set<String> membersOf(JsonParser parser, String type) {
            return required(parser, requests.get(type), "unknown request type");
        }

        /** Whether a member means something to any request. */
        private boolean knows(String name) {
            return requests.values().stream().anyMatch(members -> members.contains(name));
        }
    }

    @Nullable
    String type;

    private @Nullable Stmt stmt;
    private @Nullable Batch batch;
    private @Nullable String sql;
    private @Nullable Integer sqlId;
    private @Nullable Integer streamId;
    private @Nullable Integer cursorId;
    private @Nullable Long maxCount;

    private RequestMembers() {}

    /**
     * Reads an object. Members that mean nothing to its type are skipped where the type came before them.
     *
     * @throws net.quicsql.problem.ProblemException INVALID_REQUEST, for an unknown type too
     */
    static RequestMembers read(JsonParser parser, Door door) throws IOException {
        RequestMembers members = new RequestMembers();
        Set<String> known = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = RequestReader.member(parser);
            if (RequestReader.isNull(parser)) {
                continue;
            }
            if (name.equals("type")) {
                String type = JsonInput.text(parser);
                known = door.membersOf(parser, type);
                members.type = type;
            } else if (known != null ? known.contains(name) : door.knows(name)) {
                members.read(parser, name);
            } else {
                parser.skipChildren();
            }
        }
        return members;
    }

    private void read(JsonParser parser, String name) throws IOException {
        switch (name) {
            case "stmt" -> stmt = RequestReader.stmt(parser);
            case "batch" -> batch = RequestReader.batch(parser);
            case "sql" -> sql = JsonInput.text(parser);
            case "sql_id" -> sqlId = RequestReader.int32(parser);
            case "stream_id" -> streamId = RequestReader.int32(parser);
            case "cursor_id" -> cursorId = RequestReader.int32(parser);
            case "max_count" -> maxCount = count(parser);
            default -> parser.skipChildren();
        }
    }

    /** The request where it is one that streams take over HTTP and over WebSocket alike. */
    StreamRequest streamRequest(JsonParser parser) {
        return switch (required(parser, type, "a request without type")) {
            case "execute" -> new StreamRequest.Execute(required(parser, stmt, "stmt is missing"));
            case "batch" -> new StreamRequest.ExecuteBatch(batch(parser));
            case "sequence" -> new StreamRequest.Sequence(RequestReader.sqlText(parser, sql, sqlId));
            case "describe" -> new StreamRequest.Describe(RequestReader.sqlText(parser, sql, sqlId));
            case "get_autocommit" -> new StreamRequest.GetAutocommit();
            default -> throw JsonInput.invalid(parser, "unknown request type");
        };
    }

    Batch batch(JsonParser parser) {
        return required(parser, batch, "batch is missing");
    }

    String sql(JsonParser parser) {
        return required(parser, sql, "sql is missing");
    }

    int sqlId(JsonParser parser) {
        return required(parser, sqlId, "sql_id is missing");
    }

    int streamId(JsonParser parser) {
        return required(parser, streamId, "stream_id is missing");
    }

    int cursorId(JsonParser parser) {
        return required(parser, cursorId, "cursor_id is missing");
    }

    long maxCount(JsonParser parser) {
        return required(parser, maxCount, "max_count is missing");
    }

    private static long count(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                || parser.getLongValue() < 0) {
            throw JsonInput.invalid(parser, "expected a number of 0 or more");
        }
        return parser.getLongValue();
    }
}
