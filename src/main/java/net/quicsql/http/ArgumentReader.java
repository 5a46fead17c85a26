package net.quicsql.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import net.quicsql.json.JsonInput;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.SqlValue;
import org.jspecify.annotations.Nullable;

/**
 * Reads the arguments of a statement as plain JSON spells them: an array by position or an object by name. A value that
 * cannot be bound does not stop the reading but becomes the {@link #fault()}. One thread, one use.
 */
public final class ArgumentReader {
    /** Far more than a statement can have parameters; what a body may make us keep must not depend on its length alone. */
    private static final int MOST_ARGUMENTS = 500_000;

    /** Longer names are not repeated in messages. */
    private static final int MOST_NAME_CHARS = 64;

    private static final SqlValue ZERO = new SqlValue.Integer(0);
    private static final SqlValue ONE = new SqlValue.Integer(1);

    private final JsonParser parser;
    private final String field;
    private @Nullable String fault;

    /**
     * A reader at the parser's next token.
     *
     * @param field what the client calls its arguments
     */
    public ArgumentReader(JsonParser parser, String field) {
        this.parser = parser;
        this.field = field;
    }

    /** The first value that cannot be bound, as {@code arg 2: …}; null if all can. */
    public @Nullable String fault() {
        return fault;
    }

    /**
     * All of them.
     *
     * @throws net.quicsql.problem.ProblemException INVALID_REQUEST where they are neither array nor object, or too many
     */
    public Arguments read() throws IOException {
        return switch (parser.nextToken()) {
            case VALUE_NULL -> Arguments.none();
            case START_ARRAY -> positional();
            case START_OBJECT -> named();
            default -> throw JsonInput.invalid(parser, "\"" + field + "\" must be an array or an object");
        };
    }

    private Arguments positional() throws IOException {
        List<SqlValue> values = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            SqlValue value = value(token);
            if (value == null) {
                note("arg " + values.size());
                value = SqlValue.NULL;
            }
            add(values, value);
        }
        return values.isEmpty() ? Arguments.none() : new Arguments(values, List.of());
    }

    private Arguments named() throws IOException {
        List<Arguments.Named> values = new ArrayList<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            SqlValue value = value(parser.nextToken());
            if (value == null) {
                note("arg " + (name.length() <= MOST_NAME_CHARS ? name : values.size()));
                value = SqlValue.NULL;
            }
            add(values, new Arguments.Named(name, value));
        }
        return values.isEmpty() ? Arguments.none() : new Arguments(List.of(), values);
    }

    private <T> void add(List<T> values, T value) {
        if (values.size() == MOST_ARGUMENTS) {
            throw JsonInput.invalid(parser, "a statement has more than " + MOST_ARGUMENTS + " arguments");
        }
        values.add(value);
    }

    private void note(String place) {
        if (fault == null) {
            fault = place + ": expected null, a boolean, a number, a string or {\"base64\":\"…\"}";
        }
    }

    /** The value that starts at the current token, read to its end; null if it cannot be bound. */
    private @Nullable SqlValue value(JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_NULL -> SqlValue.NULL;
            case VALUE_TRUE -> ONE;
            case VALUE_FALSE -> ZERO;
            case VALUE_STRING -> new SqlValue.Text(JsonInput.text(parser));
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? real(Double.parseDouble(parser.getText()))
                        : new SqlValue.Integer(parser.getLongValue());
            case VALUE_NUMBER_FLOAT -> real(parser.getDoubleValue());
            case START_OBJECT -> blob();
            default -> {
                parser.skipChildren();
                yield null;
            }
        };
    }

    /** A number beyond the range of a double keeps its digits as text. */
    private SqlValue real(double value) throws IOException {
        return Double.isInfinite(value) ? new SqlValue.Text(parser.getText()) : new SqlValue.Real(value);
    }

    private @Nullable SqlValue blob() throws IOException {
        byte[] bytes = null;
        boolean known = true;
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            if (field.equals("base64") && token == JsonToken.VALUE_STRING) {
                bytes = decoded(parser.getText());
            } else {
                known = false;
                parser.skipChildren();
            }
        }
        return bytes != null && known ? new SqlValue.Blob(bytes) : null;
    }

    private static byte @Nullable [] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
