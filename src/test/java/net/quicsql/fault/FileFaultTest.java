package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are damaged, no databases at all, exchanged or taken away: that one is refused, the others are served. */
@Tag("fault")
final class FileFaultTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE_BYTES = 4096;
    private static final int CORRUPT = 11;
    private static final int NOTADB = 26;
    private static final int READONLY_DBMOVED = 1032;
    private static final int ROUNDS = Boolean.getBoolean("quicsql.soak") ? 20 : 4;

    @TempDir
    static Path folder;

    private static PackedServer server;
    private static Path data;

    @BeforeAll
    static void start() throws Exception {
        server = PackedServer.start(Jdk.running(), folder, Map.of("limits.tx_idle_timeout", "60s"));
        data = server.data();
        server.query("CREATE TABLE t(a)");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void quarantinesADatabaseWithAZeroedOverflowChainUntilItIsMended() throws Exception {
        Path file = data.resolve("chain.db");
        makeWithLargeRows(file);
        Path good = Files.copy(file, folder.resolve("chain-good.db"));
        overwrite(file, 30L * PAGE_BYTES, new byte[3 * PAGE_BYTES]);

        // One that reads nothing of the damaged pages.
        refuses("chain", "SELECT count(*) FROM t WHERE a < 3", 500, CORRUPT);
        refuses("chain", "INSERT INTO t VALUES(1, 2)", 500, CORRUPT);
        isUnhealthy("chain", "damaged");
        othersAreServed();

        Files.move(good, file, StandardCopyOption.REPLACE_EXISTING);
        isServedInTheEnd("chain", "SELECT count(*) FROM t", 50);
        assertThat(server.health().statusCode()).as(server.health().body()).isEqualTo(200);
    }

    @Test
    void quarantinesADatabaseWithABadPage() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            String name = "page" + round;
            Path file = data.resolve(name + ".db");
            makeWithLargeRows(file);
            byte[] rubbish = new byte[PAGE_BYTES];
            new Random(round).nextBytes(rubbish);
            // The root of the table, then ever later pages.
            overwrite(file, (1L + 12L * (round - 1)) * PAGE_BYTES, rubbish);

            refuses(name, "SELECT 1", 500, CORRUPT);
            othersAreServed();
            Files.delete(file);
        }
    }

    @Test
    void refusesAFileThatIsNoDatabase() throws Exception {
        Path file = Files.writeString(data.resolve("text.db"), "This is a text.\n".repeat(1_000));
        refuses("text", "SELECT 1", 500, NOTADB);
        isUnhealthy("text", "file is not a database");
        othersAreServed();
        assertThat(Files.readString(file)).startsWith("This is a text.");
        Files.delete(file);
        try (Connection connection = open(file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t AS SELECT 7 AS a");
        }
        isServedInTheEnd("text", "SELECT a FROM t", 7);
    }

    @Test
    void letsGoOfAFileThatWasReplacedAndServesTheNewOne() throws Exception {
        Path file = data.resolve("replaced.db");
        try (Connection connection = open(file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t AS SELECT 1 AS a");
        }
        // These commits are in the log, which the new file must not get.
        for (int i = 0; i < 5; i++) {
            assertThat(query("replaced", "INSERT INTO t SELECT a + 1 FROM t").statusCode())
                    .isEqualTo(200);
        }
        Path other = folder.resolve("other.db");
        try (Connection connection = open(other);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t AS SELECT 70 AS a");
        }
        Path old = Files.move(file, folder.resolve("old.db"));
        refuses("replaced", "INSERT INTO t VALUES(0)", 503, READONLY_DBMOVED);
        isUnhealthy("replaced", "moved");
        Await.until(() -> query("replaced", "SELECT 1").statusCode() == 503);
        assertThat(file).as("made by nobody").doesNotExist();
        othersAreServed();

        Files.move(other, file);
        isServedInTheEnd("replaced", "SELECT sum(a) FROM t", 70);
        assertThat(query("replaced", "INSERT INTO t VALUES(2)").statusCode()).isEqualTo(200);
        isServedInTheEnd("replaced", "SELECT sum(a) FROM t", 72);
        assertThat(server.health().statusCode()).as(server.health().body()).isEqualTo(200);

        // Nothing of the old one is lost: its log goes with it.
        Files.move(data.resolve("replaced.db-wal.set-aside"), folder.resolve("old.db-wal"));
        try (Connection connection = open(old);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
            assertThat(rows.getInt(1)).isEqualTo(32);
        }
    }

    @Test
    void servesAFileThatWasAwayForAMoment() throws Exception {
        Path file = data.resolve("away.db");
        try (Connection connection = open(file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t AS SELECT 1 AS a");
        }
        JsonNode begun = pipeline("away", null, "BEGIN IMMEDIATE", "INSERT INTO t VALUES(50)");
        String baton = begun.get("baton").asText();
        JsonNode committed = pipeline("away", baton, "COMMIT", "BEGIN");
        JsonNode withState = pipeline("away", null, "CREATE TEMP TABLE mine(a)");
        Path elsewhere = Files.move(file, folder.resolve("elsewhere.db"));
        Await.until(() -> server.logText().contains("database away is closed, to be opened anew"));
        Files.move(elsewhere, file);

        JsonNode refused = pipeline("away", committed.get("baton").asText(), "SELECT 1");
        assertThat(refused.at("/results/0/error/code").asText())
                .as(refused.toString())
                .isIn("SQLITE_READONLY_DBMOVED", "TRANSACTION_LOST");
        // Long before the time of quiet streams is over, which hold the old file open.
        isServedInTheEnd("away", "SELECT sum(a) FROM t", 51);
        JsonNode lost = pipeline("away", withState.get("baton").asText(), "SELECT a FROM mine");
        assertThat(lost.at("/results/0/error/code").asText())
                .as(lost.toString())
                .isEqualTo("SESSION_STATE_LOST");
        assertThat(query("away", "INSERT INTO t VALUES(1)").statusCode()).isEqualTo(200);
        isServedInTheEnd("away", "SELECT sum(a) FROM t", 52);
    }

    @Test
    void refusesADeletedFileAndServesItOnceThereIsOneAgain() throws Exception {
        Path file = data.resolve("deleted.db");
        makeWithLargeRows(file);
        Path backup = Files.copy(file, folder.resolve("backup.db"));
        assertThat(query("deleted", "DELETE FROM t").statusCode()).isEqualTo(200);
        Files.delete(file);
        refuses("deleted", "INSERT INTO t VALUES(0, 0)", 503, READONLY_DBMOVED);
        Await.until(() -> query("deleted", "SELECT 1").statusCode() == 503);
        Files.move(backup, file);
        isServedInTheEnd("deleted", "SELECT count(*) FROM t", 50);
    }

    private static void othersAreServed() throws Exception {
        assertThat(query("app", "INSERT INTO t VALUES(1)").statusCode()).isEqualTo(200);
        assertThat(query("app", "SELECT count(*) FROM t").statusCode()).isEqualTo(200);
    }

    private static void refuses(String database, String sql, int status, int code) throws Exception {
        HttpResponse<String> answer = query(database, sql);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode error = JSON.readTree(answer.body()).get("error");
        assertThat(
                        code > 255
                                ? error.get("extended_code").asInt()
                                : error.get("code").asInt())
                .as(answer.body())
                .isEqualTo(code);
        assertThat(answer.body()).doesNotContain(folder.toString());
    }

    private static void isUnhealthy(String database, String why) throws Exception {
        HttpResponse<String> health = server.health();
        assertThat(health.statusCode()).as(health.body()).isEqualTo(500);
        assertThat(JSON.readTree(health.body()).at("/databases/" + database).asText())
                .as(health.body())
                .contains(why);
        assertThat(JSON.readTree(health.body()).at("/databases/app").asText()).isEqualTo("healthy");
    }

    private static void isServedInTheEnd(String database, String sql, int value) throws Exception {
        Await.until(() -> query(database, sql).statusCode() == 200);
        assertThat(JSON.readTree(query(database, sql).body()).at("/rows/0/0").asInt())
                .isEqualTo(value);
    }

    private static HttpResponse<String> query(String database, String sql) throws IOException, InterruptedException {
        return server.post("/" + database + "/query", PackedServer.TOKEN, "{\"sql\":\"" + sql + "\"}");
    }

    private static JsonNode pipeline(String database, String baton, String... statements) throws Exception {
        String requests = Stream.of(statements)
                .map(sql -> "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}")
                .reduce((one, other) -> one + "," + other)
                .orElseThrow();
        String sent = baton == null ? "null" : "\"" + baton + "\"";
        HttpResponse<String> answer = server.post(
                "/" + database + "/v3/pipeline",
                PackedServer.TOKEN,
                "{\"baton\":" + sent + ",\"requests\":[" + requests + "]}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static Connection open(Path file) throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    /** 50 rows with five overflow pages each. */
    private static void makeWithLargeRows(Path file) throws Exception {
        try (Connection connection = open(file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t(a, b)");
            statement.execute("WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < 50)"
                    + " INSERT INTO t SELECT x, randomblob(20000) FROM c");
        }
    }

    private static void overwrite(Path file, long position, byte[] bytes) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            assertThat(position + bytes.length).isLessThan(open.length());
            open.seek(position);
            open.write(bytes);
        }
    }
}
