import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Users and their balances with java.net.http and Gson: statements and batches, and a transaction over several requests. */
final class Main {
    // snippet:connect
    /** What the server refused: SQLite's extended name or one of the server's as {@code reason}. */
    static final class QuicsqlException extends RuntimeException {
        private static final long serialVersionUID = 1;

        final String reason;
        final int status;

        QuicsqlException(String reason, String message, int status) {
            super(reason + ": " + message);
            this.reason = reason;
            this.status = status;
        }
    }

    /** A statement and its arguments by position. */
    record Statement(String sql, List<?> args) {}

    /** A database on a server. Any number of threads may share it; the client keeps connections between requests. */
    record Database(HttpClient http, URI url, String token) {
        // Without these Gson drops NULL and writes = as an escape.
        private static final Gson GSON =
                new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

        /** The database is the path of the address. Nothing is sent before the first statement. */
        static Database open(String url, String token) {
            // Clear-text HTTP/2 is not served: without this line each connection would first ask for it.
            HttpClient http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();
            return new Database(http, URI.create(url.endsWith("/") ? url : url + "/"), token);
        }

        /** Runs one statement. */
        JsonObject query(String sql, Object... args) throws IOException, InterruptedException {
            return post("query", new Statement(sql, Arrays.asList(args)));
        }

        /** Runs the statements in one transaction: all of them, or none. */
        JsonArray batch(Statement... statements) throws IOException, InterruptedException {
            return post("query", Map.of("statements", statements)).getAsJsonArray("results");
        }

        JsonObject post(String path, Object body) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(url.resolve(path))
                    .timeout(Duration.ofSeconds(60))
                    .header("Authorization", "Bearer " + token)
                    .POST(HttpRequest.BodyPublishers.ofString(GSON.toJson(body)))
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonObject answer = JsonParser.parseString(response.body()).getAsJsonObject();
            // A statement that SQLite refused is an error within a 200; everything else has a status too.
            if (answer.has("error")) {
                JsonElement error = answer.get("error");
                throw error.isJsonObject()
                        ? refusal(error.getAsJsonObject(), "reason", response.statusCode())
                        : refusal(answer, "code", response.statusCode());
            }
            return answer;
        }

