package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.wire.RawConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Clients of the packed server that go away in the middle of things, politely and not. */
@Tag("fault")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HangUpFaultTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c";
    private static final String LONG =
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000000)"
                    + " SELECT max(x) FROM c";
    private static final Pattern HANGUPS = Pattern.compile("quicsql_hangups_total\\{database=\"app\"\\} (\\d+)");
    /** A second is promised. The rest is for a machine on which every processor is busy with other tests. */
    private static final Duration SOON = Duration.ofSeconds(Boolean.getBoolean("quicsql.soak") ? 1 : 15);

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int CROWD = 40;

    private PackedServer server;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = PackedServer.start(Jdk.running(), folder, Map.of());
        server.query("CREATE TABLE t(v)");
    }

    @AfterAll
    void stop() throws Exception {
        try (PackedServer stopped = server) {
            assertThat(stopped.logText()).doesNotContain("ERROR");
        }
    }

    @Test
    void endsTheReadsOfACrowdThatLeaves() throws Exception {
        long before = hangups();
        List<RawConnection> crowd = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            // More than there are readers: some wait for one.
            crowd.add(connect().post("/app/query", PackedServer.TOKEN, query(ENDLESS)));
        }
        for (int i = 0; i < CROWD; i++) {
            if (i % 2 == 0) {
                crowd.get(i).close();
            } else {
                crowd.get(i).reset();
            }
        }
        await("all are ended", LONGEST, () -> hangups() == before + CROWD);
        assertThat(server.value("SELECT 1").asInt()).isEqualTo(1);
    }

    @Test
    void endsAReadWithinASecondOrSo() throws Exception {
        long before = hangups();
        connect().post("/app/v3/cursor", PackedServer.TOKEN, cursor(ENDLESS)).close();
        await("it is ended", SOON, () -> hangups() == before + 1);
    }

    @Test
    void writesToTheEndForAClientThatLeft() throws Exception {
        server.query("DELETE FROM t");
        connect()
                .post("/app/query", PackedServer.TOKEN, query("INSERT INTO t " + LONG))
                .reset();
        await(
                "the row is there",
                LONGEST,
                () -> server.value("SELECT count(*) FROM t").asInt() == 1);
    }

    @Test
    void freesTheWriteLock() throws Exception {
        JsonNode began = pipeline(null, "BEGIN IMMEDIATE");
        String baton = began.get("baton").asText();
        RawConnection left = connect().post("/app/v3/pipeline", PackedServer.TOKEN, pipelineBody(baton, ENDLESS));
        long before = hangups();
        left.close();
        long from = System.nanoTime();
        server.query("INSERT INTO t VALUES('free')");
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(SOON);
        await("both are counted, the read and the transaction", SOON, () -> hangups() == before + 2);
        assertThat(pipeline(baton, "SELECT 1").at("/results/0/error/code").asText())
                .isEqualTo("TRANSACTION_LOST");
    }

    @Test
    void forgetsRequestsThatNeverBecomeWhole() throws Exception {
        String whole = RawConnection.request("/app/query", PackedServer.TOKEN, query("INSERT INTO t VALUES('half')"));
        server.query("DELETE FROM t");
        for (int length = 1; length < whole.length(); length += 7) {
            RawConnection half = connect().send(whole.substring(0, length));
            if (length % 2 == 0) {
                half.close();
            } else {
                half.reset();
            }
        }
        assertThat(server.value("SELECT count(*) FROM t").asInt()).isZero();
    }

    /** Jetty's own guard, which the shipped configuration sets: it counts from the body's first byte. */
    @Test
    void refusesABodyThatComesByteByByte() throws Exception {
        String whole = RawConnection.request("/app/query", PackedServer.TOKEN, query("SELECT 1"));
        int body = whole.indexOf("\r\n\r\n") + 4;
        try (RawConnection slow = connect().send(whole.substring(0, body + 1))) {
            long from = System.nanoTime();
            for (int at = body + 1;
                    at < whole.length() && slow.socket().getInputStream().available() == 0;
                    at++) {
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
                slow.send(whole.substring(at, at + 1));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(8));
            assertThat(slow.answer()).contains("Request content data rate < 16 B/s");
        } catch (IOException closed) {
            assertThat(closed).hasMessageNotContaining("timed out");
        }
    }

    private RawConnection connect() throws IOException {
        return new RawConnection(URI.create(server.url()).getPort());
    }

    private long hangups() throws Exception {
        Matcher found = HANGUPS.matcher(server.metrics());
        assertThat(found.find()).isTrue();
        return Long.parseLong(found.group(1));
    }

    private JsonNode pipeline(String baton, String sql) throws Exception {
        return JSON.readTree(server.post("/app/v3/pipeline", PackedServer.TOKEN, pipelineBody(baton, sql))
                .body());
    }

    private static String query(String sql) {
        return "{\"sql\":\"" + sql + "\"}";
    }

    private static String pipelineBody(String baton, String sql) {
        return "{\"baton\":" + (baton == null ? "null" : "\"" + baton + "\"")
                + ",\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}]}";
    }

    private static String cursor(String sql) {
        return "{\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"" + sql + "\"}}]}}";
    }

    private static void await(String what, Duration most, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + most.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("not within %s: %s", most, what).isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
