package net.quicsql.hrana.json;

import static java.util.Objects.requireNonNull;
import static net.quicsql.hrana.json.JsonEncoding.ascii;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.quicsql.hrana.HranaError;
import net.quicsql.hrana.HranaErrors;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.Problem;
import net.quicsql.sql.Column;
import org.jspecify.annotations.Nullable;

/** Parts that several messages have in common. Stateless. */
final class JsonParts {
    private static final byte[] NAME = ascii("{\"name\":");
    private static final byte[] DECLTYPE = ascii(",\"decltype\":");
    private static final byte[] NULL_DECLTYPE = ascii(",\"decltype\":null}");
    private static final byte[] MESSAGE = ascii("{\"message\":");
    private static final byte[] CODE = ascii(",\"code\":");

    /** Behind the content of a response, and behind the item that the response is in. */
    static final byte[] RESPONSE_END = ascii("}}");

    private static final Map<StreamRequest.Kind, byte[]> RESPONSES = responses();

    private JsonParts() {}

    /** What a response begins with, up to its content. */
    static byte[] response(StreamRequest.Kind kind) {
        return requireNonNull(RESPONSES.get(kind));
    }

    private static Map<StreamRequest.Kind, byte[]> responses() {
        Map<StreamRequest.Kind, byte[]> texts = new EnumMap<>(StreamRequest.Kind.class);
        for (StreamRequest.Kind kind : StreamRequest.Kind.values()) {
            String content = switch (kind) {
                case EXECUTE, BATCH, DESCRIBE -> ",\"result\":";
                case GET_AUTOCOMMIT -> ",\"is_autocommit\":";
                case SEQUENCE, STORE_SQL, CLOSE_SQL, CLOSE -> "";
            };
            texts.put(kind, ascii("{\"type\":\"" + kind.name().toLowerCase(Locale.ROOT) + "\"" + content));
        }
        return texts;
    }

    /** The columns, without the brackets around them. */
    static void columns(JsonWriter json, List<Column> columns) {
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                json.raw(',');
            }
            Column column = columns.get(i);
            json.raw(NAME).string(column.name());
            String declaredType = column.declaredType();
            if (declaredType == null) {
                json.raw(NULL_DECLTYPE);
            } else {
                json.raw(DECLTYPE).string(declaredType).raw('}');
            }
        }
    }

    static void error(JsonWriter json, Problem problem) {
        HranaError error = HranaErrors.of(problem);
        json.raw(MESSAGE).string(error.message()).raw(CODE).string(error.code()).raw('}');
    }

    /** A rowid as a string, or null. */
    static void rowid(JsonWriter json, @Nullable Long rowid) {
        if (rowid == null) {
            json.nullValue();
        } else {
            json.integerText(rowid);
        }
    }
}
