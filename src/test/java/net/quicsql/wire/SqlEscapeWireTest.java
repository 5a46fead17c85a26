package net.quicsql.wire;

import static net.quicsql.wire.RunningServer.DEV;
import static net.quicsql.wire.RunningServer.READER;
import static net.quicsql.wire.RunningServer.json;
import static net.quicsql.wire.RunningServer.quoted;
import static net.quicsql.wire.RunningServer.statement;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SQL that would leave its database, its rights or its request: by every door, as writer and as reader. */
class SqlEscapeWireTest {
    private static final int DISTINCT_ROWS = 2;

    @TempDir
    static Path folder;

    private static RunningServer server;
    private static Path outside;

    @BeforeAll
    static void start() throws Exception {
        outside = Files.createDirectory(folder.resolve("outside"));
        server = RunningServer.start(
                folder.resolve("data"),
                RunningServer.PRINCIPALS + "databases: {app: {}, other: {}}\nlimits: {statement_timeout: 1s}\n");
        server.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
        server.sql("INSERT INTO t VALUES(1, 'a'), (2, 'b')");
        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + outside.resolve("secret.db"))) {
            connection.createStatement().executeUpdate("CREATE TABLE secret AS SELECT 'hidden' AS v");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void nothingHasChanged() throws IOException {
        try (Stream<Path> files = Files.list(outside)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("secret.db");
        }
        assertThat(server.sql("SELECT count(DISTINCT v) FROM t").body()).contains("[[" + DISTINCT_ROWS + "]]");
        assertThat(server.sql("SELECT name FROM sqlite_schema WHERE sql IS NOT NULL")
                        .body())
                .contains("\"rows\":[[\"t\"]]");
        assertThat(server.sql("PRAGMA journal_mode").body()).contains("\"wal\"");
    }

    static Stream<String> leavingTheDatabase() {
        String out = outside.resolve("x").toString();
        String secret = outside.resolve("secret.db").toString();
        return Stream.of(
                "backup to " + out,
                "BACKUP TO '" + out + "'",
                "/* */ Backup  To " + out,
                "backup main to " + out,
                "restore from " + secret,
                "RESTORE main FROM '" + secret + "'",
                "ATTACH '" + secret + "' AS s",
                "attach database 'file:" + secret + "?mode=ro' as s",
                ";ATTACH '" + secret + "' AS s",
                "\ufeffATTACH '" + secret + "' AS s",
                "-- x\nATTACH '" + secret + "' AS s",
                "EXPLAIN ATTACH '" + secret + "' AS s",
                "DETACH main",
                "VACUUM INTO '" + out + "'",
                "VACUUM main INTO '" + out + "'",
                "vacuum/**/into'" + out + "'",
                "EXPLAIN VACUUM INTO '" + out + "'",
                "SELECT load_extension('" + out + "')",
                "SELECT load_extension('" + out + "', 'entry')",
                "SELECT fts3_tokenizer('x', x'00')",
                "SELECT writefile('" + out + "', 'x')",
                "SELECT readfile('" + secret + "')",
                "PRAGMA temp_store_directory='" + outside + "'",
                "PRAGMA data_store_directory='" + outside + "'");
    }

    @ParameterizedTest
    @MethodSource("leavingTheDatabase")
    void staysInItsDatabase(String sql) throws IOException {
        for (String who : List.of(DEV, READER)) {
            failsByEveryDoor(sql, who);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRAGMA writable_schema=ON",
                "PRAGMA writable_schema=RESET",
                "PRAGMA main . writable_schema(1)",
                "PRAGMA schema_version=99",
                "PRAGMA journal_mode=DELETE",
                "PRAGMA journal_mode=OFF",
                "PRAGMA locking_mode=EXCLUSIVE",
                "PRAGMA query_only=OFF",
                "PRAGMA query_only=ON",
                "PRAGMA trusted_schema=ON",
                "PRAGMA cell_size_check=OFF",
                "PRAGMA ignore_check_constraints=ON",
                "PRAGMA hard_heap_limit=1",
                "PRAGMA soft_heap_limit=1",
                "PRAGMA wal_autocheckpoint=1",
                "PRAGMA wal_checkpoint(TRUNCATE)",
                "PRAGMA auto_vacuum=1",
                "PRAGMA incremental_vacuum(1)",
                "PRAGMA page_size=512",
                "PRAGMA max_page_count=1",
                "PRAGMA secure_delete=ON",
                "PRAGMA recursive_triggers=ON",
                "PRAGMA reverse_unordered_selects=ON",
                "PRAGMA limit_attached=10",
                "PRAGMA enable_load_extension=true",
                "PRAGMA case_sensitive_like=ON",
                "PRAGMA encoding='UTF-16'",
                "PRAGMA legacy_alter_table=ON",
                "PRAGMA shrink_memory",
                "PRAGMA optimize(65534)",
                "PRAGMA s.table_info(t)",
                "PRAGMA",
                "PRAGMA no_such_pragma",
                "PRAGMA \"writable_schema\"=1",
                "PRAGMA [writable_schema]=1",
                "PRAGMA/**/writable_schema=1",
                ";PRAGMA writable_schema=1",
                "EXPLAIN PRAGMA writable_schema=1",
                "EXPLAIN QUERY PLAN PRAGMA writable_schema=1",
                "SELECT * FROM pragma_wal_checkpoint('TRUNCATE')",
                "SELECT * FROM \"pragma_optimize\"(65534)",
                "SELECT * FROM [PRAGMA_writable_schema]",
                "UPDATE sqlite_schema SET sql = 'x'",
                "INSERT INTO sqlite_master VALUES('table', 'x', 'x', 2, 'x')",
                "DELETE FROM main.sqlite_schema",
            })
    void leavesTheEnginesSettingsAlone(String sql) throws IOException {
        // Reading what writable_schema is set to tells nothing and changes nothing.
        boolean harmless = sql.contains("[PRAGMA_writable_schema]");
        for (String who : List.of(DEV, READER)) {
            if (harmless) {
                assertThat(server.post("/app/query", statement(sql), who).body())
                        .contains("[[0]]");
            } else {
                failsByEveryDoor(sql, who);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO t VALUES(9, 'x')",
                "INSERT OR REPLACE INTO t VALUES(1, 'a')",
                "WITH x AS (SELECT 1) DELETE FROM t",
                "UPDATE t SET v = v RETURNING v",
                "CREATE TABLE u(a)",
                "CREATE VIRTUAL TABLE f USING fts5(x)",
                "CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM t; END",
                "DROP TABLE t",
                "PRAGMA user_version=3",
                "VACUUM",
                "REINDEX",
                "ANALYZE",
            })
    void keepsAReaderFromWriting(String sql) throws IOException {
        assertThat(server.post("/app/query", statement(sql), READER).status()).isEqualTo(403);
        for (String begin : List.of("", "BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "SAVEPOINT s")) {
            List<JsonNode> results = begin.isEmpty()
                    ? pipeline(READER, execute(sql))
                    : pipeline(READER, execute(begin), execute(sql), execute("COMMIT"));
            JsonNode result = results.get(begin.isEmpty() ? 0 : 1);
            assertThat(result.get("type").asText()).as(begin + " " + result).isEqualTo("error");
        }
        assertThat(pipeline(READER, "{\"type\":\"sequence\",\"sql\":" + quoted("select 1; " + sql) + "}")
                        .get(0)
                        .get("type")
                        .asText())
                .isEqualTo("error");
        assertThat(server.sql("PRAGMA user_version").body()).contains("[[0]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1; ATTACH ':memory:' AS s",
                "SELECT 1; DROP TABLE t",
                "SELECT 1;; DELETE FROM t",
                "SELECT 1 /* ; */ ; DELETE FROM t -- ",
            })
    void neverRunsOnlyTheHeadOfAScript(String script) throws IOException {
        for (String who : List.of(DEV, READER)) {
            assertThat(server.post("/app/query", statement(script), who).status())
                    .isEqualTo(400);
            assertThat(pipeline(who, execute(script)).get(0).get("type").asText())
                    .isEqualTo("error");
        }
    }

    @Test
    void refusesNulByEveryDoor() throws IOException {
        failsByEveryDoor("SELECT 1\0; DROP TABLE t", DEV);
        failsByEveryDoor("\0", DEV);
    }

    @Test
    void endsEmptySqlTheSameWayEachTime() throws IOException {
        for (int i = 0; i < 4; i++) {
            for (String empty : List.of("", " ", "--", "/**/;")) {
                JsonNode result = pipeline(DEV, execute(empty)).get(0);
                assertThat(result.at("/error/code").asText())
                        .as(result.toString())
                        .isEqualTo("SQL_NO_STATEMENT");
            }
        }
        assertThat(pipeline(DEV, execute("SELECT 1")).get(0).get("type").asText())
                .isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c) SELECT max(i) FROM c",
                "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c) SELECT i FROM c ORDER BY -i",
                "WITH n(i) AS (VALUES(1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) SELECT sum(a.i) FROM n a, n b, n c, n d,"
                        + " n e, n f, n g, n h, n i",
            })
    void endsWhatNeverEnds(String sql) throws IOException {
        long started = System.nanoTime();
        RawHttp.Reply reply = server.post("/app/query", statement(sql), READER);

        assertThat(reply.status()).isEqualTo(504);
        assertThat(System.nanoTime() - started).isLessThan(10_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT hex(zeroblob(16000000))",
                "SELECT replace(hex(zeroblob(4000000)), '0', 'xxxxxxxxxx')",
                "SELECT randomblob(100000000)",
                "SELECT zeroblob(2000000000)",
                "SELECT printf('%.*c', 100000000, 'x')",
                "SELECT group_concat(hex(zeroblob(1000000))) FROM (VALUES(1),(2),(3),(4),(5),(6),(7),(8),(9),(10))",
            })
    void boundsTheValuesThatSqlMakes(String sql) throws IOException {
        RawHttp.Reply reply = server.post("/app/query", statement(sql), READER);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(json(reply).at("/error/code").asInt()).as(reply.head()).isEqualTo(18);
    }

    @Test
    void boundsTheDepthAndWidthOfSql() throws IOException {
        assertThat(json(server.sql("SELECT " + "(".repeat(5000) + "1" + ")".repeat(5000)))
                        .at("/error/code")
                        .asInt())
                .isEqualTo(1);
        assertThat(json(server.sql("SELECT 1" + " UNION ALL SELECT 1".repeat(5000)))
                        .at("/error/code")
                        .asInt())
                .isEqualTo(1);
        assertThat(server.sql("SELECT ?32767").body()).contains("error");
    }

    @Test
    void hidesOneClientsStateFromTheNext() throws IOException {
        List<JsonNode> left = pipeline(
                DEV,
                execute("PRAGMA foreign_keys=OFF"),
                execute("PRAGMA foreign_keys"),
                execute("CREATE TEMP TABLE t(shadow)"),
                execute("INSERT INTO temp.t VALUES('shadow')"),
                execute("CREATE TEMP TRIGGER tr AFTER UPDATE ON main.t BEGIN SELECT RAISE(ABORT, 'trapped'); END"),
                execute("CREATE TEMP TABLE passing(id INTEGER PRIMARY KEY)"),
                execute("INSERT INTO temp.passing VALUES(4242)"),
                execute("SELECT last_insert_rowid()"));
        assertThat(left)
                .allSatisfy(result -> assertThat(result.get("type").asText())
                        .as(result.toString())
                        .isEqualTo("ok"));
        assertThat(left.get(7).toString()).contains("4242");

        for (int i = 0; i < 3; i++) {
            assertThat(server.sql("SELECT count(*) FROM t").body()).contains("[[2]]");
            assertThat(server.sql("UPDATE t SET v = v").body()).contains("\"rows_affected\":2");
            assertThat(server.sql("SELECT last_insert_rowid()").body()).contains("[[0]]");
            assertThat(server.sql("SELECT foreign_keys FROM pragma_foreign_keys")
                            .body())
                    .contains("[[1]]");
            assertThat(server.sql("PRAGMA foreign_keys").body()).contains("[[1]]");
            List<JsonNode> next = pipeline(
                    DEV,
                    execute("SELECT last_insert_rowid()"),
                    execute("PRAGMA foreign_keys"),
                    execute("BEGIN"),
                    execute("UPDATE t SET v = v"),
                    execute("SELECT count(*) FROM sqlite_temp_schema WHERE name NOT LIKE '\\_quicsql%' ESCAPE '\\'"),
                    execute("SELECT last_insert_rowid()"),
                    execute("ROLLBACK"));
            assertThat(next.toString()).doesNotContain("error", "4242");
            assertThat(next.get(1).at("/response/result/rows/0/0/value").asText())
                    .isEqualTo("1");
            assertThat(next.get(4).at("/response/result/rows/0/0/value").asText())
                    .isEqualTo("0");
        }
    }

    @Test
    void tellsNoPaths() throws IOException {
        for (String sql : List.of(
                "PRAGMA database_list",
                "SELECT * FROM pragma_database_list",
                "SELECT file FROM pragma_database_list")) {
            assertThat(server.sql(sql).body()).doesNotContain(folder.toString());
            assertThat(pipeline(DEV, execute(sql)).toString()).doesNotContain(folder.toString());
        }
    }

    /** Neither runs nor may be described, whatever the door says about it. */
    private static void failsByEveryDoor(String sql, String who) throws IOException {
        RawHttp.Reply query = server.post("/app/query", statement(sql), who);
        assertThat(query.body()).as("query").startsWith("{\"error\"");
        RawHttp.Reply batch = server.post("/app/query", "{\"statements\":[{\"sql\":" + quoted(sql) + "}]}", who);
        assertThat(batch.body()).as("batch").startsWith("{\"error\"");
        List<JsonNode> results = pipeline(
                who,
                execute(sql),
                "{\"type\":\"sequence\",\"sql\":" + quoted(sql) + "}",
                "{\"type\":\"describe\",\"sql\":" + quoted(sql) + "}",
                "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"stmt\":{\"sql\":" + quoted(sql) + "}}]}}",
                execute("SELECT 1"));
        assertThat(results.get(0).get("type").asText()).as("execute").isEqualTo("error");
        assertThat(results.get(1).get("type").asText()).as("sequence").isEqualTo("error");
        assertThat(results.get(3).at("/response/result/step_errors/0").isNull()
                        && results.get(3).get("type").asText().equals("ok"))
                .as("batch over Hrana")
                .isFalse();
        assertThat(results.get(4).get("type").asText()).as("the next one").isEqualTo("ok");
    }

    private static String execute(String sql) {
        return "{\"type\":\"execute\",\"stmt\":{\"sql\":" + quoted(sql) + "}}";
    }

    private static List<JsonNode> pipeline(String who, String... requests) throws IOException {
        RawHttp.Reply reply = server.post(
                "/app/v3/pipeline",
                "{\"baton\":null,\"requests\":[" + String.join(",", requests) + ",{\"type\":\"close\"}]}",
                who);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        List<JsonNode> results = new ArrayList<>();
        json(reply).get("results").forEach(results::add);
        return results;
    }
}
