import com.google.gson.JsonArray;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs Main, then looks at what else can be done from Java, and counts what it looked at. */
final class Checks {
    private static final String INSERT = "INSERT INTO users_java_http (name, balance) VALUES (?, ?)";

    private static int passed;

    private Checks() {}

    public static void main(String[] args) throws Exception {
        try {
            Main.Database database = Main.connect(Main.token());
            same("balances", Main.balances(database), "[[\"ada\",70],[\"bob\",260]]");
            values(database);
            blobs(database);
            argumentsAndCounts(database);
            errors(database);
            transactions(database);
            manyThreads(database);
        } catch (IOException | Main.QuicsqlException refused) {
            fail(refused.toString());
        }
        System.out.println("OK java-http, java.net.http " + System.getProperty("java.version") + ": " + passed + " checks passed");
    }

    /** By /query and on a stream. */
    private static void values(Main.Database database) throws Exception {
        try (Main.Transaction stream = new Main.Transaction(database)) {
            for (long value : new long[] {0, -1, (1L << 53) + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
                JsonArray row = row(database, "SELECT ?, typeof(?1)", value);
                same("integer", row.get(0).getAsLong(), value);
                same("its type", row.get(1).getAsString(), "integer");
                same("on a stream", stream.execute("SELECT ?, typeof(?1)", value), List.of(List.of(value, "integer")));
            }
            for (double value : new double[] {0, 100, 0.1, -1e300, Double.MIN_VALUE}) {
                JsonArray row = row(database, "SELECT ?, typeof(?1)", value);
                same("float", row.get(0).getAsDouble(), value);
                same("its type", row.get(1).getAsString(), "real");
                same("on a stream", stream.execute("SELECT ?, typeof(?1)", value), List.of(List.of(value, "real")));
            }
            for (String value : List.of("", "Grüße 世界 👍🏽", "a\0b", "a/b", "\"'\\", "<>&=\u2028", "x".repeat(1_000_000))) {
                JsonArray row = row(database, "SELECT ?, typeof(?1)", value);
                same("text", row.get(0).getAsString(), value);
                same("its type", row.get(1).getAsString(), "text");
                same("on a stream", stream.execute("SELECT ?, typeof(?1)", value), List.of(List.of(value, "text")));
            }
            same("NULL", row(database, "SELECT ?, ?", null, "").toString(), "[null,\"\"]");
            same("on a stream", stream.execute("SELECT ?, ?", null, ""), List.of(Arrays.asList(null, "")));
        }
        same("booleans", row(database, "SELECT ?, ?", true, false).toString(), "[1,0]");
        try {
            throw fail("an infinity in arguments: " + database.query("SELECT ?", Double.POSITIVE_INFINITY));
        } catch (IllegalArgumentException refused) {
            same("an infinity in arguments", refused.getMessage().startsWith("Infinity is not a valid double value"), true);
        }
        same("an infinity", row(database, "SELECT 9e999").toString(), "[null]");
    }

    private static void blobs(Main.Database database) throws Exception {
        // snippet:blobs
        // A blob has a form of its own in JSON, there and back.
        byte[] bytes = {0x00, (byte) 0xff, 0x10};
        Map<String, String> blob = Map.of("base64", Base64.getEncoder().encodeToString(bytes));
        JsonArray row = database.query("SELECT ?", blob).getAsJsonArray("rows").get(0).getAsJsonArray();
        byte[] found = Base64.getDecoder().decode(row.get(0).getAsJsonObject().get("base64").getAsString());
        // snippet:end
        same("blob", Arrays.equals(found, bytes), true);
        try (Main.Transaction stream = new Main.Transaction(database)) {
            for (int length : new int[] {0, 1, 2, 3, 1_000_000}) {
                byte[] value = new byte[length];
                Arrays.fill(value, (byte) 0xff);
                String base64 = Base64.getEncoder().encodeToString(value);
                JsonArray back = row(database, "SELECT ?, typeof(?1), length(?1)", Map.of("base64", base64));
                same("blob", back.toString().equals("[{\"base64\":\"" + base64 + "\"},\"blob\"," + length + "]"), true);
                List<Object> streamed = stream.execute("SELECT ?, typeof(?1)", value).get(0);
                same("blob on a stream", Arrays.equals((byte[]) streamed.get(0), value), true);
                same("its type", streamed.get(1), "blob");
            }
        }
    }

    private static void argumentsAndCounts(Main.Database database) throws Exception {
        same("by number", row(database, "SELECT ?2, ?1", "a", "b").toString(), "[\"b\",\"a\"]");
        Map<String, Object> named = Map.of("sql", "SELECT :a, @b, :a", "args", Map.of("a", 1, "b", "two"));
        same("by name", database.post("query", named).get("rows").toString(), "[[1,\"two\",1]]");
        var carol = database.query(INSERT + " RETURNING name", "carol", 5);
        same("RETURNING", carol.get("rows").toString(), "[[\"carol\"]]");
        same("last_insert_id", carol.get("last_insert_id").getAsLong() > 0, true);
        same("rows_affected", database.query("UPDATE users_java_http SET balance = balance + 1").get("rows_affected").getAsInt(), 3);
        String series = "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 10000) SELECT i FROM s";
        JsonArray rows = database.query(series).getAsJsonArray("rows");
        same("10,000 rows", rows.size(), 10_000);
        same("the last of them", rows.get(9_999).toString(), "[10000]");
    }

    private static void errors(Main.Database database) throws Exception {
        var twice = refused("a name twice", "SQLITE_CONSTRAINT_UNIQUE", () -> database.query(INSERT, "ada", 1));
        same("its text", twice.getMessage(), "SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: users_java_http.name");
        same("its status", twice.status, 200);
        refused("a batch", "SQLITE_CONSTRAINT_UNIQUE", () -> database.batch(
                new Main.Statement(INSERT, List.of("dan", 1)), new Main.Statement(INSERT, List.of("ada", 1))));
        same("nothing of it", count(database), 3L);
        refused("no such table", "SQLITE_ERROR", () -> database.query("SELECT * FROM missing"));
        same("BEGIN", refused("BEGIN", "STATEMENT_NOT_ALLOWED", () -> database.query("BEGIN")).status, 400);
        refused("too few arguments", "ARGS_INVALID", () -> database.query("SELECT ?"));
        Main.Database stranger = Main.connect("wrong");
        same("a wrong token", refused("a wrong token", "UNAUTHENTICATED", () -> stranger.query("SELECT 1")).status, 401);
        same("on a stream", refused("on a stream", "UNAUTHENTICATED", () -> new Main.Transaction(stranger)).status, 401);
    }

    private static void transactions(Main.Database database) throws Exception {
        try (Main.Transaction transaction = new Main.Transaction(database)) {
            transaction.execute(INSERT, "dan", 1);
            refused("an error in a transaction", "SQLITE_CONSTRAINT_UNIQUE", () -> transaction.execute(INSERT, "ada", 1));
            same("what was done before", transaction.execute("SELECT count(*) FROM users_java_http"), List.of(List.of(4L)));
            transaction.execute("ROLLBACK");
            same("after a rollback", transaction.execute("SELECT count(*) FROM users_java_http"), List.of(List.of(3L)));
        }
        try (Main.Transaction transaction = new Main.Transaction(database)) {
            transaction.execute("DELETE FROM users_java_http");
        }
        same("rows after a close", count(database), 3L);
        try (Main.Transaction transaction = new Main.Transaction(database)) {
            transaction.execute("SAVEPOINT a");
            transaction.execute("DELETE FROM users_java_http");
            transaction.execute("ROLLBACK TO a");
            transaction.execute("DELETE FROM users_java_http WHERE name = 'carol'");
            transaction.commit();
        }
        same("rows after a savepoint", count(database), 2L);
    }

    /** One Database for all threads: writers wait for their turn, and nobody is told that the database is locked. */
    private static void manyThreads(Main.Database database) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                futures.add(threads.submit(() -> {
                    for (int j = 0; j < 5; j++) {
                        try (Main.Transaction transaction = new Main.Transaction(database)) {
                            Object balance = transaction
                                    .execute("SELECT balance FROM users_java_http WHERE name = 'ada'")
                                    .get(0)
                                    .get(0);
                            transaction.execute(
                                    "UPDATE users_java_http SET balance = ? WHERE name = 'ada'", (Long) balance + 1);
                            transaction.commit();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            threads.shutdownNow();
        }
        same("no update is lost", row(database, "SELECT balance FROM users_java_http WHERE name = 'ada'").get(0).getAsInt(), 111);
    }

    private static long count(Main.Database database) throws Exception {
        return row(database, "SELECT count(*) FROM users_java_http").get(0).getAsLong();
    }

    private static JsonArray row(Main.Database database, String sql, Object... args) throws Exception {
        return database.query(sql, args).getAsJsonArray("rows").get(0).getAsJsonArray();
    }

    private static Main.QuicsqlException refused(String what, String reason, Callable<?> call) throws Exception {
        try {
            Object found = call.call();
            throw fail(what + ": expected " + reason + ", found " + found);
        } catch (Main.QuicsqlException refused) {
            same(what, refused.reason, reason);
            return refused;
        }
    }

    private static void same(String what, Object found, Object expected) {
        if (!Objects.equals(found, expected)) {
            throw fail(what + ": expected " + shorten(expected) + ", found " + shorten(found));
        }
        passed++;
    }

    private static String shorten(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 300 ? text : text.substring(0, 300) + " ... (" + text.length() + " characters)";
    }

    private static AssertionError fail(String text) {
        System.err.println("java-http: " + text);
        System.exit(1);
        return new AssertionError(text);
    }
}
