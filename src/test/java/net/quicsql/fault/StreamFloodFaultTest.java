package net.quicsql.fault;

import static net.quicsql.fault.KeptConnection.execute;
import static net.quicsql.fault.KeptConnection.pipeline;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.fault.KeptConnection.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One principal that opens streams without end and never closes any. In the gate, transactions are refused at once and stay;
 * the soak has the limits as they are shipped, with which a refusal takes ten seconds, and quiet transactions are ended.
 */
@Tag("fault")
final class StreamFloodFaultTest {
    private static final boolean SOAK = Boolean.getBoolean("quicsql.soak");
    private static final int OPENS = 10_000;
    /** In the soak, enough for the threads to be refused some seven times each. */
    private static final int BEGINS = SOAK ? 400 : OPENS;

    private static final int THREADS = 60;
    /** What the two limits leave one principal by default. */
    private static final int TRANSACTIONS = 48;

    /** What the server waits for before it ends a quiet transaction where nothing is said. */
    private static final double SHIPPED_IDLE_SECONDS = 30;

    private static final int STATES = 64;
    private static final long MOST_GROWTH = 20L << 20;
    private static final String STORE = "{\"type\":\"store_sql\",\"sql_id\":1,\"sql\":\"SELECT 1\"}";
    private static final String AUTOCOMMIT = "{\"type\":\"get_autocommit\"}";
    private static final String CLOSE = "{\"type\":\"close\"}";

    @TempDir
    Path folder;

    @Test
    void isAnsweredWithTheLimitAndLeavesRoomForOthers() throws Exception {
        Map<String, String> impatient = Map.of(
                "limits.lock_wait", "40ms",
                "limits.contended_idle_timeout", "30ms",
                "limits.tx_idle_timeout", "10m",
                "limits.max_tx_lifetime", "10m");
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, SOAK ? Map.of() : impatient);
                KeptConnection other = new KeptConnection(server, PackedServer.READER_TOKEN)) {
            flood(server, AUTOCOMMIT, other, 500);
            long heap = server.liveHeapBytes();

            long began = System.nanoTime();
            int begun = flood(server, execute("BEGIN"), other, BEGINS);
            long between = System.nanoTime();
            int stored = flood(server, STORE, other, OPENS);
            long grown = server.liveHeapBytes() - heap;
            System.out.printf(
                    "%d opens: %d transactions in %.1f s; %d opens: %d stored texts in %.1f s; heap %+d KB%n",
                    BEGINS,
                    begun,
                    (between - began) / 1e9,
                    OPENS,
                    stored,
                    (System.nanoTime() - between) / 1e9,
                    grown / 1024);

            int ended = SOAK ? (int) ((between - began) / 1e9 / SHIPPED_IDLE_SECONDS) : 0;
            assertThat(begun).isBetween(TRANSACTIONS, TRANSACTIONS * (1 + ended));
            assertThat(stored).isEqualTo(STATES);
            assertThat(grown).isLessThan(MOST_GROWTH);
            double transactions = metric(server, "quicsql_open_transactions");
            double streams = metric(server, "quicsql_open_streams");
            if (SOAK) {
                assertThat(transactions).isBetween(0.0, (double) TRANSACTIONS);
                assertThat(streams).isBetween((double) STATES, (double) (TRANSACTIONS + STATES));
            } else {
                assertThat(transactions).isEqualTo(TRANSACTIONS);
                assertThat(streams).isEqualTo(TRANSACTIONS + STATES);
            }
        }
    }

    private static double metric(PackedServer server, String name) throws Exception {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith(name + "{database=\"app\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /**
     * Sends the request on so many new streams of one principal, while another principal does so on a stream that it closes.
     *
     * @return how many were granted
     */
    private static int flood(PackedServer server, String request, KeptConnection other, int opens) throws Exception {
        AtomicInteger left = new AtomicInteger(opens);
        AtomicInteger granted = new AtomicInteger();
        Callable<Void> opener = () -> {
            try (KeptConnection connection = new KeptConnection(server, PackedServer.TOKEN)) {
                while (left.getAndDecrement() > 0) {
                    Reply reply = connection.send(pipeline(null, request));
                    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
                    if (reply.body().contains("\"type\":\"ok\"")) {
                        granted.incrementAndGet();
                    } else {
                        assertThat(reply.body()).contains("\"code\":\"TOO_MANY_STREAMS\"", "limits.max_");
                    }
                }
            }
            return null;
        };
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Void>> openers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                openers.add(threads.submit(opener));
            }
            int served = 0;
            do {
                Reply reply = other.send(pipeline(null, request, AUTOCOMMIT, CLOSE));
                assertThat(reply.status()).as(reply.body()).isEqualTo(200);
                assertThat(reply.body()).doesNotContain("error");
                served++;
            } while (left.get() > 0);
            for (Future<Void> each : openers) {
                each.get();
            }
            assertThat(served).isPositive();
        } finally {
            threads.shutdownNow();
        }
        return granted.get();
    }
}
