package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails to sync or to write, once or for a while: no acknowledgement, no row, and all is well afterwards. */
@Tag("fault")
final class DiskErrorFaultTest {
    private static final int[] FIRST_FAILING_SYNCS =
            Boolean.getBoolean("quicsql.soak") ? new int[] {1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30} : new int[] {1, 3};
    private static final int FAILURES_WANTED = 3;
    private static final int MOST_INSERTS = 2_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int IOERR = 10;
    private static final int FULL = 13;

    @TempDir
    static Path folder;

    private static final Set<Integer> acknowledged = new HashSet<>();
    private static PackedServer server;
    private static Path database;
    private static Path log;
    private static int nextRow;

    @BeforeAll
    static void start() throws Exception {
        server = PackedServer.start(Jdk.running(), folder, Map.of());
        database = server.data().resolve("app.db");
        log = server.data().resolve("app.db-wal");
        server.query("CREATE TABLE t(row INTEGER PRIMARY KEY, filler)");
        server.query("CREATE TABLE large(filler)");
        assertThat(insert(200, 0)).isTrue();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void acknowledgesNothingThatCouldNotBeSynced() throws Exception {
        for (int first : FIRST_FAILING_SYNCS) {
            String failing = "fsync:error=EIO:when=" + first + ".." + (first + 3);
            try (Strace strace = Strace.inject(server.pid(), folder, failing, log)) {
                failSome(503, IOERR);
            }
            isWellAgain();
        }
        // What was not acknowledged may be found in the log by a new process; what was must be.
        server.kill();
        server.start();
        isWellAgain();
    }

    @Test
    void acknowledgesNothingThatCouldNotBeWritten() throws Exception {
        // Of each thread the first write, and then every write.
        for (String when : new String[] {":when=1", ""}) {
            try (Strace strace = Strace.inject(server.pid(), folder, "pwrite64:error=ENOSPC" + when, log)) {
                failSome(507, FULL);
            }
            isWellAgain();
            try (Strace strace = Strace.inject(server.pid(), folder, "pwrite64:error=EIO" + when, log)) {
                failSome(503, IOERR);
            }
            isWellAgain();
        }
    }

    @Test
    void endsTheTransactionWhoseCommitCouldNotBeSynced() throws Exception {
        JsonNode begun = pipeline(null, "BEGIN IMMEDIATE", "INSERT INTO t VALUES(1000000, 1)");
        JsonNode failed;
        try (Strace strace = Strace.inject(server.pid(), folder, "fsync:error=EIO", log)) {
            failed = pipeline(begun.get("baton").asText(), "COMMIT");
        }
        assertThat(failed.at("/results/0/error/code").asText())
                .as(failed.toString())
                .isEqualTo("SQLITE_IOERR_FSYNC");
        assertThat(rows()).doesNotContain(1_000_000);
        JsonNode healed = pipeline(failed.get("baton").asText(), "ROLLBACK", "SELECT 1");
        assertThat(healed.at("/results/1/type").asText()).as(healed.toString()).isEqualTo("ok");
        isWellAgain();
    }

    @Test
    void acknowledgesOnWhileOnlyTheCheckpointFails() throws Exception {
        for (String failing : new String[] {"pwrite64:error=EIO", "pwrite64:error=ENOSPC", "fsync:error=EIO"}) {
            try (Strace strace = Strace.inject(server.pid(), folder, failing, database)) {
                // More than the log may grow to without being copied.
                server.query("INSERT INTO large VALUES(zeroblob(5000000))");
                Await.until(() -> strace.lines().stream().anyMatch(line -> line.contains("INJECTED")));
                assertThat(insert(200, 0)).isTrue();
            }
            isWellAgain();
        }
    }

    /** Inserts until some have failed as they should. */
    private static void failSome(int status, int code) throws Exception {
        int failures = 0;
        for (int i = 0; failures < FAILURES_WANTED; i++) {
            assertThat(i).as("inserts until %s failed", FAILURES_WANTED).isLessThan(MOST_INSERTS);
            if (!insert(status, code)) {
                failures++;
                assertThat(rows()).as("nothing of a failed insert").isEqualTo(acknowledged);
            }
        }
    }

    /** Inserts a row and tells whether that was acknowledged; if not, the answer must be as given. */
    private static boolean insert(int otherStatus, int code) throws Exception {
        int row = ++nextRow;
        HttpResponse<String> answer = server.post(
                "/app/query",
                PackedServer.TOKEN,
                "{\"sql\":\"INSERT INTO t VALUES(" + row + ", hex(randomblob(3000)))\"}");
        if (answer.statusCode() == 200 && !answer.body().contains("\"error\"")) {
            acknowledged.add(row);
            return true;
        }
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(otherStatus);
        assertThat(JSON.readTree(answer.body()).at("/error/code").asInt())
                .as(answer.body())
                .isEqualTo(code);
        return false;
    }

    private static void isWellAgain() throws Exception {
        assertThat(insert(200, 0)).isTrue();
        assertThat(rows()).containsAll(acknowledged);
        assertThat(server.value("PRAGMA integrity_check").asText()).isEqualTo("ok");
        assertThat(server.health().statusCode()).as(server.health().body()).isEqualTo(200);
    }

    private static Set<Integer> rows() throws IOException, InterruptedException {
        Set<Integer> rows = new HashSet<>();
        server.query("SELECT row FROM t")
                .get("rows")
                .forEach(row -> rows.add(row.get(0).asInt()));
        return rows;
    }

    private static JsonNode pipeline(String baton, String... statements) throws Exception {
        StringBuilder requests = new StringBuilder();
        for (String sql : statements) {
            requests.append(requests.isEmpty() ? "" : ",")
                    .append("{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}");
        }
        HttpResponse<String> answer = server.post(
                "/app/v3/pipeline",
                PackedServer.TOKEN,
                "{\"baton\":" + (baton == null ? "null" : "\"" + baton + "\"") + ",\"requests\":[" + requests + "]}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }
}
