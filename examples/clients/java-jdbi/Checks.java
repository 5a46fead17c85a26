import com.dbeaver.jdbc.driver.libsql.LibSqlConnection;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/** What Jdbi can do with the driver beyond {@link Main}, and what it cannot, as it really is. */
public final class Checks {
    private static final String TABLE = "checks_java_jdbi";

    /** What a value becomes on its way. */
    record Typed(String type, String text) {}

    enum Colour {
        RED,
        GREEN
    }

    public static void main(String[] arguments) throws IOException {
        Jdbi jdbi = Main.connect();
        try (Handle handle = jdbi.open()) {
            sqlObjects(handle);
            fluent(handle);
            values(handle);
            blobs(handle);
            keysAndBatches(handle);
            transactions(handle);
            failures(handle);
        }
        extensions(jdbi);
        System.out.println(
                "OK java-jdbi, jdbi3-core " + version("org.jdbi", "jdbi3-core", Jdbi.class) + " over the driver "
                        + version("com.dbeaver.jdbc", "com.dbeaver.jdbc.driver.libsql", LibSqlConnection.class) + ": "
                        + Check.passed() + " checks passed");
    }

    private static String version(String group, String artifact, Class<?> type) throws IOException {
        Properties properties = new Properties();
        String name = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (InputStream in = type.getResourceAsStream(name)) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    /** Goes on with what {@link Main} has left behind. */
    private static void sqlObjects(Handle handle) {
        Users users = handle.attach(Users.class);
        Check.equal(
                "balances after one transfer that took place and one that did not",
                List.of(
                        new Users.User(1, "ada@example.com", "Ada", 70),
                        new Users.User(2, "bob@example.com", "Bob", 80)),
                users.all());
        Users.User ada = users.byEmail("ada@example.com").orElseThrow();
        Check.equal("a row as a record", "Ada", ada.name());
        Check.equal("no row", Optional.empty(), users.byEmail("nobody@example.com"));
        Check.equal("an update's count", 1, users.update(new Users.User(ada.id(), ada.email(), null, ada.balance())));
        Check.equal(
                "NULL in a record",
                null,
                users.byEmail("ada@example.com").orElseThrow().name());
        Check.equal("an update of no row", 0, users.update(new Users.User(99, "x", "x", 0)));
        Check.equal("an id that was made", 3L, users.insert("eve@example.com", "Eve", 0));
    }

    private static void fluent(Handle handle) {
        handle.execute("DROP TABLE IF EXISTS " + TABLE);
        handle.execute("CREATE TABLE " + TABLE + "(id INTEGER PRIMARY KEY, v)");
        Check.equal(
                "execute with arguments",
                2,
                handle.execute("INSERT INTO " + TABLE + " VALUES(1, ?), (2, ?)", "a", "b"));
        Check.equal(
                "names",
                List.of("b"),
                handle.createQuery("SELECT v FROM " + TABLE + " WHERE id = :id AND v <> :not")
                        .bind("id", 2)
                        .bind("not", "a")
                        .mapTo(String.class)
                        .list());
        Check.equal(
                "a map",
                Map.of("id", 1L, "v", "a"),
                handle.select("SELECT * FROM " + TABLE + " LIMIT 1").mapToMap().one());
        Check.equal(
                "a list of values",
                List.of(1L, 2L),
                handle.createQuery("SELECT id FROM " + TABLE + " WHERE v IN (<vs>) ORDER BY id")
                        .bindList("vs", "a", "b", "c")
                        .mapTo(Long.class)
                        .list());
        Check.equal(
                "10,000 rows",
                50_005_000L,
                handle
                        .createQuery("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
                                + " SELECT i FROM n")
                        .mapTo(long.class)
                        .stream()
                        .mapToLong(Long::longValue)
                        .sum());
        Check.equal("an update that changes nothing", 0, handle.execute("UPDATE " + TABLE + " SET v = 1 WHERE id = 9"));
        Check.equal(
                "a PRAGMA",
                1,
                handle.select("PRAGMA foreign_keys").mapTo(int.class).one());
    }

    private static void values(Handle handle) {
        for (long value : new long[] {0, -1, (1L << 53) + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            Check.equal(
                    "long " + value,
                    value,
                    handle.select("SELECT ?", value).mapTo(long.class).one());
        }
        for (double value : new double[] {0.1, 1.0, 1e300, 5e-324}) {
            Check.equal(
                    "double " + value,
                    value,
                    handle.select("SELECT ?", value).mapTo(double.class).one());
        }
        for (String value : List.of("", "a\u0000b", "😀 ü", "'\"\\/", ":name ? <x>")) {
            Check.equal(
                    "a text",
                    value,
                    handle.select("SELECT ?", value).mapTo(String.class).one());
        }
        String large = "ü".repeat(1 << 19);
        Check.equal(
                "a text of 1 MiB",
                large,
                handle.select("SELECT ?", large).mapTo(String.class).one());
        Check.equal(
                "NULL",
                Optional.empty(),
                handle.select("SELECT ?", (Object) null).mapTo(String.class).findOne());
        Check.equal(
                "NULL is no empty text",
                "null",
                handle.select("SELECT typeof(?)", (Object) null)
                        .mapTo(String.class)
                        .one());
        Check.equal(
                "true",
                true,
                handle.select("SELECT ?", true).mapTo(boolean.class).one());
        Check.equal(
                "false",
                false,
                handle.select("SELECT ?", false).mapTo(Boolean.class).one());
        Check.equal("how true is stored", new Typed("integer", "1"), typed(handle, true));
        Check.equal("an enum", new Typed("text", "GREEN"), typed(handle, Colour.GREEN));
        Check.equal(
                "there and back",
                Colour.GREEN,
                handle.select("SELECT ?", Colour.GREEN).mapTo(Colour.class).one());
        LocalDate date = LocalDate.of(2024, 2, 29);
        Check.equal("a date", new Typed("text", "2024-02-29"), typed(handle, date));
        Check.equal(
                "there and back",
                date,
                handle.select("SELECT ?", date).mapTo(LocalDate.class).one());
        LocalDateTime time = LocalDateTime.of(2024, 2, 29, 23, 59, 58);
        Check.equal("a time", new Typed("text", "2024-02-29T23:59:58"), typed(handle, time));
        Check.equal(
                "there and back",
                time,
                handle.select("SELECT ?", time).mapTo(LocalDateTime.class).one());
        UUID id = UUID.fromString("00000000-0000-4000-8000-00000000000f");
        Check.equal("a UUID", new Typed("text", id.toString()), typed(handle, id));
        Check.equal(
                "there and back",
                id,
                handle.select("SELECT ?", id).mapTo(UUID.class).one());
        Check.equal("a BigDecimal is a float", new Typed("real", "12.5"), typed(handle, new BigDecimal("12.50")));
    }

    private static Typed typed(Handle handle, Object value) {
        return handle.select("SELECT typeof(:v) AS type, CAST(:v AS TEXT) AS text")
                .bind("v", value)
                .map((row, context) -> new Typed(row.getString("type"), row.getString("text")))
                .one();
    }

    private static void blobs(Handle handle) {
        for (String hex : List.of("", "00", "00ff", "010203")) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            // snippet:blob
            byte[] back = handle.createQuery("SELECT unhex(:photo)")
                    .bind("photo", HexFormat.of().formatHex(bytes))
                    .mapTo(byte[].class)
                    .one();
            // snippet:end
            Check.that("a blob of " + bytes.length, Arrays.equals(bytes, back));
        }
        Check.equal(
                "a byte[] that is bound becomes a text",
                "text",
                typed(handle, new byte[] {1, 2}).type());
    }

    private static void keysAndBatches(Handle handle) {
        String insert = "INSERT INTO " + TABLE + "(v) VALUES(:v)";
        Check.fails(
                "generated keys",
                "SQLFeatureNotSupportedException",
                () -> handle.createUpdate(insert)
                        .bind("v", "c")
                        .executeAndReturnGeneratedKeys("id")
                        .mapTo(long.class)
                        .one());
        Check.equal(
                "RETURNING",
                3L,
                handle.createQuery(insert + " RETURNING id")
                        .bind("v", "c")
                        .mapTo(long.class)
                        .one());
        Check.fails("a prepared batch", "SQLFeatureNotSupportedException", () -> {
            PreparedBatch batch = handle.prepareBatch(insert);
            batch.bind("v", "d").add().bind("v", "e").add().execute();
        });
        Check.fails(
                "a batch",
                "SQLFeatureNotSupportedException",
                () -> handle.createBatch().add("DELETE FROM " + TABLE).execute());
        // snippet:many
        // Many rows in one request: one text for all of them, from a JSON array.
        int rows = handle.createUpdate("INSERT INTO " + TABLE + "(v) SELECT value FROM json_each(:values)")
                .bind("values", "[\"d\", \"e\", \"f\"]")
                .execute();
        // snippet:end
        Check.equal("rows of a JSON array", 3, rows);
    }

    private static void transactions(Handle handle) {
        String unsupported = "SQLFeatureNotSupportedException";
        Check.fails("begin", unsupported, handle::begin);
        Check.fails("inTransaction", unsupported, () -> handle.useTransaction(h -> h.execute("DELETE FROM " + TABLE)));
        Check.that("is in none", !handle.isInTransaction());
        Check.that(
                "BEGIN says why not",
                Check.message("BEGIN", () -> handle.execute("BEGIN"))
                        .contains("must end in the request that begins it"));
        Check.equal(
                "nothing was deleted",
                6L,
                handle.select("SELECT count(*) FROM " + TABLE).mapTo(long.class).one());
    }

    private static void failures(Handle handle) {
        Check.equal(
                "a constraint",
                "UNIQUE constraint failed: " + TABLE + ".id",
                Check.message("a constraint", () -> handle.execute("INSERT INTO " + TABLE + " VALUES(1, 'x')")));
        Check.equal(
                "no such table",
                "no such table: nowhere",
                Check.message(
                        "no table",
                        () -> handle.select("SELECT * FROM nowhere").mapToMap().list()));
        Check.equal("goes on", 1, handle.select("SELECT 1").mapTo(int.class).one());
    }

    /** A connection for a call. */
    private static void extensions(Jdbi jdbi) {
        Check.equal(
                "withExtension",
                3,
                jdbi.withExtension(Users.class, users -> users.all().size()));
        Check.equal(
                "withHandle",
                "x",
                jdbi.withHandle(handle ->
                        handle.select("SELECT 'x'").mapTo(String.class).one()));
    }
}
