package net.quicsql.fault;

import static net.quicsql.fault.KeptConnection.execute;
import static net.quicsql.fault.KeptConnection.pipeline;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.fault.KeptConnection.Reply;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that wait for their clients, in their batons alone. */
@Tag("fault")
final class ParkedStreamFaultTest {
    private static final int STREAMS = 100_000;
    private static final int WARM_UP = 5_000;
    private static final int CONNECTIONS = 8;
    private static final int AT_ONCE = 50;
    /** Every so many-th stream has inserted a row, and must still know which. */
    private static final int INSERTS = 100;

    /** Percent of the batons that are tried in a forged form first. */
    private static final int FORGED = 5;

    /** The connection that copies the log back is closed once nobody has written for half a minute. */
    private static final Duration UPKEEP = Duration.ofSeconds(60);

    /** A connection's descriptor outlives it while another connection locks the same file; the next one gets it then. */
    private static final int KEPT_BY_SQLITE = 4;

    private static final long MOST_GROWTH = 20L << 20;
    private static final String BATON_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final String NONE_IN_MEMORY = "quicsql_open_streams{database=\"app\"} 0";
    private static final String CLOSE = "{\"type\":\"close\"}";
    private static final String AUTOCOMMIT = "{\"type\":\"get_autocommit\"}";

    @TempDir
    Path folder;

