package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A database as SQL text, and what becomes of it elsewhere. */
class DumpWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    /** One database is {@code app} here, and a statement has a second. */
    @RegisterExtension
    static final WireServer IMPATIENT =
            WireServer.with("statement_timeout: 1s", "max_tx_lifetime: 30s", "contended_tx_lifetime: 30s");

    @RegisterExtension
    static final WireServer BRIEF = WireServer.with("max_tx_lifetime: 2s", "contended_tx_lifetime: 2s");

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final String EMPTY = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCOMMIT;\n";

    /** Everything that a schema may hold and that this server itself would take. */
    private static final String RICH = """
            CREATE TABLE plain(i INTEGER, r REAL, t TEXT, b BLOB, n, "select" , 'it''s "x"');
            INSERT INTO plain VALUES(9223372036854775807, 0.1, 'it''s', x'00ff', NULL, 1.5, 'é€😀');
            INSERT INTO plain VALUES(-9223372036854775808, 9e999, '', x'', -9e999, -0.0, char(10));
            INSERT INTO plain VALUES(9007199254740993, 5e-324, 'a' || char(13, 10) || 'b', 'x', 1e300, 100.0, '\\n\\r');
            INSERT INTO plain VALUES(0, 1.7976931348623157e308, 'nul' || char(0) || 'after', zeroblob(70000), 1, '2', 2);
            INSERT INTO plain VALUES(1, 2, '\\n' || char(10), CAST(x'ff41' AS TEXT), CAST('1' AS BLOB), '--', '/*');
            CREATE TABLE people(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
            INSERT INTO people VALUES(7, 'ada'), (3, 'bob');
            DELETE FROM people WHERE id = 7;
            CREATE TABLE child(id INTEGER PRIMARY KEY, parent REFERENCES later(id));
            CREATE TABLE later(id INTEGER PRIMARY KEY, up AS (id * 2), stored TEXT AS (id || 'x') STORED, z);
            INSERT INTO later(id, z) VALUES(5, 'z');
            INSERT INTO child VALUES(1, 5);
            CREATE TABLE keyed(k TEXT PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID;
            INSERT INTO keyed VALUES('k', 1), ('l', 'one'), ('m', 1.0), ('n', x'01');
            CREATE TABLE "odd ""name"" [x] 'y'
             (a);
            INSERT INTO "odd ""name"" [x] 'y'
            " VALUES(1);
            CREATE INDEX by_name ON people(name DESC) WHERE id > 0;
            CREATE TABLE log(what);
            CREATE TRIGGER logged AFTER INSERT ON people BEGIN INSERT INTO log VALUES(';' || new.name); END;
            CREATE VIEW seen AS SELECT * FROM names -- not there yet
            ;
            CREATE VIEW names AS SELECT name FROM people;
            CREATE TRIGGER through INSTEAD OF INSERT ON names BEGIN INSERT INTO people(name) VALUES(new.name); END;
            CREATE VIRTUAL TABLE words USING fts5(title, body, tokenize='porter');
            INSERT INTO words(rowid, title, body) VALUES(5, 'running', 'it''s a' || char(10) || 'dog'), (9, 'x', 'cats');
            INSERT INTO words(words, rank) VALUES('automerge', 8);
            CREATE VIRTUAL TABLE over USING fts5(name, content='people', content_rowid='id');
            INSERT INTO over(over) VALUES('rebuild');
            CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, +label);
            INSERT INTO boxes VALUES(1, 0.1, 2.5, 'one'), (2, -3, 4, NULL);
            ANALYZE;
            PRAGMA user_version=7;
            PRAGMA application_id=-42;
            """.replace("[x] 'y'\n (a)", "[x] 'y'\n\"(a)");

    @TempDir
    Path folder;

    @Test
    void dumpsADatabaseWithoutTables() throws Exception {
        HttpResponse<String> reply = get(SERVER, "/eager/dump", WireServer.DEV);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type")).contains("text/plain;charset=utf-8");
        assertThat(reply.body()).isEqualTo(EMPTY);
    }

    @Test
    void restoresEverything() throws Exception {
        load(SERVER, WireServer.APP, RICH);
        String dump = get(SERVER, "/app/dump", WireServer.READER).body();

        assertThat(dump.lines().filter(line -> line.startsWith("INSERT INTO \"plain\"")))
                .hasSize(5);
        assertThat(dump)
                .doesNotContain("writable_schema")
                .doesNotContain("INSERT INTO \"words_data\"")
                .endsWith("\nCOMMIT;\n");
        Path copy = folder.resolve("copy.db");
        restore(dump, copy);
        try (Connection restored = connect(copy)) {
            List<String> found = contents(restored);
            try (Connection original = SERVER.connect()) {
                assertThat(found).isEqualTo(contents(original)).hasSizeGreaterThan(40);
            }
            assertThat(texts(restored, "PRAGMA integrity_check")).containsExactly("ok");
            assertThat(texts(restored, "PRAGMA foreign_key_check")).isEmpty();
            assertThat(texts(restored, "PRAGMA user_version")).containsExactly("7");
            assertThat(texts(restored, "PRAGMA application_id")).containsExactly("-42");
            assertThat(texts(restored, "SELECT rowid FROM words('run')")).containsExactly("5");
            assertThat(texts(restored, "SELECT rowid FROM over('bob')")).containsExactly("3");
            assertThat(texts(restored, "SELECT v FROM words_config WHERE k = 'automerge'"))
                    .containsExactly("8");
            assertThat(texts(restored, "SELECT id FROM boxes WHERE x0 > 0")).containsExactly("1");
            assertThat(texts(restored, "SELECT seq FROM sqlite_sequence")).containsExactly("7");
        }
        // And through the server itself, by the requests of its own clients.
        SERVER.client(WireServer.OTHER, WireServer.DEV).run(dump);
        assertThat(get(SERVER, "/other/dump", WireServer.DEV).body()).isEqualTo(dump);
    }

    @Test
    void restoresWhatOnlyAWritableSchemaTakes() throws Exception {
        try (Connection connection = IMPATIENT.connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE VIRTUAL TABLE bare USING fts5(a, content='')");
            statement.executeUpdate("INSERT INTO bare(rowid, a) VALUES(4, 'needle')");
        }
        String dump = get(IMPATIENT, "/app/dump", WireServer.DEV).body();

        Path copy = folder.resolve("bare.db");
        restore(dump, copy);
        try (Connection restored = connect(copy)) {
            assertThat(texts(restored, "SELECT rowid FROM bare('needle')")).containsExactly("4");
            assertThat(texts(restored, "PRAGMA integrity_check")).containsExactly("ok");
        }
        try (Connection connection = IMPATIENT.connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("DROP TABLE bare");
        }
    }

    @Test
    void isOneStateOfTheDatabaseAmidWrites() throws Exception {
        HranaClient client = IMPATIENT.client();
        // What is written while the table between them is read must be missing from both.
        client.run("CREATE TABLE one(x);");
        fill(IMPATIENT);
        client.run("CREATE TABLE two(x);");
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int written = 0;
            while (!over.get()) {
                try {
                    client.run("BEGIN; INSERT INTO one VALUES(1); INSERT INTO two VALUES(1); COMMIT;");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                written++;
            }
            return written;
        });
        long last = 0;
        for (int i = 0; i < 5 || last == 0; i++) {
            List<String> lines =
                    get(IMPATIENT, "/app/dump", WireServer.DEV).body().lines().toList();
            long one = lines.stream()
                    .filter("INSERT INTO \"one\" VALUES(1);"::equals)
                    .count();
            long two = lines.stream()
                    .filter("INSERT INTO \"two\" VALUES(1);"::equals)
                    .count();
            assertThat(two).isEqualTo(one).isGreaterThanOrEqualTo(last);
            last = one;
        }
        over.set(true);
        assertThat(writer.get()).isGreaterThanOrEqualTo((int) last);
        client.run("DROP TABLE one; DROP TABLE two; DROP TABLE filler;");
    }

    @Test
    void waitsForASlowReaderBeyondTheTimeOfAStatement() throws Exception {
        fill(IMPATIENT);
        try (Socket socket = ask(IMPATIENT)) {
            InputStream in = socket.getInputStream();
            assertThat(in.readNBytes(9)).asString(StandardCharsets.US_ASCII).isEqualTo("HTTP/1.1 ");
            long begun = System.nanoTime();
            // Nothing more is taken until well past the time that a statement has.
            Await.until(() -> System.nanoTime() - begun > 2_000_000_000L);
            assertThat(tail(in)).endsWith("COMMIT;\n\r\n0\r\n\r\n");
        }
        IMPATIENT.client().run("DROP TABLE filler");
    }

    @Test
    void breaksOffWhereTheSnapshotIsHeldTooLong() throws Exception {
        fill(BRIEF);
        try (Socket socket = ask(BRIEF)) {
            InputStream in = socket.getInputStream();
            assertThat(in.readNBytes(9)).asString(StandardCharsets.US_ASCII).isEqualTo("HTTP/1.1 ");
            long begun = System.nanoTime();
            Await.until(() -> System.nanoTime() - begun > 3_000_000_000L);
            String rest = tail(in);
            assertThat(rest)
                    .contains("ROLLBACK; -- the dump failed: the dump was ended")
                    .contains("max_tx_lifetime");
            // The last chunk is missing, so no client takes the text for whole.
            assertThat(rest).doesNotContain("COMMIT;").doesNotEndWith("\r\n0\r\n\r\n");
        }
        Await.until(() -> BRIEF.counter("quicsql.app.requests_in_flight") == 0);
        Await.until("the snapshot is given back", () -> !BRIEF.isLogInUse());
        BRIEF.client().run("DROP TABLE filler");
    }

    @Test
    void endsWhenItsReaderHangsUp() throws Exception {
        fill(SERVER);
        try (Socket socket = ask(SERVER)) {
            assertThat(socket.getInputStream().readNBytes(100)).hasSize(100);
            // The request before is counted until just after its answer.
            Await.until(() -> SERVER.counter("quicsql.app.requests_in_flight") == 1);
        }
        Await.until(() -> SERVER.counter("quicsql.app.requests_in_flight") == 0);
        Await.until("the snapshot is given back", () -> !SERVER.isLogInUse());
        SERVER.client().run("DROP TABLE filler");
    }

    @Test
    void findsTheDatabaseAsEveryDoorDoes() throws Exception {
        SERVER.client(WireServer.EAGER, WireServer.DEV).run("CREATE TABLE here(x); DROP TABLE here;");
        assertThat(get(SERVER, "/dump", WireServer.DEV, "x-namespace", "eager").body())
                .isEqualTo(EMPTY);
        assertThat(get(SERVER, "/dump", WireServer.DEV).statusCode()).isEqualTo(200);
        // So the shell asks whose URL ends in a slash.
        assertThat(get(SERVER, "/eager//dump", WireServer.DEV).body()).isEqualTo(EMPTY);
        assertThat(get(SERVER, "/eager/dump/", WireServer.DEV).body()).isEqualTo(EMPTY);
    }

    @ParameterizedTest
    @CsvSource({
        "/app/dump, wrong, 401, UNAUTHENTICATED",
        "/other/dump, guest, 403, ACCESS_DENIED",
        "/nowhere/dump, guest, 403, ACCESS_DENIED",
        "/nowhere/dump, dev, 404, UNKNOWN_DATABASE",
        "/dump/dump, dev, 404, INVALID_DATABASE_NAME",
    })
    void refusesBeforeTheFirstLine(String path, String token, int status, String reason) throws Exception {
        HttpResponse<String> reply = get(SERVER, path, token);

        assertThat(reply.statusCode()).isEqualTo(status);
        assertThat(reply.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(reply.body()).contains("\"reason\":\"" + reason + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "OPTIONS", "DELETE"})
    void takesNoOtherMethod(String method) throws Exception {
        for (String path : List.of("/app/dump", "/dump")) {
            HttpResponse<String> reply = send(SERVER, method, path, WireServer.DEV);
            assertThat(reply.statusCode()).isEqualTo(405);
            assertThat(reply.headers().firstValue("Allow").orElseThrow()).contains("GET");
        }
        Await.until(() -> SERVER.counter("quicsql.app.requests_in_flight") == 0);
    }

    @Test
    void aBrokenDumpIsNoDumpForAnHttpClient() throws Exception {
        fill(BRIEF);
        HttpRequest request = request(BRIEF, "GET", "/app/dump", WireServer.DEV);
        HttpResponse<InputStream> reply = HTTP.send(request, BodyHandlers.ofInputStream());
        assertThat(reply.statusCode()).isEqualTo(200);
        long begun = System.nanoTime();
        Await.until(() -> System.nanoTime() - begun > 3_000_000_000L);
        assertThatThrownBy(() -> reply.body().readAllBytes()).isInstanceOf(IOException.class);
        BRIEF.client().run("DROP TABLE filler");
    }

    /** Far more than all buffers between server and client hold; in parts, for a statement may have little time. */
    private static void fill(WireServer server) throws IOException {
        HranaClient client = server.client();
        client.run("CREATE TABLE filler(x)");
        for (int part = 0; part < 8; part++) {
            client.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)"
                    + " INSERT INTO filler SELECT hex(zeroblob(50000)) FROM n;");
        }
    }

    /** The last bytes of what comes until the last chunk, or until the server closes the connection. */
    private static String tail(InputStream in) throws IOException {
        byte[] bytes = new byte[64 * 1024];
        String tail = "";
        int read = in.read(bytes);
        while (read > 0) {
            tail += new String(bytes, 0, read, StandardCharsets.UTF_8);
            tail = tail.substring(Math.max(0, tail.length() - 1_000));
            if (tail.endsWith("\r\n0\r\n\r\n")) {
                return tail;
            }
            read = in.read(bytes);
        }
        return tail;
    }

    private static Socket ask(WireServer server) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 * 1024);
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write(("GET /app/dump HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + WireServer.DEV + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static HttpResponse<String> get(WireServer server, String path, String token, String... headers)
            throws Exception {
        return send(server, "GET", path, token, headers);
    }

    private static HttpResponse<String> send(
            WireServer server, String method, String path, String token, String... headers) throws Exception {
        return HTTP.send(request(server, method, path, token, headers), BodyHandlers.ofString());
    }

    private static HttpRequest request(WireServer server, String method, String path, String token, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + token);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    private static void load(WireServer server, String database, String script) throws IOException {
        server.client(database, WireServer.DEV).run(script);
    }

    private static void restore(String dump, Path file) throws SQLException {
        try (Connection connection = connect(file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(dump);
        }
    }

    private static Connection connect(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    /** The schema, and every table's rows with their types, but not what virtual tables keep in their own form, and what
     * only some builds of SQLite know. */
    private static List<String> contents(Connection connection) throws SQLException {
        List<String> all = new ArrayList<>(texts(
                connection,
                "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '-') FROM sqlite_schema"
                        + " ORDER BY 1"));
        for (String table : texts(
                connection,
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
                        + " AND name NOT IN ('sqlite_schema', 'sqlite_stat4') ORDER BY name")) {
            String quoted = '"' + table.replace("\"", "\"\"") + '"';
            StringBuilder cells = new StringBuilder("'" + table.replace("'", "''") + ":'");
            for (String column : texts(
                    connection,
                    "SELECT name FROM pragma_table_xinfo('" + table.replace("'", "''") + "')" + " WHERE hidden <> 1")) {
                String name = '"' + column.replace("\"", "\"\"") + '"';
                cells.append(" || ' ' || typeof(")
                        .append(name)
                        .append(") || quote(")
                        .append(name);
                cells.append(") || hex(").append(name).append(")");
            }
            all.addAll(texts(connection, "SELECT " + cells + " FROM " + quoted + " ORDER BY 1"));
        }
        return all;
    }

    private static List<String> texts(Connection connection, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                texts.add(result.getString(1));
            }
        }
        return texts;
    }
}
