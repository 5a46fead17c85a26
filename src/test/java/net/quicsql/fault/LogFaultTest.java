package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that finds write-ahead logs and their indexes cut off, with bits turned over, or of another database: it starts,
 * nothing that was copied into the database before is lost, and no half of a commit is there.
 */
@Tag("fault")
final class LogFaultTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DATABASES = Boolean.getBoolean("quicsql.soak") ? 200 : 16;
    private static final int CHECKPOINTED = 20;
    private static final int LOGGED = 20;
    private static final int EARLIER = 10;
    private static final int OTHER_ROWS = 9_000;

    @TempDir
    Path folder;

    @Test
    void startsWithDamagedLogsAndKeepsWhatWasCheckpointed() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        byte[][] model = abandoned();
        for (int i = 0; i < DATABASES; i++) {
            Random random = new Random(i);
            Files.write(data.resolve(name(i) + ".db"), model[0]);
            Files.write(
                    data.resolve(name(i) + ".db-wal"), i % 2 == 0 ? cut(model[1], random) : turned(model[1], random));
            Files.write(
                    data.resolve(name(i) + ".db-shm"), i % 3 == 0 ? cut(model[2], random) : turned(model[2], random));
        }
        // The index alone is damaged: then everything is there.
        Files.write(data.resolve("index.db"), model[0]);
        Files.write(data.resolve("index.db-wal"), model[1]);
        Files.write(data.resolve("index.db-shm"), turned(model[2], new Random(0)));

        try (PackedServer server = PackedServer.start(Jdk.running(), folder, Map.of())) {
            int shortest = Integer.MAX_VALUE;
            int longest = 0;
            for (int i = 0; i < DATABASES; i++) {
                int rows = whole(server, name(i));
                shortest = Math.min(shortest, rows);
                longest = Math.max(longest, rows);
                assertThat(rows).as("rows of %s", name(i)).isBetween(CHECKPOINTED, CHECKPOINTED + LOGGED);
                assertThat(query(server, name(i), "INSERT INTO t VALUES(1000, 'new', 'new')")
                                .statusCode())
                        .isEqualTo(200);
            }
            assertThat(shortest).as("damage that mattered").isLessThan(longest);
            assertThat(whole(server, "index")).isEqualTo(CHECKPOINTED + LOGGED);
            server.query("CREATE TABLE t(a)");
            server.kill();
            server.start();
            for (int i = 0; i < DATABASES; i++) {
                whole(server, name(i));
            }
        }
    }

    @Test
    void refusesAFileBesideTheLogOfAnotherAndServesTheOthers() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        byte[][] model = abandoned();
        Files.write(data.resolve("own.db"), model[0]);
        Files.write(data.resolve("own.db-wal"), model[1]);
        // SQLite cannot tell either log from the file's own.
        byte[] other = other();
        Files.write(data.resolve("foreign.db"), other);
        Files.write(data.resolve("foreign.db-wal"), model[1]);
        byte[] earlier = Files.readAllBytes(folder.resolve("earlier.db"));
        Files.write(data.resolve("restored.db"), earlier);
        Files.write(data.resolve("restored.db-wal"), model[1]);

        try (PackedServer server = PackedServer.start(Jdk.running(), folder, Map.of())) {
            refuses(server, "foreign");
            refuses(server, "restored");
            assertThat(whole(server, "own")).isEqualTo(CHECKPOINTED + LOGGED);
            server.kill();
            server.start();
            refuses(server, "foreign");
            refuses(server, "restored");
            assertThat(whole(server, "own")).isEqualTo(CHECKPOINTED + LOGGED);

            // Neither file nor log was touched: without the log the file is what it was.
            assertThat(Files.readAllBytes(data.resolve("foreign.db"))).isEqualTo(other);
            assertThat(Files.readAllBytes(data.resolve("foreign.db-wal"))).isEqualTo(model[1]);
            for (String name : List.of("foreign", "restored")) {
                Files.delete(data.resolve(name + ".db-wal"));
            }
            replace(data.resolve("foreign.db"), other);
            replace(data.resolve("restored.db"), earlier);
            Await.until(() -> query(server, "foreign", "SELECT 1").statusCode() == 200);
            Await.until(() -> query(server, "restored", "SELECT 1").statusCode() == 200);
            HttpResponse<String> rows = query(server, "foreign", "SELECT count(*) FROM other");
            assertThat(JSON.readTree(rows.body()).at("/rows/0/0").asInt()).isEqualTo(OTHER_ROWS);
            assertThat(whole(server, "restored")).isEqualTo(EARLIER);
            assertThat(server.health().statusCode()).isEqualTo(200);
        }
    }

    private static void refuses(PackedServer server, String database) throws Exception {
        for (String sql : List.of("SELECT 1", "CREATE TABLE mine(a)")) {
            HttpResponse<String> refused = query(server, database, sql);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(500);
            assertThat(JSON.readTree(refused.body()).at("/error/reason").asText())
                    .isEqualTo("SQLITE_CORRUPT");
        }
        HttpResponse<String> health = server.health();
        assertThat(health.statusCode()).as(health.body()).isEqualTo(500);
        assertThat(JSON.readTree(health.body()).at("/databases/" + database).asText())
                .contains("the database file is damaged");
    }

    /** A database that shares nothing with the other. */
    private byte[] other() throws Exception {
        Path file = folder.resolve("other.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE other(x)");
            statement.execute("WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < " + OTHER_ROWS
                    + ") INSERT INTO other SELECT 'row ' || x FROM c");
        }
        return Files.readAllBytes(file);
    }

    private void replace(Path file, byte[] bytes) throws IOException {
        Files.move(Files.write(folder.resolve("copy"), bytes), file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** How many rows a database has; they must be the first of those that were inserted, and whole. */
    private static int whole(PackedServer server, String database) throws Exception {
        HttpResponse<String> check = query(server, database, "PRAGMA integrity_check");
        assertThat(check.body()).as(database).contains("[[\"ok\"]]");
        HttpResponse<String> answer = query(server, database, "SELECT a FROM t WHERE b = c AND a < 1000 ORDER BY a");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        TreeSet<Integer> rows = new TreeSet<>();
        JSON.readTree(answer.body())
                .get("rows")
                .forEach(row -> rows.add(row.get(0).asInt()));
        HttpResponse<String> all = query(server, database, "SELECT count(*) FROM t WHERE a < 1000");
        assertThat(JSON.readTree(all.body()).at("/rows/0/0").asInt()).isEqualTo(rows.size());
        assertThat(rows.last()).isEqualTo(rows.size());
        return rows.size();
    }

    private static HttpResponse<String> query(PackedServer server, String database, String sql)
            throws IOException, InterruptedException {
        return server.post("/" + database + "/query", PackedServer.TOKEN, "{\"sql\":\"" + sql + "\"}");
    }

    private static String name(int number) {
        return "db" + number;
    }

    /** A database, its log and the index of that, as a killed process leaves them, with rows in each of the first two. */
    private byte[][] abandoned() throws Exception {
        Path file = folder.resolve("model.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA wal_autocheckpoint=0");
            statement.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b, c)");
            insert(statement, 1, EARLIER);
            checkpoint(statement);
            copy(file, folder.resolve("earlier.db"));
            insert(statement, EARLIER + 1, CHECKPOINTED);
            checkpoint(statement);
            insert(statement, CHECKPOINTED + 1, CHECKPOINTED + LOGGED);
            Path copies = Files.createDirectory(folder.resolve("model"));
            for (String ending : List.of("", "-wal", "-shm")) {
                copy(Path.of(file + ending), copies.resolve("model.db" + ending));
            }
            return new byte[][] {
                Files.readAllBytes(copies.resolve("model.db")),
                Files.readAllBytes(copies.resolve("model.db-wal")),
                Files.readAllBytes(copies.resolve("model.db-shm"))
            };
        }
    }

    private static void checkpoint(Statement statement) throws Exception {
        try (ResultSet done = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
            assertThat(done.getInt(1)).isZero();
        }
    }

    /** By another process: if this one closed a file that SQLite has open, it would lose SQLite's locks. */
    private static void copy(Path from, Path to) throws Exception {
        Process copy = new ProcessBuilder("cp", from.toString(), to.toString())
                .inheritIO()
                .start();
        assertThat(copy.waitFor()).isZero();
    }

    private static void insert(Statement statement, int first, int last) throws Exception {
        for (int row = first; row <= last; row++) {
            statement.execute("INSERT INTO t SELECT " + row + ", v, v FROM (SELECT hex(randomblob(3000)) AS v)");
        }
    }

    private static byte[] cut(byte[] bytes, Random random) {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }

    private static byte[] turned(byte[] bytes, Random random) {
        byte[] turned = bytes.clone();
        for (int i = 0; i < 3; i++) {
            turned[random.nextInt(turned.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return turned;
    }
}
