package net.quicsql.hrana.legacy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.hrana.SqlText;
import net.quicsql.hrana.Stmt;
import net.quicsql.http.ArgumentReader;
import net.quicsql.json.JsonInput;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code {"statements":[…]}}, whose items are texts or {@code {"q":text,"params":arguments}}. Members that it does
 * not know are skipped, null stands for an absent one. One thread, one body.
 */
final class StatementsReader {
    /** Statements of a body, and their arguments together. A body of this many is small, what it stands for is not. */
    private static final int MOST_ITEMS = 500_000;

    private final JsonParser parser;
    private final List<Stmt> statements = new ArrayList<>();
    private int arguments;

    private StatementsReader(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * The statements of a body.
     *
     * @throws net.quicsql.problem.ProblemException INVALID_JSON, INVALID_REQUEST or ARGS_INVALID
     */
    static List<Stmt> read(JsonInput input, byte[] body) {
        return input.read(body, parser -> new StatementsReader(parser).body());
    }

    private List<Stmt> body() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw JsonInput.empty();
        }
        if (first != JsonToken.START_OBJECT) {
            throw JsonInput.invalid(parser, "the body must be an object");
        }
        boolean found = false;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (name.equals("statements") && value != JsonToken.VALUE_NULL) {
                statements();
                found = true;
            } else {
                parser.skipChildren();
            }
        }
        if (!found) {
            throw JsonInput.invalid(
                    parser,
                    "\"statements\" is missing ({\"sql\":…} is for /<database>/query, {\"requests\":…} for"
                            + " /<database>/v2/pipeline)");
        }
        return statements;
    }

    private void statements() throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw JsonInput.invalid(parser, "\"statements\" must be an array");
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Stmt statement = switch (parser.currentToken()) {
                case VALUE_STRING -> statement(JsonInput.text(parser), Arguments.none());
                case START_OBJECT -> statement();
                default -> throw JsonInput.invalid(parser, "a statement must be a string or an object");
            };
            if (statements.size() == MOST_ITEMS) {
                throw JsonInput.invalid(parser, "more than " + MOST_ITEMS + " statements");
            }
            statements.add(statement);
        }
    }

    private Stmt statement() throws IOException {
        String sql = null;
        Arguments params = Arguments.none();
        String fault = null;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            switch (name) {
                case "q" -> sql = parser.nextToken() == JsonToken.VALUE_NULL ? null : JsonInput.text(parser);
                case "params" -> {
                    ArgumentReader reader = new ArgumentReader(parser, name);
                    params = reader.read();
                    fault = reader.fault();
                }
                default -> {
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
        }
        if (sql == null) {
            throw JsonInput.invalid(parser, "a statement without \"q\"");
        }
        requireBindable(fault);
        count(params);
        return statement(sql, params);
    }

    private void requireBindable(@Nullable String fault) {
        if (fault != null) {
            throw new Problem.Refused(ProblemCode.ARGS_INVALID, "statement " + statements.size() + ": " + fault)
                    .toException();
        }
    }

    private void count(Arguments params) {
        arguments += params.positional().size() + params.named().size();
        if (arguments > MOST_ITEMS) {
            throw JsonInput.invalid(parser, "the statements have more than " + MOST_ITEMS + " arguments");
        }
    }

    private static Stmt statement(String sql, Arguments arguments) {
        return new Stmt(SqlText.of(sql), arguments, true);
    }
}