        static QuicsqlException refusal(JsonObject error, String reason, int status) {
            return new QuicsqlException(
                    error.get(reason).getAsString(), error.get("message").getAsString(), status);
        }
    }
    // snippet:end

    // snippet:transaction
    /** A transaction over several requests. Each answer has the baton for the next request. One thread at a time. */
    static final class Transaction implements AutoCloseable {
        private final Database database;
        private String baton;

        Transaction(Database database) throws IOException, InterruptedException {
            this.database = database;
            execute("BEGIN IMMEDIATE");
        }

        /** The rows, each a list of null, Long, Double, String and byte[]. */
        List<List<Object>> execute(String sql, Object... args) throws IOException, InterruptedException {
            List<Object> encoded = new ArrayList<>();
            for (Object arg : args) {
                encoded.add(encode(arg));
            }
            JsonObject response = send(Map.of("type", "execute", "stmt", new Statement(sql, encoded)));
            List<List<Object>> rows = new ArrayList<>();
            for (JsonElement row : response.getAsJsonObject("result").getAsJsonArray("rows")) {
                List<Object> values = new ArrayList<>();
                row.getAsJsonArray().forEach(value -> values.add(decode(value.getAsJsonObject())));
                rows.add(values);
            }
            return rows;
        }

        void commit() throws IOException, InterruptedException {
            execute("COMMIT");
        }

        /** Rolls back what was not committed. */
        @Override
        public void close() throws IOException, InterruptedException {
            if (baton != null) {
                send(Map.of("type", "close"));
            }
        }

        private JsonObject send(Object request) throws IOException, InterruptedException {
            JsonObject body = new JsonObject();
            body.addProperty("baton", baton);
            body.add("requests", Database.GSON.toJsonTree(List.of(request)));
            JsonObject answer = database.post("v2/pipeline", body);
            baton = answer.get("baton").isJsonNull() ? null : answer.get("baton").getAsString();
            JsonObject result = answer.getAsJsonArray("results").get(0).getAsJsonObject();
            if (result.has("error")) {
                throw Database.refusal(result.getAsJsonObject("error"), "code", 200);
            }
            return result.getAsJsonObject("response");
        }

        private static Map<String, ?> encode(Object value) {
            if (value == null) {
                return Map.of("type", "null");
            } else if (value instanceof byte[] bytes) {
                return Map.of("type", "blob", "base64", Base64.getEncoder().encodeToString(bytes));
            } else if (value instanceof Double || value instanceof Float) {
                return Map.of("type", "float", "value", value);
            } else if (value instanceof Number number) {
                // As text: JSON parsers elsewhere round what is beyond 53 bits.
                return Map.of("type", "integer", "value", Long.toString(number.longValue()));
            }
            return Map.of("type", "text", "value", value.toString());
        }

        private static Object decode(JsonObject value) {
            return switch (value.get("type").getAsString()) {
                case "integer" -> value.get("value").getAsLong();
                case "float" -> value.get("value").getAsDouble();
                case "text" -> value.get("value").getAsString();
                case "blob" -> Base64.getDecoder().decode(value.get("base64").getAsString());
                default -> null;
            };
        }
    }
    // snippet:end

    private Main() {}

    static Database connect(String token) {
        // snippet:open
        String base = Optional.ofNullable(System.getenv("QUICSQL_URL")).orElse("http://127.0.0.1:7775");
        String name = Optional.ofNullable(System.getenv("QUICSQL_DATABASE")).orElse("app");
        Database database = Database.open(base.replaceAll("/$", "") + "/" + name, token);
        // snippet:end
        return database;
    }

    static String token() {
        return Optional.ofNullable(System.getenv("QUICSQL_TOKEN")).orElse("dev-token");
    }

    public static void main(String[] args) throws Exception {
        System.out.println(balances(connect(token())));
    }

    static String balances(Database database) throws IOException, InterruptedException {
        database.query("CREATE TABLE IF NOT EXISTS users_java_http (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
                + " balance INTEGER NOT NULL CHECK (balance >= 0))");
        database.query("DELETE FROM users_java_http");

        // snippet:query
        JsonObject ada = database.query("INSERT INTO users_java_http (name, balance) VALUES (?, ?)", "ada", 100);
        System.out.println("ada is row " + ada.get("last_insert_id").getAsLong());
        // snippet:end
        database.query("INSERT INTO users_java_http (name, balance) VALUES (?, ?)", "bob", 100);

        transfer(database, "ada", "bob", 30);

        // snippet:errors
        try {
            // More than ada has: the first half is rolled back with the second.
            transfer(database, "ada", "bob", 1000);
        } catch (QuicsqlException refused) {
            System.out.println("not transferred: " + refused.getMessage());
        }
        // snippet:end

        // snippet:interactive
        // A transaction that looks before it leaps.
        try (Transaction transaction = new Transaction(database)) {
            List<List<Object>> rows = transaction.execute("SELECT balance FROM users_java_http WHERE name = ?", "bob");
            long balance = (Long) rows.get(0).get(0);
            transaction.execute("UPDATE users_java_http SET balance = ? WHERE name = ?", 2 * balance, "bob");
            transaction.commit();
        }
        // snippet:end

        return database.query("SELECT name, balance FROM users_java_http ORDER BY name").get("rows").toString();
    }

    // snippet:batch
    /** One transaction: both halves of the transfer, or neither. */
    static void transfer(Database database, String giver, String taker, long amount)
            throws IOException, InterruptedException {
        String change = "UPDATE users_java_http SET balance = balance + ? WHERE name = ?";
        database.batch(
                new Statement(change, List.of(amount, taker)), //
                new Statement(change, List.of(-amount, giver)));
    }
    // snippet:end
}
