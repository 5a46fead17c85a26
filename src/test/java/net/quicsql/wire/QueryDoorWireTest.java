package net.quicsql.wire;

import static net.quicsql.wire.RunningServer.DEV;
import static net.quicsql.wire.RunningServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code POST /<database>/query} answers when nothing is wrong with the server, over the whole application. */
class QueryDoorWireTest {
    private static final int MAX_ROWS = 10;

    @TempDir
    static Path folder;

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.start(
                folder.resolve("data"),
                RunningServer.PRINCIPALS + "databases: {app: {}}\nlimits: {max_rows: " + MAX_ROWS
                        + ", max_result_size: 1000B}\n");
        run("CREATE TABLE user(id INTEGER PRIMARY KEY, name TEXT UNIQUE, balance REAL)");
        run("CREATE TABLE child(id INTEGER PRIMARY KEY, user INTEGER REFERENCES user DEFERRABLE INITIALLY DEFERRED)");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void answersASingleRead() throws IOException {
        RawHttp.Reply reply = server.query("{\"sql\":\"select ?1 as id, 'x' as v\",\"args\":[1]}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.body())
                .isEqualTo(
                        "{\"columns\":[\"id\",\"v\"],\"rows\":[[1,\"x\"]],\"rows_affected\":0,\"last_insert_id\":0}\n");
    }

    @Test
    void countsWhatAStatementChanged() throws IOException {
        assertThat(run("INSERT INTO user(id, name) VALUES(11, 'a'), (12, 'b')"))
                .isEqualTo("{\"columns\":[],\"rows\":[],\"rows_affected\":2,\"last_insert_id\":12}\n");
        assertThat(run("UPDATE user SET balance = 1 WHERE id IN (11, 12)"))
                .isEqualTo("{\"columns\":[],\"rows\":[],\"rows_affected\":2,\"last_insert_id\":0}\n");
        assertThat(run("INSERT INTO user(id, name) VALUES(13, 'c'), (14, 'd') RETURNING id"))
                .isEqualTo("{\"columns\":[\"id\"],\"rows\":[[13],[14]],\"rows_affected\":2,\"last_insert_id\":14}\n");
        assertThat(run("WITH x(v) AS (VALUES(15)) INSERT INTO user(id) SELECT v FROM x"))
                .contains("\"rows_affected\":1,\"last_insert_id\":15");
        assertThat(run("DELETE FROM user WHERE id BETWEEN 11 AND 15")).contains("\"rows_affected\":5");
        assertThat(run("CREATE TABLE fresh(a)")).contains("\"rows_affected\":0,\"last_insert_id\":0");
        assertThat(run("INSERT OR IGNORE INTO user(id) SELECT 1 WHERE 0"))
                .contains("\"rows_affected\":0,\"last_insert_id\":0");
    }

    @Test
    void keepsEveryIntegerExact() throws IOException {
        assertThat(run("select 9223372036854775807, -9223372036854775808, 9007199254740993"))
                .contains("[[9223372036854775807,-9223372036854775808,9007199254740993]]");
        assertThat(server.query("{\"sql\":\"select ?1 - 1\",\"args\":[9223372036854775807]}")
                        .body())
                .contains("[[9223372036854775806]]");
        assertThat(server.query("{\"sql\":\"select ?1 + 1\",\"args\":[-9223372036854775808]}")
                        .body())
                .contains("[[-9223372036854775807]]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"100.0", "-0.0", "1e300", "5e-324", "0.1", "1234567.0", "1e21", "123456789012345680.0"})
    void writesRealsSoThatTheyStayReals(String real) throws IOException {
        String body =
                server.query("{\"sql\":\"select ?1\",\"args\":[" + real + "]}").body();
        String written = body.substring(body.indexOf("[[") + 2, body.indexOf("]]"));

        assertThat(written).matches("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?").containsPattern("[.eE]");
        assertThat(Double.doubleToLongBits(Double.parseDouble(written)))
                .isEqualTo(Double.doubleToLongBits(Double.parseDouble(real)));
    }

    @Test
    void writesEveryOtherValueAsItIsStored() throws IOException {
        assertThat(run("select 9e999, -9e999, null")).contains("[[null,null,null]]");
        assertThat(run("select x'000102', x'', zeroblob(1), ''"))
                .contains("[[{\"base64\":\"AAEC\"},{\"base64\":\"\"},{\"base64\":\"AA==\"},\"\"]]");
        assertThat(run("select cast(x'ff41' as text), '</a>', 'é'")).contains("\"\ufffdA\"", "</a>", "é");
        assertThat(json(server.sql("select 'a' || char(0) || 'b'"))
                        .at("/rows/0/0")
                        .asText())
                .isEqualTo("a\0b");

        run("CREATE TABLE dated(d DATE, t DATETIME, s TIMESTAMP, b BOOLEAN)");
        run("INSERT INTO dated VALUES('2024-01-02', '2024-01-02 03:04', 5, true)");
        assertThat(run("SELECT * FROM dated")).contains("[[\"2024-01-02\",\"2024-01-02 03:04\",5,1]]");
    }

    @Test
    void keepsColumnsOfTheSameName() throws IOException {
        assertThat(run("select 1 as a, 2 as a")).contains("{\"columns\":[\"a\",\"a\"],\"rows\":[[1,2]]");
        assertThat(run("select 1 where 0")).startsWith("{\"columns\":[\"1\"],\"rows\":[],");
    }

    @Test
    void bindsArgumentsByPosition() throws IOException {
        String args =
                "[null,true,false,\"s\",1,1.0,1e2,9223372036854775808,1e999,{\"base64\":\"AAEC\"},{\"base64\":\"AAE\"}]";
        StringBuilder types = new StringBuilder("select ");
        for (int i = 1; i <= 11; i++) {
            types.append(i == 1 ? "" : ",").append("typeof(?").append(i).append(')');
        }
        assertThat(server.query("{\"sql\":\"" + types + "\",\"args\":" + args + "}")
                        .body())
                .contains("[[\"null\",\"integer\",\"integer\",\"text\",\"integer\",\"real\",\"real\",\"real\",\"text\","
                        + "\"blob\",\"blob\"]]");
        assertThat(server.query("{\"sql\":\"select ?, ?, hex(?3), hex(?)\",\"args\":[true,false,{\"base64\":\"AAE\"},"
                                + "{\"base64\":\"AAE=\"}]}")
                        .body())
                .contains("[[1,0,\"0001\",\"0001\"]]");
    }

    @Test
    void bindsArgumentsByName() throws IOException {
        assertThat(server.query("{\"sql\":\"select :a, @b, $c, :d\",\"args\":{\"a\":1,\"b\":2,\"c\":3,\":d\":4}}")
                        .body())
                .contains("[[1,2,3,4]]");
        assertThat(server.query("{\"sql\":\"select :x, ?2\",\"args\":{\"x\":1,\"?2\":2}}")
                        .body())
                .contains("[[1,2]]");
        for (String none : new String[] {"null", "[]", "{}"}) {
            assertThat(server.query("{\"sql\":\"select 1\",\"args\":" + none + "}")
                            .status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"sql\":\"select ?\",\"args\":[]} | no value was given for parameter number 1",
                "{\"sql\":\"select :a\"} | no value was given for parameter :a",
                "{\"sql\":\"select 1\",\"args\":[1]} | the statement has 0 parameters, but 1 positional",
                "{\"sql\":\"select :a\",\"args\":{\"b\":1}} | the statement has no parameter named 'b'",
                "{\"sql\":\"select ?,?\",\"args\":[1,[2]]} | arg 1: ",
                "{\"sql\":\"select :a\",\"args\":{\"a\":{\"base64\":\"%\"}}} | arg a: ",
                "{\"sql\":\"select ?\",\"args\":[{\"base64\":\"AA==\",\"x\":1}]} | arg 0: ",
                "{\"statements\":[{\"sql\":\"select 1\"},{\"sql\":\"select ?\",\"args\":[{}]}]} | statement 1: arg 0: ",
            })
    void refusesArgumentsThatDoNotFit(String body, String message) throws IOException {
        RawHttp.Reply reply = server.query(body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(json(reply).at("/error/message").asText()).startsWith(message.strip());
        assertThat(json(reply).at("/error/reason").asText()).isEqualTo("ARGS_INVALID");
    }

    @Test
    void cutsARowTooManyAndSaysSo() throws IOException {
        String counting = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i<%d) SELECT i FROM c";

        JsonNode full = json(server.sql(counting.formatted(MAX_ROWS)));
        assertThat(full.get("rows")).hasSize(MAX_ROWS);
        assertThat(full.has("truncated")).isFalse();
        RawHttp.Reply reply = server.sql(counting.formatted(MAX_ROWS + 1));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(json(reply).get("rows")).hasSize(MAX_ROWS);
        assertThat(json(reply).get("truncated").asBoolean()).isTrue();
    }

    @Test
    void cutsAfterTheRowThatCrossesTheByteCap() throws IOException {
        JsonNode cut = json(server.sql("SELECT hex(zeroblob(300)) FROM (VALUES(1),(2),(3))"));

        assertThat(cut.get("rows")).hasSize(2);
        assertThat(cut.get("truncated").asBoolean()).isTrue();
    }

    @Test
    void writesAllRowsOfAStatementWhoseResultIsCut() throws IOException {
        run("CREATE TABLE many(i)");
        JsonNode cut = json(server.sql("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i<20)"
                + " INSERT INTO many SELECT i FROM c RETURNING i"));

        assertThat(cut.get("rows")).hasSize(MAX_ROWS);
        assertThat(cut.get("truncated").asBoolean()).isTrue();
        assertThat(cut.get("rows_affected").asInt()).isEqualTo(20);
        assertThat(run("SELECT count(*) FROM many")).contains("[[20]]");
    }

    @Test
    void answersABatchInOrder() throws IOException {
        assertThat(server.query(
                                "{\"statements\":[{\"sql\":\"INSERT INTO user(id,name) VALUES(?,?)\",\"args\":[21,\"u\"]},"
                                        + "{\"sql\":\"SELECT name FROM user WHERE id = :id\",\"args\":{\"id\":21}},"
                                        + "{\"sql\":\"DELETE FROM user WHERE id = 21 RETURNING id\"}]}")
                        .body())
                .isEqualTo("{\"results\":[{\"columns\":[],\"rows\":[],\"rows_affected\":1,\"last_insert_id\":21},"
                        + "{\"columns\":[\"name\"],\"rows\":[[\"u\"]],\"rows_affected\":0,\"last_insert_id\":0},"
                        + "{\"columns\":[\"id\"],\"rows\":[[21]],\"rows_affected\":1,\"last_insert_id\":0}]}\n");
    }

    @Test
    void rollsAFailedBatchBackAndNamesTheStatement() throws IOException {
        run("INSERT INTO user(id, name) VALUES(30, 'taken')");
        RawHttp.Reply reply = server.query("{\"statements\":[{\"sql\":\"INSERT INTO user(id) VALUES(31)\"},"
                + "{\"sql\":\"INSERT INTO user(id, name) VALUES(32, 'taken')\"}]}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body())
                .isEqualTo(
                        "{\"error\":{\"message\":\"UNIQUE constraint failed: user.name\",\"code\":19,"
                                + "\"extended_code\":2067,\"reason\":\"SQLITE_CONSTRAINT_UNIQUE\",\"retryable\":false},\"failed_index\":1}\n");
        assertThat(run("SELECT count(*) FROM user WHERE id = 31")).contains("[[0]]");
        assertThat(server.query("{\"statements\":[{\"sql\":\"nonsense\"},{\"sql\":\"select 1\"}]}")
                        .body())
                .contains("\"failed_index\":0");
        assertThat(server.query("{\"statements\":[{\"sql\":\"select 1\"},{\"sql\":\"select absent\"}]}")
                        .body())
                .contains("no such column: absent", "\"failed_index\":1");
    }

    @Test
    void blamesNoStatementForAFailedCommit() throws IOException {
        JsonNode failed = json(server.query("{\"statements\":[{\"sql\":\"INSERT INTO child(user) VALUES(999)\"}]}"));

        assertThat(failed.at("/error/extended_code").asInt()).isEqualTo(787);
        assertThat(failed.has("failed_index")).isFalse();
        assertThat(run("SELECT count(*) FROM child")).contains("[[0]]");
    }

    @Test
    void changesTheSchemaWithinABatch() throws IOException {
        assertThat(server.query(
                                "{\"statements\":[{\"sql\":\"CREATE TABLE made(a)\"},{\"sql\":\"INSERT INTO made VALUES(1)\"},"
                                        + "{\"sql\":\"ALTER TABLE made ADD COLUMN b\"},{\"sql\":\"SELECT * FROM made\"}]}")
                        .body())
                .contains("{\"columns\":[\"a\",\"b\"],\"rows\":[[1,null]]");
        assertThat(run("SELECT * FROM made")).contains("\"columns\":[\"a\",\"b\"]");
        run("ALTER TABLE made RENAME COLUMN b TO c");
        assertThat(run("SELECT * FROM made")).contains("\"columns\":[\"a\",\"c\"]");
    }

    @Test
    void answersSettersThatClientsSendWithoutEffect() throws IOException {
        for (String setter : new String[] {
            "PRAGMA foreign_keys=OFF", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=OFF", "PRAGMA busy_timeout=1",
        }) {
            assertThat(server.sql(setter).status()).as(setter).isEqualTo(200);
            assertThat(server.sql(setter).body()).as(setter).doesNotContain("error");
        }
        assertThat(server.query("{\"statements\":[{\"sql\":\"PRAGMA foreign_keys=OFF\"},"
                                + "{\"sql\":\"INSERT INTO child(user) VALUES(999)\"}]}")
                        .body())
                .contains("FOREIGN KEY constraint failed");
        assertThat(run("PRAGMA foreign_keys")).contains("[[1]]");
        assertThat(run("PRAGMA journal_mode")).contains("wal");
    }

    @Test
    void failsOnEmptySqlAgainAndAgain() throws IOException {
        for (String empty : new String[] {" ", "-- nothing", "/* nothing */", ";", ";;"}) {
            for (int i = 0; i < 4; i++) {
                RawHttp.Reply reply = server.sql(empty);
                assertThat(reply.status()).as(empty).isEqualTo(400);
                assertThat(json(reply).at("/error/reason").asText()).isEqualTo("SQL_NO_STATEMENT");
            }
        }
        assertThat(run("select 1")).contains("[[1]]");
    }

    @Test
    void remembersNothingBetweenRequests() throws IOException {
        run("CREATE TABLE seq(id INTEGER PRIMARY KEY)");
        run("INSERT INTO seq VALUES(4242)");

        assertThat(run("SELECT last_insert_rowid()")).contains("[[0]]");
        assertThat(server.post(
                                "/app/query",
                                RunningServer.statement("SELECT last_insert_rowid()"),
                                RunningServer.READER)
                        .body())
                .contains("[[0]]");
        assertThat(server.query("{\"statements\":[{\"sql\":\"SELECT last_insert_rowid()\"},"
                                + "{\"sql\":\"INSERT INTO seq VALUES(7)\"},{\"sql\":\"SELECT last_insert_rowid()\"}]}")
                        .body())
                .contains("[[0]]", "[[7]]");
        assertThat(run("SELECT changes()")).contains("error");
    }

    @Test
    void carriesOnAfterAMistakenStatement() throws IOException {
        assertThat(server.sql("select absent from nowhere").body())
                .isEqualTo("{\"error\":{\"message\":\"no such table: nowhere\",\"code\":1,\"extended_code\":1,"
                        + "\"reason\":\"SQLITE_ERROR\",\"retryable\":false}}\n");
        assertThat(run("select 1")).contains("[[1]]");
    }

    private static String run(String sql) throws IOException {
        RawHttp.Reply reply = server.post("/app/query", RunningServer.statement(sql), DEV);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.body();
    }
}