    @Test
    void aHundredThousandCostNothingAndEachGoesOn() throws Exception {
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, Map.of())) {
            server.query("CREATE TABLE t(id INTEGER PRIMARY KEY, stream)");
            use(server, open(server, WARM_UP));
            long files = server.openFiles();
            long heap = server.liveHeapBytes();

            long began = System.nanoTime();
            String[] batons = open(server, STREAMS);
            long opened = System.nanoTime();
            long parkedHeap = server.liveHeapBytes();
            Await.until(() -> server.openFiles() <= files + KEPT_BY_SQLITE, UPKEEP);
            assertThat(server.metrics()).contains(NONE_IN_MEMORY);
            assertThat(parkedHeap - heap).isLessThan(MOST_GROWTH);

            long using = System.nanoTime();
            use(server, batons);
            long used = System.nanoTime();
            long grown = server.liveHeapBytes() - heap;
            System.out.printf(
                    "%d parked streams: opened in %.1f s, heap %+d KB; used in %.1f s, heap %+d KB; %d files%n",
                    STREAMS,
                    (opened - began) / 1e9,
                    (parkedHeap - heap) / 1024,
                    (used - using) / 1e9,
                    grown / 1024,
                    files);
            assertThat(grown).isLessThan(MOST_GROWTH);
            Await.until(() -> server.openFiles() <= files + KEPT_BY_SQLITE, UPKEEP);
            assertThat(server.metrics()).contains(NONE_IN_MEMORY);
        }
    }

    @Test
    void ofTwoRequestsOnOneBatonExactlyOneRuns() throws Exception {
        int rounds = 100;
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, Map.of());
                KeptConnection one = new KeptConnection(server, PackedServer.TOKEN);
                KeptConnection other = new KeptConnection(server, PackedServer.TOKEN)) {
            server.query("CREATE TABLE t(id INTEGER PRIMARY KEY, stream)");
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try {
                for (int round = 0; round < rounds; round++) {
                    String baton =
                            one.send(pipeline(null, execute("BEGIN IMMEDIATE"))).baton();
                    String body = pipeline(baton, execute("INSERT INTO t(stream) VALUES(" + round + ")"));
                    List<Future<Reply>> both =
                            List.of(threads.submit(() -> one.send(body)), threads.submit(() -> other.send(body)));
                    Reply first = both.get(0).get();
                    Reply second = both.get(1).get();
                    assertThat(List.of(first.status(), second.status())).containsExactlyInAnyOrder(200, 400);
                    Reply winner = first.status() == 200 ? first : second;
                    Reply loser = first.status() == 200 ? second : first;
                    assertThat(loser.body()).contains("INVALID_BATON");
                    assertThat(one.send(pipeline(winner.baton(), execute("COMMIT"), CLOSE))
                                    .body())
                            .doesNotContain("error");
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(server.query("SELECT count(*), count(DISTINCT stream) FROM t")
                            .get("rows"))
                    .hasToString("[[" + rounds + "," + rounds + "]]");
        }
    }

    private static String[] open(PackedServer server, int count) throws Exception {
        String[] batons = new String[count];
        inParts(server, numbers(count), (connection, part) -> {
            List<String> bodies = new ArrayList<>();
            for (int stream : part) {
                bodies.add(pipeline(
                        null, stream % INSERTS == 0 ? execute("INSERT INTO t(stream) VALUES(?)", stream) : AUTOCOMMIT));
            }
            List<Reply> replies = connection.send(bodies);
            for (int i = 0; i < part.size(); i++) {
                assertThat(replies.get(i).status()).as(replies.get(i).body()).isEqualTo(200);
                batons[part.get(i)] = replies.get(i).baton();
            }
        });
        assertThat(Arrays.stream(batons).distinct().count()).isEqualTo(count);
        return batons;
    }

    /** Goes on with each stream in random order, with some of the batons after a try in a forged form. */
    private static void use(PackedServer server, String[] batons) throws Exception {
        Random random = new Random(20_26);
        List<Integer> order = numbers(batons.length);
        Collections.shuffle(order, random);
        boolean[] forged = new boolean[batons.length];
        for (int i = 0; i < batons.length; i++) {
            forged[i] = random.nextInt(100) < FORGED;
        }
        inParts(server, order, (connection, part) -> {
            List<String> bodies = new ArrayList<>();
            for (int stream : part) {
                if (forged[stream]) {
                    bodies.add(pipeline(forge(batons[stream], stream), AUTOCOMMIT));
                }
                bodies.add(pipeline(batons[stream], execute(question(stream), stream), AUTOCOMMIT));
            }
            int next = 0;
            List<Reply> replies = connection.send(bodies);
            for (int stream : part) {
                if (forged[stream]) {
                    Reply refused = replies.get(next++);
                    assertThat(refused.status()).as(refused.body()).isEqualTo(400);
                    assertThat(refused.body()).contains("\"code\":\"INVALID_BATON\"");
                }
                Reply answer = replies.get(next++);
                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body())
                        .contains("\"value\":\"" + stream + "\"", "\"is_autocommit\":true")
                        .doesNotContain("error");
            }
        });
    }

    private static String question(int stream) {
        return stream % INSERTS == 0
                ? "SELECT max(stream) FROM t WHERE id = last_insert_rowid() AND stream = ?"
                : "SELECT ?";
    }

    /** Another letter somewhere, or one less; not the last letter, some of whose bits mean nothing. */
    private static String forge(String baton, int stream) {
        int at = stream % (baton.length() - 1);
        if (stream % 7 == 0) {
            return baton.substring(0, at) + baton.substring(at + 1);
        }
        int letter = BATON_LETTERS.indexOf(baton.charAt(at));
        char other = BATON_LETTERS.charAt((letter + 1 + stream % 63) % BATON_LETTERS.length());
        return baton.substring(0, at) + other + baton.substring(at + 1);
    }

    private interface Work {
        void on(KeptConnection connection, List<Integer> part) throws IOException;
    }

    /** Works on all streams over a few connections, and closes these. */
    private static void inParts(PackedServer server, List<Integer> streams, Work work) throws Exception {
        List<Callable<Void>> shares = new ArrayList<>();
        int size = (streams.size() + CONNECTIONS - 1) / CONNECTIONS;
        for (int i = 0; i < CONNECTIONS; i++) {
            List<Integer> share =
                    streams.subList(Math.min(i * size, streams.size()), Math.min((i + 1) * size, streams.size()));
            shares.add(() -> {
                try (KeptConnection connection = new KeptConnection(server, PackedServer.TOKEN)) {
                    for (int from = 0; from < share.size(); from += AT_ONCE) {
                        work.on(connection, share.subList(from, Math.min(from + AT_ONCE, share.size())));
                    }
                }
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            for (Future<Void> share : threads.invokeAll(shares)) {
                share.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Integer> numbers(int count) {
        List<Integer> numbers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            numbers.add(i);
        }
        return numbers;
    }
}
