import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.function.Function;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.statement.StatementContext;

// snippet:mappers
/**
 * Columns that the driver's own getters do not read as Jdbi expects: getBoolean(1) is false, getBytes returns a printed
 * map, and getObject knows no classes.
 */
final class Columns {
    private Columns() {}

    static Boolean truth(ResultSet row, int column, StatementContext context) throws SQLException {
        Object value = row.getObject(column);
        return value == null ? null : value instanceof Number number && number.longValue() != 0;
    }

    /** Values that are bound as their text. */
    static <T> ColumnMapper<T> parsed(Function<String, T> parse) {
        return (row, column, context) -> {
            Object value = row.getObject(column);
            return value == null ? null : parse.apply(value.toString());
        };
    }

    static byte[] blob(ResultSet row, int column, StatementContext context) throws SQLException {
        return row.getObject(column) instanceof Map<?, ?> blob
                ? Base64.getDecoder().decode((String) blob.get("base64"))
                : null;
    }
}
// snippet:end
