package net.quicsql.wire;

import static net.quicsql.wire.RunningServer.DEV;
import static net.quicsql.wire.RunningServer.READER;
import static net.quicsql.wire.RunningServer.json;
import static net.quicsql.wire.RunningServer.statement;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every status of {@code POST /<database>/query}, and the order in which its causes are looked for. */
class QueryStatusWireTest {
    private static final String STRICT = "Prefer: status=strict";
    private static final String ENDLESS =
            "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c) SELECT count(*) FROM c";
    private static final int BODY_CAP = 10_000;

    @TempDir
    static Path folder;

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("frozen.db"))) {
            connection.createStatement().executeUpdate("CREATE TABLE t(a)");
        }
        server = RunningServer.start(data, """
                auth:
                  principals:
                    - name: dev
                      token_sha256: c91cbbedf8c712e8e2b7517ddeca8fe4fde839ebd8339e0b2001363002b37712
                      grants: {app: admin, frozen: admin, absent: read-only}
                    - name: reader
                      token_sha256: 1a256e40044a8d4659e31789f5b9d9ad5f6448e0d53d6ebaff3a349e30ec13c9
                      grants: {"*": read-only}
                databases: {app: {}, secret: {}, frozen: {mode: ro}}
                limits:
                  statement_timeout: 1s
                  lock_wait: 200ms
                  contended_idle_timeout: 190ms
                  max_query_body: 10000B
                """);
        server.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE CHECK(v <> 'no'))");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void wants405ForAnotherMethod(String method) throws IOException {
        RawHttp.Reply reply = RawHttp.send(server.port(), method, "/app/query", "", DEV);

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow")).contains("POST");
        assertThat(reply.header("Content-Type")).contains("application/json");
        if (!method.equals("HEAD")) {
            assertThat(json(reply).at("/error/message").asText()).isEqualTo("use POST");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app/nothing", "/app/query/more", "/nothing/at/all", "/app/v4/pipeline"})
    void wants404ForAnUnknownPath(String path) throws IOException {
        RawHttp.Reply reply = server.post(path, statement("select 1"), DEV, "Accept: text/html");

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(json(reply).at("/error/message").asText()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''",
                "Authorization: Bearer wrong",
                "Authorization: Bearer ",
                "Authorization: Bearer",
                "Authorization: Bearer dev-toke",
                "Authorization: Bearer dev-token-and-more",
                "Authorization: Basic ZGV2OmRldi10b2tlbg==",
                "Authorization: dev-token",
                "Authorization: Bearer dev-token, Bearer dev-token",
                "Cookie: token=dev-token",
            })
    void wants401ForEveryOtherCredential(String header) throws IOException {
        RawHttp.Reply reply = header.isEmpty()
                ? server.post("/app/query", statement("select 1"))
                : server.post("/app/query", statement("select 1"), header);

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.header("WWW-Authenticate")).contains("Bearer");
        assertThat(json(reply).at("/error/message").asText()).startsWith("authentication required");
        assertThat(reply.body()).doesNotContain("dev-toke");
    }

    @Test
    void wants401ForTwoCredentials() throws IOException {
        assertThat(server.post("/app/query", statement("select 1"), DEV, DEV).status())
                .isEqualTo(401);
        assertThat(server.post("/app/query", statement("select 1"), DEV, "Authorization: Basic eA==")
                        .status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"authorization: bearer dev-token", "AUTHORIZATION: BEARER dev-token"})
    void takesTheSchemeInAnyCase(String header) throws IOException {
        assertThat(server.post("/app/query", statement("select 1"), header).status())
                .isEqualTo(200);
    }

    @Test
    void asksForCredentialsThenRightsThenSizeThenBodyThenDatabase() throws IOException {
        String large = "x".repeat(BODY_CAP + 1);

        assertThat(server.post("/secret/query", large).status()).isEqualTo(401);
        assertThat(server.post("/secret/query", large, DEV).status()).isEqualTo(403);
        assertThat(server.post("/app/query", large, DEV).status()).isEqualTo(413);
        assertThat(server.post("/absent/query", "x", DEV).status()).isEqualTo(400);
        assertThat(server.post("/absent/query", statement("select 1"), DEV).status())
                .isEqualTo(404);
    }

    @Test
    void tellsAStrangerNothingAboutWhatThereIs() throws IOException {
        RawHttp.Reply known = server.post("/secret/query", statement("select 1"), DEV);
        RawHttp.Reply unknown = server.post("/unheard-of/query", statement("select 1"), DEV);

        assertThat(known.status()).isEqualTo(403);
        assertThat(unknown.status()).isEqualTo(403);
        assertThat(unknown.body()).isEqualTo(known.body());
        assertThat(server.post("/unheard-of/query", statement("select 1"), READER)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void countsABodyUpToTheCapWhateverItsFraming() throws IOException {
        String exact = statement(
                "select 1 " + " ".repeat(BODY_CAP - statement("select 1 ").length()));
        assertThat(server.query(exact).status()).isEqualTo(200);

        RawHttp.Reply over = server.query(exact + " ");
        assertThat(over.status()).isEqualTo(413);
        assertThat(json(over).at("/error/message").asText()).contains("limits.max_query_body");
        String chunk = Integer.toHexString(BODY_CAP + 1) + "\r\n" + exact + " \r\n0\r\n\r\n";
        assertThat(RawHttp.send(
                                server.port(),
                                "POST /app/query HTTP/1.1\r\nHost: x\r\n" + DEV
                                        + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunk)
                        .status())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                               | INVALID_JSON",
                "{                                                | INVALID_JSON",
                "[]                                               | INVALID_REQUEST",
                "\"select 1\"                                     | INVALID_REQUEST",
                "{\"sql\":1}                                      | INVALID_REQUEST",
                "{\"sql\":\"select 1\",\"args\":1}                | INVALID_REQUEST",
                "{\"statements\":{}}                              | INVALID_REQUEST",
                "{\"statements\":[1]}                             | INVALID_REQUEST",
                "{\"sql\":\"select 1\",\"sqls\":1}                | INVALID_REQUEST",
                "{\"sql\":\"select 1\",\"sql\":\"select 2\"}      | INVALID_JSON",
                "{\"statements\":[{\"sql\":\"select 1\",\"x\":1}]}| INVALID_REQUEST",
                "{\"sql\":\"select 1\"} {}                        | INVALID_JSON",
                "{\"sql\":\"select 1\"}}                          | INVALID_JSON",
                "{\"sql\":\"select '\\ud800'\"}                   | INVALID_REQUEST",
                "{\"sql\":\"select ?\",\"args\":[\"\\udc00\"]}    | INVALID_REQUEST",
                "{}                                               | INVALID_REQUEST",
                "{\"sql\":\"\"}                                   | INVALID_REQUEST",
                "{\"statements\":[]}                              | INVALID_REQUEST",
                "{\"sql\":\"\",\"statements\":[]}                 | INVALID_REQUEST",
                "{\"sql\":\"select 1\",\"statements\":[{\"sql\":\"select 1\"}]} | INVALID_REQUEST",
                "{\"statements\":[{\"args\":[]}]}                 | INVALID_REQUEST",
                "{\"sql\":\"select 1\\u0000; drop table t\"}      | SQL_INVALID_TEXT",
                "{\"sql\":\"select 1; select 2\"}                 | SQL_MANY_STATEMENTS",
                "{\"statements\":[{\"sql\":\"select 1; select 2\"}]} | SQL_MANY_STATEMENTS",
            })
    void wants400ForARequestThatIsNone(String body, String reason) throws IOException {
        RawHttp.Reply reply = server.query(body.strip());

        assertThat(reply.status()).as(reply.body()).isEqualTo(400);
        assertThat(json(reply).at("/error/reason").asText()).as(reply.body()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app/query", "/query"})
    void wants415ForACompressedBody(String path) throws IOException {
        RawHttp.Reply reply = RawHttp.send(
                server.port(),
                "POST",
                path,
                "{\"sql\":\"select 1\"}",
                DEV,
                "x-namespace: app",
                "Content-Encoding: gzip");

        assertThat(reply.status()).as(reply.body()).isEqualTo(415);
        assertThat(json(reply).at("/error/reason").asText()).isEqualTo("UNSUPPORTED_ENCODING");
        assertThat(json(reply).at("/error/message").asText()).isEqualTo("compressed request bodies are not taken");
    }

    @Test
    void wants400ForJsonThatIsTooDeepOrNotUtf8() throws IOException {
        assertThat(server.query("{\"sql\":\"select ?\",\"args\":" + "[".repeat(2000) + "]".repeat(2000) + "}")
                        .status())
                .isEqualTo(400);
        byte[] latin = {'{', '"', 's', 'q', 'l', '"', ':', '"', (byte) 0xe9, '"', '}'};
        assertThat(RawHttp.send(
                                server.port(),
                                "POST /app/query HTTP/1.1\r\nHost: x\r\n" + DEV
                                        + "\r\nContent-Length: 11\r\nConnection: close\r\n\r\n"
                                        + new String(latin, java.nio.charset.StandardCharsets.ISO_8859_1))
                        .status())
                .isEqualTo(400);
        assertThat(server.sql("select 1").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN",
                "begin immediate",
                "COMMIT",
                "END",
                "ROLLBACK",
                "SAVEPOINT s",
                "RELEASE s",
                "ROLLBACK TO s",
                "/**/ BEGIN",
                "CREATE TEMP TABLE x(a)",
                "CREATE TEMPORARY VIEW x AS SELECT 1",
                "CREATE TABLE temp.x(a)",
                "INSERT INTO t(v) VALUES('twice'); SELECT 1",
            })
    void refusesWhatNeedsAStreamAndRunsNothing(String sql) throws IOException {
        RawHttp.Reply single = server.sql(sql);
        assertThat(single.status()).as(single.body()).isEqualTo(400);

        RawHttp.Reply batch = server.query("{\"statements\":[{\"sql\":\"INSERT INTO t(v) VALUES('before')\"},{\"sql\":"
                + RunningServer.quoted(sql) + "}]}");
        assertThat(batch.status()).as(batch.body()).isEqualTo(400);
        assertThat(server.sql("SELECT count(*) FROM t WHERE v IN ('before', 'twice')")
                        .body())
                .contains("[[0]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select absent                          | 422",
                "select nothing from                    | 422",
                "INSERT INTO t(v) VALUES('no')          | 409",
                "INSERT INTO t(id) VALUES('x')          | 422",
                "select abs(-9223372036854775808)       | 422",
                "select load_extension('x')             | 422",
            })
    void answersFailedSqlWith200OrStrictly(String sql, int strict) throws IOException {
        RawHttp.Reply reply = server.sql(sql);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(json(reply).at("/error/code").asInt()).isPositive();

        for (String prefer : new String[] {STRICT, "prefer: wait=5, status=strict; x=y", "Prefer: Status=\"strict\""}) {
            RawHttp.Reply told = server.post("/app/query", statement(sql), DEV, prefer);
            assertThat(told.status()).as(told.body()).isEqualTo(strict);
            assertThat(told.body()).isEqualTo(reply.body());
            assertThat(told.header("Preference-Applied")).contains("status=strict");
        }
        assertThat(server.post("/app/query", statement(sql), DEV, "Prefer: status=lenient")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void readsEveryPreferHeader() throws IOException {
        assertThat(server.post("/app/query", statement("select absent"), DEV, "Prefer: wait=5", STRICT)
                        .status())
                .isEqualTo(422);
    }

    @Test
    void appliesStrictStatusesToABatch() throws IOException {
        String batch = "{\"statements\":[{\"sql\":\"select 1\"},{\"sql\":\"INSERT INTO t(v) VALUES('no')\"}]}";

        RawHttp.Reply strict = server.post("/app/query", batch, DEV, STRICT);
        assertThat(strict.status()).isEqualTo(409);
        assertThat(json(strict).at("/failed_index").asInt()).isEqualTo(1);
        assertThat(server.post("/app/query", statement("select 1"), DEV, STRICT).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO t(v) VALUES('r')",
                "UPDATE t SET v = 1",
                "DELETE FROM t",
                "REPLACE INTO t(v) VALUES('r')",
                "INSERT INTO t(v) VALUES('r') RETURNING id",
                "WITH x AS (SELECT 1) DELETE FROM t",
                "CREATE TABLE mine(a)",
                "CREATE INDEX i ON t(v)",
                "DROP TABLE t",
                "ALTER TABLE t ADD COLUMN w",
                "REINDEX",
                "ANALYZE",
                "VACUUM",
                "PRAGMA user_version=7",
                "PRAGMA application_id=7",
            })
    void wants403ForAWriteByAReader(String sql) throws IOException {
        for (String prefer : new String[] {"X: y", STRICT}) {
            RawHttp.Reply reply = server.post("/app/query", statement(sql), READER, prefer);
            assertThat(reply.status()).as(reply.body()).isEqualTo(403);
        }
        if (!sql.equals("VACUUM")) {
            RawHttp.Reply batch = server.post(
                    "/app/query",
                    "{\"statements\":[{\"sql\":\"select 1\"},{\"sql\":" + RunningServer.quoted(sql) + "}]}",
                    READER);
            assertThat(batch.status()).as(batch.body()).isEqualTo(403);
        }
        assertThat(server.sql("PRAGMA user_version").body()).contains("[[0]]");
        assertThat(server.sql("SELECT count(*) FROM sqlite_schema WHERE name IN ('mine', 'i')")
                        .body())
                .contains("[[0]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ATTACH 'x.db' AS x",
                "DETACH x",
                "EXPLAIN ATTACH 'x.db' AS x",
                "VACUUM INTO 'x.db'",
                "PRAGMA writable_schema=ON",
                "PRAGMA journal_mode=DELETE",
                "PRAGMA main.journal_mode=OFF",
                "PRAGMA wal_checkpoint",
                "PRAGMA trusted_schema=ON",
                "EXPLAIN PRAGMA foreign_keys=OFF",
                "SELECT * FROM pragma_optimize(65534)",
            })
    void wants403ForWhatNobodyMay(String sql) throws IOException {
        for (String who : new String[] {DEV, READER}) {
            RawHttp.Reply reply = server.post("/app/query", statement(sql), who);
            assertThat(reply.status()).as(reply.body()).isEqualTo(403);
            assertThat(json(reply).at("/error/message").asText()).startsWith("not authorized");
            String batch = "{\"statements\":[{\"sql\":\"INSERT INTO t(v) VALUES('kept')\"},{\"sql\":"
                    + RunningServer.quoted(sql) + "}]}";
            assertThat(server.post("/app/query", batch, who).status()).isEqualTo(403);
        }
        assertThat(server.sql("SELECT count(*) FROM t WHERE v = 'kept'").body()).contains("[[0]]");
        assertThat(folder.resolve("data/x.db")).doesNotExist();
        assertThat(Path.of("x.db")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"INSERT INTO t VALUES(1)", "CREATE TABLE u(a)", "DROP TABLE t", "VACUUM", "PRAGMA user_version=1"
            })
    void answersAWriteToAFrozenDatabaseWithCode8(String sql) throws IOException {
        RawHttp.Reply reply = server.post("/frozen/query", statement(sql), DEV);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(json(reply).at("/error/code").asInt()).isEqualTo(8);
        assertThat(server.post("/frozen/query", statement(sql), DEV, STRICT).status())
                .isEqualTo(403);
        assertThat(server.post("/frozen/query", statement("SELECT * FROM t"), DEV)
                        .body())
                .contains("\"rows\":[]");
    }

    @Test
    void namesTheStatementThatWritesToAFrozenDatabase() throws IOException {
        RawHttp.Reply batch = server.post(
                "/frozen/query", "{\"statements\":[{\"sql\":\"select 1\"},{\"sql\":\"DELETE FROM t\"}]}", DEV);

        assertThat(batch.status()).isEqualTo(200);
        assertThat(json(batch).at("/error/code").asInt()).isEqualTo(8);
        assertThat(json(batch).at("/failed_index").asInt()).isEqualTo(1);
    }

    @Test
    void wants503WhereAStreamKeepsTheLock() throws Exception {
        // Busy in its transaction all the time, so that it is not ended for idleness.
        CompletableFuture<RawHttp.Reply> holder =
                CompletableFuture.supplyAsync(() -> pipeline("BEGIN IMMEDIATE", ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        String write = statement("INSERT OR IGNORE INTO t(v) VALUES('late')");
        AtomicReference<RawHttp.Reply> single = new AtomicReference<>();
        Await.until(() -> {
            single.set(server.query(write));
            return single.get().status() != 200;
        });
        RawHttp.Reply batch = server.query("{\"statements\":[" + write + "]}");

        for (RawHttp.Reply reply : List.of(single.get(), batch)) {
            assertThat(reply.status()).as(reply.body()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).contains("1");
            assertThat(json(reply).at("/error/code").asInt()).isEqualTo(5);
            assertThat(json(reply).at("/error/message").asText())
                    .contains("waited 0.2 s", "held for", "principal 'dev'", "an open transaction");
            assertThat(json(reply).has("failed_index")).isFalse();
        }
        assertThat(server.sql("SELECT count(*) FROM t").status()).isEqualTo(200);
        holder.get(60, TimeUnit.SECONDS);
    }

    @Test
    void wants503WhereAnotherProgramKeepsTheLock() throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/app.db"))) {
            other.createStatement().execute("BEGIN IMMEDIATE");
            RawHttp.Reply reply = server.sql("INSERT INTO t(v) VALUES('late')");
            assertThat(reply.status()).as(reply.body()).isEqualTo(503);
            assertThat(reply.header("Retry-After")).contains("1");
            assertThat(json(reply).at("/error/code").asInt()).isEqualTo(5);
            RawHttp.Reply batch = server.query("{\"statements\":[{\"sql\":\"INSERT INTO t(v) VALUES('late')\"}]}");
            assertThat(batch.status()).as(batch.body()).isEqualTo(503);
            other.createStatement().execute("ROLLBACK");
        }
        assertThat(server.sql("DELETE FROM t WHERE v = 'late'").status()).isEqualTo(200);
    }

    @Test
    void wants504WhereAStatementRunsTooLong() throws IOException {
        for (String body : new String[] {
            statement(ENDLESS),
            "{\"statements\":[{\"sql\":" + RunningServer.quoted(ENDLESS) + "}]}",
            statement("INSERT INTO t(v) " + ENDLESS),
        }) {
            RawHttp.Reply reply = server.query(body);
            assertThat(reply.status()).as(reply.body()).isEqualTo(504);
            assertThat(json(reply).at("/error/message").asText())
                    .startsWith("statement timed out after 1.0 s (limits.statement_timeout)");
        }
        assertThat(server.sql("select 1").status()).isEqualTo(200);
        assertThat(server.sql("INSERT INTO t(v) VALUES('after')").status()).isEqualTo(200);
    }

    @Test
    void boundsTheValuesThatSqlMakes() throws IOException {
        RawHttp.Reply reply = server.sql("select hex(zeroblob(20000000))");

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(json(reply).at("/error/code").asInt()).isEqualTo(18);
    }

    /** Runs statements on a stream that is closed after them. */
    private static RawHttp.Reply pipeline(String... statements) {
        StringBuilder requests = new StringBuilder();
        for (String sql : statements) {
            requests.append("{\"type\":\"execute\",\"stmt\":")
                    .append(statement(sql))
                    .append("},");
        }
        try {
            return server.post(
                    "/app/v2/pipeline", "{\"baton\":null,\"requests\":[" + requests + "{\"type\":\"close\"}]}", DEV);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
