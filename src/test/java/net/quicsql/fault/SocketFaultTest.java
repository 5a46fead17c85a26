package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.testing.Await;
import net.quicsql.wire.RawSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets whose clients are lost all at once, and a server that stops or is killed beneath them. */
@Tag("fault")
final class SocketFaultTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONNECTION = "net.quicsql.hrana.websocket.SocketFrames";
    private static final int SOCKETS = 500;
    private static final int WRITERS = 8;
    private static final int GOING_AWAY = 1001;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final long MEGABYTE = 1024 * 1024;
    private static final long FEW_STEPS = 1_000_000;
    private static final long SOME_SECONDS = Duration.ofSeconds(5).toNanos();

    @TempDir
    Path folder;

    @Test
    void holdsNothingOfFiveHundredClientsThatAreLostAtOnce() throws Exception {
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, Map.of())) {
            server.query("CREATE TABLE t(v)");
            crowd(server);
            awaitNothing(server);
            long files = server.openFiles();
            long heap = server.liveHeapBytes();
            for (int round = 0; round < 3; round++) {
                crowd(server);
                awaitNothing(server);
            }
            Await.until(() -> server.openFiles() <= files + 20);
            // At once: who comes and goes all the time must not be held until some timer is due.
            Await.until(() -> server.liveObjects(CONNECTION) == 0);
            assertThat(server.liveHeapBytes()).isLessThan(heap + 16 * MEGABYTE);
            assertThat(server.value("SELECT count(*) FROM t").asInt()).isZero();
            server.query("INSERT INTO t VALUES('the lock is free')");
        }
    }

    @Test
    void answersWhatRunsAndSaysGoodbyeWhenItStops() throws Exception {
        Map<String, String> settings = Map.of("server.shutdownGracePeriod", "20s");
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, settings);
                Client idle = new Client(server);
                Client mute = new Client(server);
                Client open = new Client(server);
                Client busy = new Client(server)) {
            server.query("CREATE TABLE t(v)");
            idle.ask(openStream(1));
            mute.ask(openStream(1));
            open.ask(openStream(1));
            open.ask(execute(1, "BEGIN"));
            open.ask(execute(1, "SELECT count(*) FROM t"));
            busy.ask(openStream(1));
            busy.ask(openStream(2));
            long steps = stepsOfSomeSeconds(server);
            busy.send(7, execute(1, counting(steps)));
            awaitMetric(server, "quicsql_requests_in_flight{database=\"app\"}", 1);

            Thread stopping = new Thread(() -> {
                try {
                    server.stop();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            long began = System.nanoTime();
            stopping.start();
            assertThat(idle.closeCode()).isEqualTo(GOING_AWAY);
            assertThat(open.closeCode()).isEqualTo(GOING_AWAY);
            // Never says that it has heard it.
            assertThat(mute.raw.closeCode()).isEqualTo(GOING_AWAY);
            // The others may have been told before this connection is: a read does not wait for the one that writes.
            int request = 7;
            JsonNode refused;
            do {
                request++;
                busy.send(request, execute(2, "SELECT 1"));
                refused = busy.next();
                assertThat(refused.at("/request_id").intValue()).isEqualTo(request);
            } while (!refused.has("error"));
            assertThat(refused.at("/error/code").textValue()).isEqualTo("SHUTTING_DOWN");
            busy.send(request + 1, execute(2, "INSERT INTO t VALUES('too late')"));
            refused = busy.next();
            assertThat(refused.at("/request_id").intValue()).isEqualTo(request + 1);
            assertThat(refused.at("/error/code").textValue()).isEqualTo("SHUTTING_DOWN");
            JsonNode answered = busy.next();
            assertThat(answered.at("/request_id").intValue()).isEqualTo(7);
            assertThat(answered.at("/response/result/affected_row_count").intValue())
                    .isEqualTo(1);
            assertThat(busy.closeCode()).isEqualTo(GOING_AWAY);
            stopping.join();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(26));
            assertThat(server.isAlive()).isFalse();
            assertThat(folder.resolve("data/app.db-wal")).doesNotExist();
            server.start();
            assertThat(server.query("SELECT v FROM t").get("rows")).hasToString("[[" + steps + "]]");
        }
    }

    @Test
    void keepsEveryRowThatWasAcknowledgedOverAWebSocket() throws Exception {
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, Map.of())) {
            server.query("CREATE TABLE t(writer, number)");
            AtomicLong[] acknowledged = new AtomicLong[WRITERS];
            AtomicBoolean killed = new AtomicBoolean();
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                acknowledged[i] = new AtomicLong();
                Thread thread = new Thread(() -> write(server, writer, acknowledged[writer], killed));
                thread.start();
                writers.add(thread);
            }
            for (AtomicLong rows : acknowledged) {
                Await.until(() -> rows.get() >= 50, MINUTE);
            }
            server.kill();
            killed.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
            server.start();
            for (int i = 0; i < WRITERS; i++) {
                long rows = server.value("SELECT count(*) FROM t WHERE writer = " + i)
                        .asLong();
                long last = server.value("SELECT max(number) FROM t WHERE writer = " + i)
                        .asLong();
                assertThat(rows).as("no hole").isEqualTo(last);
                assertThat(last).isBetween(acknowledged[i].get(), acknowledged[i].get() + 1);
            }
            assertThat(server.value("PRAGMA integrity_check").asText()).isEqualTo("ok");
        }
    }

    @Test
    void keepsAnIdleSocketAndItsStreamPastTheConnectorsIdleTimeout() throws Exception {
        Map<String, String> settings = Map.of("server.applicationConnectors[0].idleTimeout", "500ms");
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, settings);
                Client client = new Client(server)) {
            client.ask(openStream(1));
            client.ask(execute(1, "PRAGMA foreign_keys=OFF"));
            // One is sent after half of the timeout each: eight are four timeouts.
            for (int i = 0; i < 8; i++) {
                assertThat(client.raw.next().opCode()).isEqualTo(RawSocket.PING);
            }
            JsonNode answer = client.ask(execute(1, "PRAGMA foreign_keys"));
            assertThat(answer.at("/response/result/rows/0/0/value").textValue()).isEqualTo("0");
        }
    }

    @Test
    void cutsOffAClientThatReadsNothingAndServesOthers() throws Exception {
        // So that nothing but the end of its connection ends the transaction.
        Map<String, String> settings = Map.of("limits.tx_idle_timeout", "10m", "limits.max_tx_lifetime", "10m");
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, settings);
                Client other = new Client(server)) {
            other.ask(openStream(1));
            RawSocket asleep = RawSocket.open(server.port(), "/app", "hrana3", 4096);
            Client client = new Client(asleep);
            // First: behind answers that it does not read nothing would be run for it.
            client.send(9999, openStream(9999));
            client.send(10_000, execute(9999, "BEGIN IMMEDIATE"));
            awaitMetric(server, "quicsql_open_transactions{database=\"app\"}", 1);
            for (int i = 0; i < 400; i++) {
                client.send(2 * i, openStream(i));
                client.send(
                        2 * i + 1,
                        execute(
                                i,
                                "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 400)"
                                        + " SELECT hex(zeroblob(500)) FROM c"));
            }
            other.ask(execute(1, "SELECT 1"));
            // The kernel's buffers may take enough for the first 30 s to be let pass.
            Await.until(
                    () -> metric(server, "quicsql_open_transactions{database=\"app\"}") == 0, MINUTE.multipliedBy(2));
            asleep.awaitEnd();
            other.ask(execute(1, "CREATE TABLE t(v)"));
            awaitNothing(server);
            client.close();
        }
    }

    /** Each with a stream that is parked, and one that has a transaction or waits for a place for one, or for its turn. */
    private static void crowd(PackedServer server) throws Exception {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            Client client = new Client(server);
            client.ask(openStream(1));
            client.ask(openStream(2));
            client.ask(execute(2, "PRAGMA foreign_keys=OFF"));
            clients.add(client);
        }
        for (int i = 0; i < SOCKETS; i++) {
            String begin = i % 2 == 0 ? "BEGIN IMMEDIATE" : "BEGIN";
            // In a batch, for without its transaction the row would stay.
            clients.get(i)
                    .send(
                            9,
                            "{\"type\":\"batch\",\"stream_id\":1,\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"" + begin
                                    + "\"}},{\"condition\":{\"type\":\"ok\",\"step\":0},\"stmt\":{\"sql\":"
                                    + "\"INSERT INTO t VALUES(1)\"}}]}}");
        }
        Await.until(() -> metric(server, "quicsql_transactions_waiting{database=\"app\"}") > SOCKETS / 2, MINUTE);
        assertThat(metric(server, "quicsql_writers_waiting{database=\"app\"}")).isPositive();
        for (Client client : clients) {
            client.raw.reset();
        }
    }

    private static void awaitNothing(PackedServer server) throws Exception {
        for (String metric : List.of(
                "quicsql_requests_in_flight{database=\"app\"}",
                "quicsql_open_streams{database=\"app\"}",
                "quicsql_open_transactions{database=\"app\"}",
                "quicsql_transactions_waiting{database=\"app\"}",
                "quicsql_writers_waiting{database=\"app\"}",
                "quicsql_buffered_bytes")) {
            awaitMetric(server, metric, 0);
        }
    }

    private static double metric(PackedServer server, String series) throws Exception {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> line.substring(series.length() + 1))
                .mapToDouble(Double::parseDouble)
                .findFirst()
                .orElseThrow();
    }

    private static void awaitMetric(PackedServer server, String series, long value) throws Exception {
        Await.until(() -> metric(server, series) == value, MINUTE);
    }

    private static void write(PackedServer server, int writer, AtomicLong acknowledged, AtomicBoolean killed) {
        try (Client client = new Client(server)) {
            client.ask(openStream(1));
            while (!killed.get()) {
                JsonNode answer = client.ask(
                        execute(1, "INSERT INTO t VALUES(" + writer + ", " + (acknowledged.get() + 1) + ")"));
                assertThat(answer.at("/type").textValue()).isEqualTo("response_ok");
                acknowledged.incrementAndGet();
            }
        } catch (IOException gone) {
            // The server was killed.
        }
    }

    private static String counting(long steps) {
        return "INSERT INTO t SELECT count(*) FROM (WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c"
                + " LIMIT " + steps + ") SELECT x FROM c)";
    }

    /** How much counting takes some seconds on this machine. */
    private static long stepsOfSomeSeconds(PackedServer server) throws Exception {
        long took = Long.MAX_VALUE;
        // The least of some: a server that has just started has other things to do.
        for (int i = 0; i < 5; i++) {
            long began = System.nanoTime();
            server.query(counting(FEW_STEPS));
            took = Math.min(took, System.nanoTime() - began);
            server.query("DELETE FROM t");
        }
        return Math.max(FEW_STEPS, FEW_STEPS * SOME_SECONDS / took);
    }

    private static String openStream(int stream) {
        return "{\"type\":\"open_stream\",\"stream_id\":" + stream + "}";
    }

    private static String execute(int stream, String sql) {
        return "{\"type\":\"execute\",\"stream_id\":" + stream + ",\"stmt\":{\"sql\":\"" + sql + "\"}}";
    }

    /** Someone who has said hello. */
    private static final class Client implements AutoCloseable {
        private final RawSocket raw;

        Client(PackedServer server) throws IOException {
            this(RawSocket.open(server.port(), "/app", "hrana3"));
        }

        Client(RawSocket raw) throws IOException {
            this.raw = raw;
            raw.text("{\"type\":\"hello\",\"jwt\":\"" + PackedServer.TOKEN + "\"}");
            assertThat(next().at("/type").textValue()).isEqualTo("hello_ok");
        }

        void send(int id, String request) throws IOException {
            raw.text("{\"type\":\"request\",\"request_id\":" + id + ",\"request\":" + request + "}");
        }

        JsonNode ask(String request) throws IOException {
            send(1, request);
            return next();
        }

        /** The next message. */
        JsonNode next() throws IOException {
            RawSocket.Frame frame = raw.next();
            while (frame.opCode() == RawSocket.PING) {
                frame = raw.next();
            }
            assertThat(frame.opCode()).as(frame.text()).isEqualTo(RawSocket.TEXT);
            return JSON.readTree(frame.text());
        }

        /** What the server closes with, which is answered. */
        int closeCode() throws IOException {
            int code = raw.closeCode();
            raw.frame(
                    RawSocket.CLOSE,
                    true,
                    ByteBuffer.allocate(2).putShort((short) code).array());
            return code;
        }

        @Override
        public void close() throws IOException {
            raw.close();
        }
    }
}
