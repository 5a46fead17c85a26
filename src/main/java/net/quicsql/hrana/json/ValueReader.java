package net.quicsql.hrana.json;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.util.Base64;
import net.quicsql.json.JsonInput;
import net.quicsql.sql.SqlValue;
import org.jspecify.annotations.Nullable;

/**
 * Reads values (Hrana 3, "Values"). A member is read when it comes if the type is known by then, as it is with every client
 * we know; otherwise it is kept until the object ends. Stateless.
 */
final class ValueReader {
    /** Padded or not. */
    private static final Base64Variant BASE64 =
            Base64Variants.MIME_NO_LINEFEEDS.withReadPadding(Base64Variant.PaddingReadBehaviour.PADDING_ALLOWED);

    private static final long MIN_LONG_TENTH = Long.MIN_VALUE / 10;

    private ValueReader() {}

    private enum Type {
        NULL,
        INTEGER,
        FLOAT,
        TEXT,
        BLOB
    }

    static SqlValue value(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw JsonInput.invalid(parser, "a value must be an object");
        }
        Type type = null;
        SqlValue result = null;
        Kept keptValue = null;
        Kept keptBase64 = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = RequestReader.member(parser);
            if (RequestReader.isNull(parser)) {
                continue;
            }
            switch (name) {
                case "type" -> type = type(parser);
                case "value" -> {
                    if (type == null) {
                        keptValue = Kept.of(parser);
                    } else if (type == Type.NULL || type == Type.BLOB) {
                        parser.skipChildren();
                    } else {
                        result = read(parser, type);
                    }
                }
                case "base64" -> {
                    if (type == null) {
                        keptBase64 = Kept.of(parser);
                    } else if (type == Type.BLOB) {
                        result = blob(parser);
                    } else {
                        parser.skipChildren();
                    }
                }
                default -> parser.skipChildren();
            }
        }
        if (type == null) {
            throw JsonInput.invalid(parser, "a value without type");
        }
        if (type == Type.NULL) {
            return SqlValue.NULL;
        }
        if (result != null) {
            return result;
        }
        Kept kept = type == Type.BLOB ? keptBase64 : keptValue;
        if (kept == null) {
            throw JsonInput.invalid(parser, type == Type.BLOB ? "base64 is missing" : "value is missing");
        }
        return kept.as(type, parser);
    }

    private static Type type(JsonParser parser) {
        return switch (JsonInput.text(parser)) {
            case "null" -> Type.NULL;
            case "integer" -> Type.INTEGER;
            case "float" -> Type.FLOAT;
            case "text" -> Type.TEXT;
            case "blob" -> Type.BLOB;
            default -> throw JsonInput.invalid(parser, "unknown value type");
        };
    }

    private static SqlValue read(JsonParser parser, Type type) throws IOException {
        return switch (type) {
            case NULL, BLOB -> throw new IllegalArgumentException(type + " has no member value");
            case INTEGER -> new SqlValue.Integer(integer(parser));
            case FLOAT -> {
                if (!parser.currentToken().isNumeric()) {
                    throw JsonInput.invalid(parser, "a float must be a number");
                }
                yield new SqlValue.Real(parser.getDoubleValue());
            }
            case TEXT -> new SqlValue.Text(JsonInput.text(parser));
        };
    }

    private static long integer(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NUMBER_INT) {
            throw JsonInput.invalid(parser, "an integer must be a string of digits or an integer");
        }
        return integer(parser, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    }

    /** Reads digits after an optional sign, without a string in between. */
    private static long integer(JsonParser parser, char[] text, int offset, int length) {
        int at = offset;
        int end = offset + length;
        boolean negative = length > 0 && text[at] == '-';
        if (negative || (length > 0 && text[at] == '+')) {
            at++;
        }
        if (at == end) {
            throw JsonInput.invalid(parser, "an integer without digits");
        }
        // Gathered below zero, where there is one number more.
        long value = 0;
        for (; at < end; at++) {
            int digit = text[at] - '0';
            if (digit < 0 || digit > 9) {
                throw JsonInput.invalid(parser, "an integer must be made of decimal digits");
            }
            if (value < MIN_LONG_TENTH || value * 10 < Long.MIN_VALUE + digit) {
                throw JsonInput.invalid(parser, "an integer does not fit into 64 bits");
            }
            value = value * 10 - digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw JsonInput.invalid(parser, "an integer does not fit into 64 bits");
        }
        return negative ? value : -value;
    }

    private static SqlValue blob(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw JsonInput.invalid(parser, "base64 must be a string");
        }
        try {
            return new SqlValue.Blob(parser.getBinaryValue(BASE64));
        } catch (JsonEOFException e) {
            throw e;
        } catch (JsonParseException e) {
            throw JsonInput.invalid(parser, "base64 is malformed");
        }
    }

    /**
     * A member that came before the type.
     *
     * @param token what it began with
     * @param text its text, empty for an object or array
     */
    private record Kept(JsonToken token, String text) {
        static Kept of(JsonParser parser) throws IOException {
            JsonToken token = parser.currentToken();
            String text = token.isScalarValue() ? parser.getText() : "";
            parser.skipChildren();
            return new Kept(token, text);
        }

        SqlValue as(Type type, JsonParser parser) {
            boolean string = token == JsonToken.VALUE_STRING;
            @Nullable
            SqlValue value = switch (type) {
                case NULL -> SqlValue.NULL;
                case INTEGER -> string || token == JsonToken.VALUE_NUMBER_INT ? integer(parser) : null;
                case FLOAT -> token.isNumeric() ? new SqlValue.Real(Double.parseDouble(text)) : null;
                case TEXT -> string && !JsonInput.hasLoneSurrogate(text) ? new SqlValue.Text(text) : null;
                case BLOB -> string ? blob(parser) : null;
            };
            if (value == null) {
                throw JsonInput.invalid(parser, "a value is not of its type");
            }
            return value;
        }

        private SqlValue integer(JsonParser parser) {
            return new SqlValue.Integer(ValueReader.integer(parser, text.toCharArray(), 0, text.length()));
        }

        private SqlValue blob(JsonParser parser) {
            try {
                return new SqlValue.Blob(Base64.getDecoder().decode(text));
            } catch (IllegalArgumentException e) {
                throw JsonInput.invalid(parser, "base64 is malformed");
            }
        }
    }
}
