package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many writers on one database: each gets its turn, and every row is there. */
@Tag("fault")
final class FairWritersFaultTest {
    private static final int LOOPS = 4;
    private static final Duration LOOPING = Duration.ofSeconds(3);
    /** Unfairness shows in each; a machine that stands still for a moment spoils one. */
    private static final int TRIES = 3;

    /** What is promised is 250 ms; the machine of the gate has more to do at the same time. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(Boolean.getBoolean("quicsql.soak") ? 250 : 1000);

    private static final int THREADS = 100;
    private static final int ROWS = 100;

    @TempDir
    static Path folder;

    private static PackedServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = PackedServer.start(Jdk.running(), folder, Map.of());
        server.query("CREATE TABLE t(id INTEGER PRIMARY KEY, writer, row, UNIQUE (writer, row))");
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void writersInTightLoopsGetAboutTheSame() throws Exception {
        int tries = 0;
        while (!writersInTightLoops().isFair()) {
            tries++;
            assertThat(tries).as("rounds in which writers did not get the same").isLessThan(TRIES);
        }
    }

    /** How many commits the loops came to, the least first, and the longest that one of them waited. */
    private record Shares(long[] commits, Duration longestWait) {
        boolean isFair() {
            return commits[LOOPS - 1] < commits[0] + commits[0] / 2 && longestWait.compareTo(LONGEST_WAIT) < 0;
        }
    }

    private static Shares writersInTightLoops() throws Exception {
        server.query("DELETE FROM t WHERE typeof(writer) = 'text'");
        long[] commits = new long[LOOPS];
        long[] worst = new long[LOOPS];
        long end = System.nanoTime() + LOOPING.toNanos();
        Crowd.run(LOOPS, writer -> {
            PackedStream stream = new PackedStream(server);
            stream.run("SELECT 1");
            for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
                stream.run("INSERT INTO t(writer, row) VALUES ('loop " + writer + "', " + commits[writer] + ")");
                worst[writer] = Math.max(worst[writer], System.nanoTime() - now);
                commits[writer]++;
            }
        });
        Arrays.sort(commits);
        Duration wait = Duration.ofNanos(Arrays.stream(worst).max().orElseThrow());
        System.out.println("FairWritersFaultTest: commits in " + LOOPING.toSeconds() + " s " + Arrays.toString(commits)
                + ", longest wait " + wait.toMillis() + " ms");
        return new Shares(commits, wait);
    }

    @Test
    void everyInsertOfAHundredClientsIsThereOnce() throws Exception {
        Crowd.run(THREADS, writer -> {
            for (int row = 0; row < ROWS; row++) {
                String insert = "INSERT INTO t(writer, row) VALUES (" + writer + ", " + row + ")";
                PackedStream stream = new PackedStream(server);
                if (writer % 2 == 0) {
                    stream.run(insert, PackedStream.CLOSE);
                } else {
                    stream.run("BEGIN IMMEDIATE", insert).run("COMMIT", PackedStream.CLOSE);
                }
            }
        });
        assertThat(server.query("SELECT count(*), count(DISTINCT writer), count(DISTINCT row) FROM t"
                                + " WHERE typeof(writer) = 'integer'")
                        .get("rows"))
                .hasToString("[[" + THREADS * ROWS + "," + THREADS + "," + ROWS + "]]");
    }
}
