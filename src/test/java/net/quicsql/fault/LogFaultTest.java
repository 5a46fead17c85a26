package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
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
        // The log of another database, which SQLite cannot tell from its own.
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("foreign.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE other(x)");
            statement.execute("WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < 9000)"
                    + " INSERT INTO other SELECT 'row ' || x FROM c");
        }
        Files.write(data.resolve("foreign.db-wal"), model[1]);

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

            HttpResponse<String> foreign = query(server, "foreign", "SELECT count(*) FROM sqlite_schema");
            assertThat(foreign.statusCode()).as(foreign.body()).isIn(200, 500);
            server.query("CREATE TABLE t(a)");
            server.kill();
            server.start();
            for (int i = 0; i < DATABASES; i++) {
                whole(server, name(i));
            }
        }
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
            insert(statement, 1, CHECKPOINTED);
            try (ResultSet done = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                assertThat(done.getInt(1)).isZero();
            }
            insert(statement, CHECKPOINTED + 1, CHECKPOINTED + LOGGED);
            // Another process's copy of the three files: what this one has in memory is not missed.
            Path copies = Files.createDirectory(folder.resolve("model"));
            Process copy = new ProcessBuilder("cp", file.toString(), file + "-wal", file + "-shm", copies.toString())
                    .inheritIO()
                    .start();
            assertThat(copy.waitFor()).isZero();
            return new byte[][] {
                Files.readAllBytes(copies.resolve("model.db")),
                Files.readAllBytes(copies.resolve("model.db-wal")),
                Files.readAllBytes(copies.resolve("model.db-shm"))
            };
        }
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
