import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Values there and back. */
final class ValueChecks {
    private ValueChecks() {}

    static void run(Connection connection) throws SQLException {
        integers(connection);
        reals(connection);
        texts(connection);
        nulls(connection);
        booleans(connection);
        blobs(connection);
        times(connection);
        largeValues(connection);
    }

    private static void integers(Connection connection) throws SQLException {
        long[] values = {0, -1, Integer.MAX_VALUE, (1L << 53) + 1, -(1L << 53) - 1, Long.MAX_VALUE, Long.MIN_VALUE};
        for (long value : values) {
            try (Row row = Row.of(connection, statement -> statement.setLong(1, value))) {
                Check.equal("type of " + value, "integer", row.type());
                Check.equal("long " + value, value, row.cells().getLong(2));
                Check.equal("object " + value, (Object) value, row.cells().getObject(2));
                Check.equal(
                        "text of " + value, Long.toString(value), row.cells().getString(2));
            }
        }
        try (Row row = Row.of(connection, statement -> statement.setLong(1, (1L << 32) + 7))) {
            Check.equal("an int that is too small is cut", 7, row.cells().getInt(2));
        }
        try (Row row = Row.of(connection, statement -> statement.setByte(1, (byte) -3))) {
            Check.equal("a byte", (byte) -3, row.cells().getByte(2));
        }
        try (Row row = Row.of(connection, statement -> statement.setShort(1, (short) -300))) {
            Check.equal("a short", (short) -300, row.cells().getShort(2));
        }
        BigInteger past = BigInteger.ONE.shiftLeft(63);
        try (Row row = Row.of(connection, statement -> statement.setObject(1, past))) {
            Check.equal("past 64 bits SQLite has floats only", "real", row.type());
        }
    }

    private static void reals(Connection connection) throws SQLException {
        for (double value : new double[] {0.1, -1.5, 1.0, 1e300, 5e-324, Double.MAX_VALUE, Math.PI}) {
            try (Row row = Row.of(connection, statement -> statement.setDouble(1, value))) {
                Check.equal("type of " + value, "real", row.type());
                Check.equal("double " + value, value, row.cells().getDouble(2));
            }
        }
        try (Row row = Row.of(connection, statement -> statement.setFloat(1, 0.1f))) {
            Check.equal("a float goes by its digits", 0.1, row.cells().getDouble(2));
            Check.equal("a float", 0.1f, row.cells().getFloat(2));
        }
        try (Row row = Row.of(connection, statement -> statement.setBigDecimal(1, new BigDecimal("12.50")))) {
            Check.equal("a BigDecimal becomes a float", "real", row.type());
            Check.equal("a BigDecimal", new BigDecimal("12.5"), row.cells().getBigDecimal(2, 1));
        }
        Check.fails("an infinity is not sent", () -> Row.of(connection, s -> s.setDouble(1, Double.POSITIVE_INFINITY)));
        Check.fails("NaN is not sent", () -> Row.of(connection, s -> s.setDouble(1, Double.NaN)));
        Check.equal("an infinity comes as NULL", List.of(""), Checks.texts(connection, "SELECT 1e999"));
    }

    private static void texts(Connection connection) throws SQLException {
        List<String> values =
                List.of("", " ", "a\u0000b", "\u0000", "😀 ü 漢", "'\"\\/", "</script>", "\r\n\t\u0001\u007f", "[B@1");
        for (String value : values) {
            try (Row row = Row.of(connection, statement -> statement.setString(1, value))) {
                Check.equal("type of a text", "text", row.type());
                Check.equal("a text", value, row.cells().getString(2));
                Check.that("a text is no NULL", !row.cells().wasNull());
            }
        }
        try (Row row = Row.of(connection, s -> s.setCharacterStream(1, new StringReader("read"), 4))) {
            Check.equal("a reader's text", "read", row.cells().getString(2));
        }
        try (Row row = Row.of(connection, statement -> statement.setString(1, "12"))) {
            Check.equal("a text of digits as a long", 12L, row.cells().getLong(2));
        }
    }

    // snippet:null
    private static void nulls(Connection connection) throws SQLException {
        try (Row row = Row.of(connection, statement -> statement.setNull(1, Types.VARCHAR))) {
            Check.equal("getObject tells NULL", null, row.cells().getObject(2));
            Check.equal("getString makes an empty text of NULL", "", row.cells().getString(2));
            Check.that("wasNull tells them apart", row.cells().wasNull());
        }
    }
    // snippet:end

