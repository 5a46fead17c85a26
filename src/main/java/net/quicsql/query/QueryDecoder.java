package net.quicsql.query;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.http.ArgumentReader;
import net.quicsql.json.JsonInput;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a query. Strict: a field it does not know, a wrong type or a field given twice is refused, wherever it
 * is; null stands for an absent field. Thread-safe.
 */
final class QueryDecoder {
    private final JsonInput input;

    QueryDecoder(JsonInput input) {
        this.input = input;
    }

    /**
     * The request in a body.
     *
     * @throws ProblemException INVALID_JSON, INVALID_REQUEST or ARGS_INVALID
     */
    QueryRequest decode(byte[] body) {
        return input.read(body, QueryDecoder::request);
    }

    private static QueryRequest request(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw JsonInput.empty();
        }
        if (first != JsonToken.START_OBJECT) {
            throw JsonInput.invalid(parser, "expected an object");
        }
        Draft draft = new Draft();
        List<QueryRequest.Single> statements = List.of();
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            if (field.equals("statements")) {
                statements = statements(parser);
            } else {
                draft.read(parser, field);
            }
        }
        if (draft.sql.isEmpty() == statements.isEmpty()) {
            throw refused(
                    ProblemCode.INVALID_REQUEST,
                    draft.sql.isEmpty()
                            ? "give \"sql\" or \"statements\""
                            : "give either \"sql\" or \"statements\", not both");
        }
        return statements.isEmpty() ? draft.finish("") : new QueryRequest.Batch(statements);
    }

    private static List<QueryRequest.Single> statements(JsonParser parser) throws IOException {
        JsonToken start = parser.nextToken();
        if (start == JsonToken.VALUE_NULL) {
            return List.of();
        }
        if (start != JsonToken.START_ARRAY) {
            throw JsonInput.invalid(parser, "\"statements\" must be an array");
        }
        List<QueryRequest.Single> statements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw JsonInput.invalid(parser, "a statement must be an object");
            }
            Draft draft = new Draft();
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                draft.read(parser, field);
            }
            String place = "statement " + statements.size() + ": ";
            if (draft.sql.isEmpty()) {
                throw refused(ProblemCode.INVALID_REQUEST, place + "\"sql\" is missing");
            }
            statements.add(draft.finish(place));
        }
        return statements;
    }

    private static ProblemException refused(ProblemCode code, String message) {
        return new Problem.Refused(code, message).toException();
    }

    /** A statement of which not all fields were read yet. */
    private static final class Draft {
        private String sql = "";
        private Arguments arguments = Arguments.none();
        /** What is wrong with the arguments; told only once it is clear that they count. */
        private @Nullable String fault;

        void read(JsonParser parser, String field) throws IOException {
            if (field.equals("sql")) {
                sql = parser.nextToken() == JsonToken.VALUE_NULL ? "" : JsonInput.text(parser);
            } else if (field.equals("args")) {
                ArgumentReader reader = new ArgumentReader(parser, field);
                arguments = reader.read();
                fault = reader.fault();
            } else {
                throw JsonInput.invalid(parser, "unknown field");
            }
        }

        QueryRequest.Single finish(String place) {
            if (fault != null) {
                throw refused(ProblemCode.ARGS_INVALID, place + fault);
            }
            return new QueryRequest.Single(sql, arguments);
        }
    }
}
