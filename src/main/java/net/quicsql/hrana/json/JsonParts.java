package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.JsonEncoding.ascii;

import java.util.List;
import net.quicsql.hrana.HranaError;
import net.quicsql.hrana.HranaErrors;
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

    private JsonParts() {}

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