    private static void booleans(Connection connection) throws SQLException {
        try (Row row = Row.of(connection, statement -> statement.setBoolean(1, true))) {
            Check.equal("true is stored as 1", "integer", row.type());
            Check.equal("which is true as a number", 1, row.cells().getInt(2));
            Check.equal(
                    "but not to getBoolean, which knows the word only",
                    false,
                    row.cells().getBoolean(2));
        }
        try (Row row = Row.of(connection, statement -> statement.setString(1, "true"))) {
            Check.equal("getBoolean of the word", true, row.cells().getBoolean(2));
        }
    }

    private static void blobs(Connection connection) throws SQLException {
        for (String hex : List.of("", "00", "00ff", "010203", "7b7d00")) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            Check.that("blob of " + bytes.length, Arrays.equals(bytes, blob(connection, bytes)));
            Check.equal("type of a blob", List.of("blob"), Checks.texts(connection, "SELECT typeof(unhex(?))", hex));
        }
        byte[] large = new byte[1 << 20];
        new Random(1).nextBytes(large);
        Check.that("blob of 1 MiB", Arrays.equals(large, blob(connection, large)));

        byte[] lost = {1, 2, 3};
        try (Row row = Row.of(connection, statement -> statement.setBytes(1, lost))) {
            Check.equal("setBytes stores a text", "text", row.type());
            Check.that(
                    "which is Java's name of the array",
                    row.cells().getString(2).startsWith("[B@"));
        }
        try (Row row = Row.of(connection, s -> s.setBinaryStream(1, new ByteArrayInputStream(lost), lost.length))) {
            Check.equal("setBinaryStream stores a text", "text", row.type());
        }
        Check.unsupported("createBlob", connection::createBlob);
        try (Row row = Row.of(connection, "SELECT 'blob', x'010203' WHERE ? IS NULL", s -> s.setNull(1, Types.BLOB))) {
            Check.equal(
                    "getBytes is the printed map",
                    "{base64=AQID}",
                    new String(row.cells().getBytes(2)));
            Check.unsupported("getBinaryStream", () -> row.cells().getBinaryStream(2));
        }
    }

    // snippet:blob
    /** There and back: as hexadecimal text, which SQLite turns into a blob, and as the map that getObject returns. */
    private static byte[] blob(Connection connection, byte[] bytes) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT unhex(?) AS content")) {
            statement.setString(1, HexFormat.of().formatHex(bytes));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                Map<?, ?> content = (Map<?, ?>) rows.getObject("content");
                return Base64.getDecoder().decode((String) content.get("base64"));
            }
        }
    }
    // snippet:end

    private static void times(Connection connection) throws SQLException {
        Date date = Date.valueOf("2024-02-29");
        try (Row row = Row.of(connection, statement -> statement.setDate(1, date))) {
            Check.equal("a date is a text", "2024-02-29", row.cells().getString(2));
            Check.equal("a date", date, row.cells().getDate(2));
        }
        Time time = Time.valueOf("23:59:58");
        try (Row row = Row.of(connection, statement -> statement.setTime(1, time))) {
            Check.equal("a time", time, row.cells().getTime(2));
        }
        Timestamp timestamp = Timestamp.valueOf("2024-02-29 23:59:58.123456");
        try (Row row = Row.of(connection, statement -> statement.setTimestamp(1, timestamp))) {
            Check.equal(
                    "a timestamp is a text",
                    "2024-02-29 23:59:58.123456",
                    row.cells().getString(2));
            Check.equal("a timestamp", timestamp, row.cells().getTimestamp(2));
        }
        LocalDate day = LocalDate.of(2024, 2, 29);
        try (Row row = Row.of(connection, statement -> statement.setObject(1, day))) {
            Check.equal(
                    "a LocalDate goes as text", day, LocalDate.parse(row.cells().getString(2)));
            Check.unsupported("getObject of a class", () -> row.cells().getObject(2, LocalDate.class));
        }
    }

    private static void largeValues(Connection connection) throws SQLException {
        String large = "ünï😀".repeat(1 << 17);
        try (Row row = Row.of(connection, statement -> statement.setString(1, large))) {
            Check.equal("a text of 1 MB", large, row.cells().getString(2));
        }
        String count =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i FROM n";
        List<String> numbers = Checks.texts(connection, count);
        Check.equal("10,000 rows", 10_000, numbers.size());
        Check.equal("the last of them", "10000", numbers.get(9_999));
    }
}
