package net.quicsql.json;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.util.Arrays;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Opens request bodies as streams of JSON tokens within our limits: UTF-8, nesting, length of strings and numbers, no
 * member twice in an object. What is wrong with a body is told by line and column, never by repeating its text. Thread-safe.
 */
public final class JsonInput {
    /** Objects and arrays inside each other: conditions may nest, and reading them recurses. */
    private static final int MAX_NESTING = 100;

    /** Digits of a number: reading one takes time that grows faster than its length. */
    private static final int MAX_NUMBER_LENGTH = 1_000;

    /** What the parser says of a member that is there twice: it has neither a code nor an exception for it. */
    private static final String DUPLICATE = "Duplicate ";

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final JsonFactory factory;

    /**
     * @param maxBytes longest string within a body, in UTF-16 units; that of the largest body, so that strings have no
     *     limit of their own
     */
    public JsonInput(int maxBytes) {
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxNestingDepth(MAX_NESTING)
                .maxNumberLength(MAX_NUMBER_LENGTH)
                .maxStringLength(maxBytes)
                .build();
        // Names come from clients: interning them would fill a table of the whole JVM.
        factory = JsonFactory.builder()
                .streamReadConstraints(constraints)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .build();
    }

    /** Reads one body from its first token to its last. */
    @FunctionalInterface
    public interface Reading<T> {
        /** Called with the parser before its first token; must leave it on the last token of the value. */
        T read(JsonParser parser) throws IOException;
    }

    /**
     * Reads a body that holds exactly one JSON value.
     *
     * @throws ProblemException INVALID_JSON, or what the reading throws
     */
    public <T> T read(byte[] body, Reading<T> reading) {
        try (JsonParser parser = parser(body)) {
            T value = reading.read(parser);
            requireEnd(parser);
            return value;
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw unreadable();
        }
    }

    /**
     * A parser over a body, before its first token. The body is UTF-8, with or without a byte order mark.
     *
     * @throws ProblemException INVALID_JSON when it is not
     */
    private JsonParser parser(byte[] body) throws IOException {
        requireNonNull(body, "body is null");
        requireUtf8(body);
        int start = startsWithMark(body) ? BYTE_ORDER_MARK.length : 0;
        return factory.createParser(body, start, body.length - start);
    }

    /** The parser itself takes overlong forms and looks at no more than the lead bytes of what it skips. */
    private static void requireUtf8(byte[] body) {
        int malformed = Utf8.firstMalformed(body);
        if (malformed < 0 && body.length > 1 && (body[0] == 0 || body[1] == 0)) {
            // UTF-16 or UTF-32 without a mark: JSON begins with ASCII.
            malformed = body[0] == 0 ? 0 : 1;
        }
        if (malformed >= 0) {
            throw new Problem.Refused(
                            ProblemCode.INVALID_JSON, "the body is not UTF-8 text: see the byte at offset " + malformed)
                    .toException();
        }
    }

    private static boolean startsWithMark(byte[] body) {
        int length = BYTE_ORDER_MARK.length;
        return body.length >= length && Arrays.equals(body, 0, length, BYTE_ORDER_MARK, 0, length);
    }

    /** What a failing parser means for the client: INVALID_JSON and where. */
    public static ProblemException malformed(JsonProcessingException exception) {
        String what;
        if (exception instanceof StreamConstraintsException) {
            what = "a JSON value nests too deeply or is too long";
        } else if (exception instanceof InputCoercionException) {
            what = "a JSON number is out of range";
        } else if (exception.getOriginalMessage().startsWith(DUPLICATE)) {
            what = "a field is given twice in an object";
        } else {
            what = "malformed JSON";
        }
        return new Problem.Refused(ProblemCode.INVALID_JSON, what + place(exception.getLocation())).toException();
    }

    /** A body without a value. */
    public static ProblemException empty() {
        return new Problem.Refused(ProblemCode.INVALID_JSON, "the body is empty").toException();
    }

    /** Well-formed JSON that is not what the protocol asks for: INVALID_REQUEST with the place of the current token. */
    public static ProblemException invalid(JsonParser parser, String what) {
        return new Problem.Refused(ProblemCode.INVALID_REQUEST, what + place(parser.currentTokenLocation()))
                .toException();
    }

    /** JSON that can be read and says what the protocol forbids, with the place of the current token. */
    public static ProblemException forbidden(JsonParser parser, String what) {
        return new Problem.AgainstProtocol(what + place(parser.currentTokenLocation())).toException();
    }

    /**
     * Checks that nothing follows the value just read.
     *
     * @throws ProblemException INVALID_JSON
     */
    public static void requireEnd(JsonParser parser) {
        try {
            if (parser.nextToken() != null) {
                throw new Problem.Refused(
                                ProblemCode.INVALID_JSON,
                                "something follows the JSON value" + place(parser.currentTokenLocation()))
                        .toException();
            }
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw unreadable();
        }
    }

    /**
     * The string at the current token.
     *
     * @throws ProblemException INVALID_REQUEST when the token is no string or the string holds half of a surrogate pair,
     *     which has no form in UTF-8; INVALID_JSON when the string is malformed
     */
    public static String text(JsonParser parser) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw invalid(parser, "expected a string");
        }
        try {
            String text = parser.getText();
            if (hasLoneSurrogate(text)) {
                throw invalid(parser, "a string holds half of a surrogate pair");
            }
            return text;
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw unreadable();
        }
    }

    /** Whether a text holds half of a surrogate pair. */
    public static boolean hasLoneSurrogate(String text) {
        int length = text.length();
        for (int at = 0; at < length; at++) {
            char c = text.charAt(at);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && at + 1 < length
                        && Character.isLowSurrogate(text.charAt(at + 1));
                if (!pair) {
                    return true;
                }
                at++;
            }
        }
        return false;
    }

    /** Reading an array fails in no other way than as a parser's exception, but the compiler does not know. */
    private static ProblemException unreadable() {
        return new Problem.Refused(ProblemCode.INVALID_JSON, "the body cannot be read as JSON").toException();
    }

    private static String place(@Nullable JsonLocation location) {
        if (location == null || location.getLineNr() < 1) {
            return "";
        }
        return " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
