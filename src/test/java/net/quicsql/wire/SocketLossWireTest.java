package net.quicsql.wire;

import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.step;
import static net.quicsql.wire.SocketClient.onStream;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** WebSockets whose clients go away, read nothing or ask for too much: others are served, and nothing is left of it. */
class SocketLossWireTest {
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

    private static final String COUNTING =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";

    private static final String MANY_ROWS =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 200) SELECT hex(zeroblob(500)) FROM c";

    @RegisterExtension
    static final WireServer SERVER = WireServer.with(
            "cursor_buffer: 16KiB",
            "memory_budget: 16MiB",
            "max_hrana_body: 8MiB",
            "contended_idle_timeout: 20s",
            "lock_wait: 30s");

    private SocketClient client;

    @BeforeEach
    void connect() throws IOException {
        SERVER.client().run("DROP TABLE IF EXISTS t; CREATE TABLE t(v)");
        client = SocketClient.hello(SERVER, "hrana3");
        client.openStream(0);
        client.openStream(1);
    }

    @AfterEach
    void requireNothingLeft() throws Exception {
        client.abort();
        Await.until("no request is running", () -> SERVER.level("quicsql.app.requests_in_flight") == 0);
        Await.until("no stream is left", () -> SERVER.level("quicsql.app.open_streams") == 0);
        Await.until("no memory is held", () -> SERVER.level("quicsql.buffered_bytes") == 0);
        Await.until("no temporary file is left", () -> spools() == 0);
        Await.until("no connection is left", () -> sockets() == 0);
        assertThat(SERVER.level("quicsql.app.open_transactions")).isZero();
        Await.until("the lock is free", () -> !SERVER.isWriteLocked());
        Await.until("no snapshot is held", () -> !SERVER.isLogInUse());
    }

    @Test
    void endsALongReadAndRunsNothingThatWaitsBehindIt() throws Exception {
        client.request(onStream(0, execute(ENDLESS)));
        client.request(onStream(0, execute("INSERT INTO t VALUES('behind')")));
        client.request(cursor(0, 1, "INSERT INTO t VALUES('in a cursor behind')"));
        Await.until("it runs", () -> SERVER.level("quicsql.app.requests_in_flight") == 1);
        client.abort();
        Await.until("it has ended", () -> SERVER.level("quicsql.app.requests_in_flight") == 0);
        assertThat(SERVER.client().rows("SELECT v FROM t")).isEmpty();
    }

    /** As a client does that closes its transaction and then itself. */
    @Test
    void endsAStreamThatItsClientHadClosedWhileItWasBusy() throws Exception {
        for (int i = 0; i < 10; i++) {
            SocketClient leaving = SocketClient.hello(SERVER, "hrana3");
            leaving.openStream(0);
            leaving.execute(0, "BEGIN IMMEDIATE");
            // Short enough to be over before anybody ends it for the client's leaving.
            leaving.request(onStream(0, execute("SELECT max(x) FROM (" + COUNTING + " LIMIT 50000)")));
            leaving.request("{\"type\":\"close_stream\",\"stream_id\":0}");
            leaving.abort();
            Await.until("its transaction is over", () -> SERVER.level("quicsql.app.open_transactions") == 0);
        }
    }

    @Test
    void runsNoWriteWhoseTurnComesAfterItsClientHasLeft() throws Exception {
        HranaStream holder = SERVER.client().stream().run("BEGIN IMMEDIATE");
        client.request(onStream(0, execute("INSERT INTO t VALUES('too late')")));
        Await.until("it waits for its turn", () -> SERVER.waitingWriters() == 1);
        client.abort();
        Await.until("it waits no more", () -> SERVER.waitingWriters() == 0);
        holder.run("COMMIT").close();
        assertThat(SERVER.client().rows("SELECT v FROM t")).isEmpty();
    }

    @Test
    void rollsBackAndForgetsWhatIsNotFetched() throws Exception {
        client.execute(0, "BEGIN IMMEDIATE");
        client.execute(0, "INSERT INTO t VALUES('not committed')");
        client.execute(1, "CREATE TEMP TABLE mine(x)");
        client.response(cursor(0, 1, MANY_ROWS));
        Await.until("there is a temporary file", () -> spools() == 1);
        client.abort();
        Await.until("the lock is free", () -> !SERVER.isWriteLocked());
        assertThat(SERVER.client().rows("SELECT v FROM t")).isEmpty();
    }

    @Test
    void givesTheMemoryOfHalfAMessageBack() throws Exception {
        try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", "hrana3")) {
            raw.text(SocketClient.hello(WireServer.DEV));
            raw.next();
            raw.begin(RawSocket.TEXT, 4_000_000);
            raw.send(new byte[1_500_000]);
            Await.until("memory is held", () -> SERVER.level("quicsql.buffered_bytes") > 1_000_000);
            raw.reset();
            Await.until("it is given back", () -> SERVER.level("quicsql.buffered_bytes") == 0);
        }
    }

    @Test
    void asksAClientToComeBackWhenThereIsNoMemoryForItsMessage() throws Exception {
        try (RawSocket half = RawSocket.open(SERVER.port(), "/app", "hrana3")) {
            half.text(SocketClient.hello(WireServer.DEV));
            half.next();
            half.begin(RawSocket.TEXT, 4_000_000);
            half.send(new byte[1_400_000]);
            Await.until("memory is held", () -> SERVER.level("quicsql.buffered_bytes") > 1_000_000);
            client.execute(0, "BEGIN IMMEDIATE");
            client.sendText(onStream(0, execute("SELECT '" + "x".repeat(2_500_000) + "'")));
            assertThat(client.closeCode()).isEqualTo(1013);
            assertThat(client.closeReason()).contains("limits.memory_budget");
        }
    }

    /** A quarter of the memory budget, whoever stores them, until they are gone. */
    @Test
    void keepsStoredTextsWithinTheirPartOfTheMemory() throws Exception {
        String text = "SELECT '" + "x".repeat(60_000) + "'";
        int stored = 0;
        JsonNode answer = client.ask(Requests.storeSql(stored, text));
        while (answer.get("type").textValue().equals("response_ok")) {
            stored++;
            assertThat(stored).isLessThan(80);
            answer = client.ask(Requests.storeSql(stored, text));
        }
        assertThat(answer.at("/error/code").textValue()).isEqualTo("OVERLOADED");
        assertThat(answer.at("/error/message").textValue()).contains("stored SQL texts", "limits.memory_budget");
        assertThat(stored).isGreaterThan(65);
        HranaStream other = SERVER.client().stream();
        other.send(Requests.storeSql(1, text)).response(0);
        assertThat(other.send(Requests.storeSql(2, text), Requests.storeSql(3, text))
                        .codes())
                .contains("OVERLOADED");
        // What runs meanwhile is not concerned.
        assertThat(client.execute(0, "SELECT 1").get("rows")).hasSize(1);

        client.abort();

        Await.until(
                "the texts of the connection are gone",
                () -> other.send(Requests.storeSql(4, text)).code(0).equals("ok"));
        other.close();
    }

    /** Whoever is not known yet may hold nothing of what others need. */
    @Test
    void takesNoMemoryOfTheBudgetBeforeHello() throws Exception {
        try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", "hrana3")) {
            raw.begin(RawSocket.TEXT, 4_000_000);
            raw.send(new byte[1_500_000]);
            assertThat(client.execute(0, "SELECT 1").get("rows")).hasSize(1);
            assertThat(SERVER.level("quicsql.buffered_bytes")).isZero();
        }
    }

    /** Many streams, each with an answer that is longer than what is on its way to a client that does not read. */
    @Test
    void keepsNoThreadAndNoHeapForAnswersThatNobodyReads() throws Exception {
        try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", "hrana3", 4096)) {
            raw.text(SocketClient.hello(WireServer.DEV));
            int streams = 400;
            for (int i = 0; i < streams; i++) {
                raw.text(request(2 * i, "{\"type\":\"open_stream\",\"stream_id\":" + i + "}"));
                raw.text(request(2 * i + 1, onStream(i, execute(MANY_ROWS))));
            }
            Await.until("an answer is there", () -> spools() + SERVER.level("quicsql.buffered_bytes") > 0);
            Await.until("one thread at most waits for the client", () -> sendingThreads() <= 1);
            assertThat(spools()).as("answers that were produced for nobody").isLessThan(streams / 2);
            assertThat(client.execute(0, "SELECT 1").get("rows")).hasSize(1);
            assertThat(SERVER.client().rows("SELECT 1")).containsExactly("1");
            // It reads after all, and gets everything in whole messages.
            int whole = 0;
            while (whole < 1 + 2 * streams) {
                whole += raw.next().last() ? 1 : 0;
            }
        }
    }

    @Test
    void readsNoFurtherFromAClientWithAThousandUnansweredRequests() throws Exception {
        HranaStream holder = SERVER.client().stream().run("BEGIN IMMEDIATE");
        client.request(onStream(0, execute("INSERT INTO t VALUES(1)")));
        Await.until("it waits for its turn", () -> SERVER.waitingWriters() == 1);
        int last = 0;
        for (int i = 0; i < 1500; i++) {
            last = client.request(onStream(0, execute("INSERT INTO t VALUES(1)")));
        }
        int elsewhere = client.request(onStream(1, execute("SELECT 1")));
        assertThat(client.hasMessages()).isFalse();
        holder.run("COMMIT").close();
        List<Integer> ids = new ArrayList<>();
        while (ids.size() < 1502) {
            ids.add(client.next().get("request_id").intValue());
        }
        assertThat(ids).contains(last, elsewhere);
        assertThat(SERVER.client().rows("SELECT count(*) FROM t")).containsExactly("1501");
    }

    @Test
    void holdsAClientBackThatSendsPingsAndReadsNoPongs() throws Exception {
        byte[] ping = RawSocket.bytes(RawSocket.PING, true, new byte[125]);
        byte[] many = new byte[500 * ping.length];
        for (int i = 0; i < many.length; i += ping.length) {
            System.arraycopy(ping, 0, many, i, ping.length);
        }
        AtomicLong sent = new AtomicLong();
        long most = 256L * 1024 * 1024;
        try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", "hrana3", 4096)) {
            Thread sender = new Thread(() -> {
                try {
                    while (sent.get() < most) {
                        raw.send(many);
                        sent.addAndGet(many.length);
                    }
                } catch (IOException ended) {
                    // The test has seen enough.
                }
            });
            sender.start();
            long[] seen = {-1, System.nanoTime()};
            Await.until("it is held back", () -> {
                if (seen[0] != sent.get()) {
                    seen[0] = sent.get();
                    seen[1] = System.nanoTime();
                }
                return System.nanoTime() - seen[1] > Duration.ofSeconds(1).toNanos();
            });
            assertThat(sent.get()).isLessThan(most);
            raw.reset();
            sender.join();
        }
    }

    @Test
    void endsAConnectionThatUsesNumbersWithoutEnd() throws Exception {
        try (RawSocket raw = RawSocket.open(SERVER.port(), "/app", "hrana3")) {
            raw.text(SocketClient.hello(WireServer.DEV));
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 20_001; i++) {
                        raw.text(request(i, "{\"type\":\"open_stream\",\"stream_id\":" + i + "}"));
                    }
                } catch (IOException ended) {
                    // It was closed before all were sent.
                }
            });
            sender.start();
            assertThat(raw.closeCode()).isEqualTo(1008);
            raw.close();
            sender.join();
        }
    }

    private static String cursor(int stream, int cursor, String sql) {
        return "{\"type\":\"open_cursor\",\"stream_id\":" + stream + ",\"cursor_id\":" + cursor
                + ",\"batch\":{\"steps\":[" + step(sql) + "]}}";
    }

    private static String request(int id, String request) {
        return "{\"type\":\"request\",\"request_id\":" + id + ",\"request\":" + request + "}";
    }

    private static long sendingThreads() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack ->
                        Stream.of(stack).anyMatch(frame -> frame.getClassName().contains("SocketOutput")))
                .count();
    }

    /** Temporary files that this process has open. */
    private static long spools() throws IOException {
        return links().stream()
                .filter(link -> link.contains("quicsql-") && link.contains(".spool"))
                .count();
    }

    /** Connections of ours that the server has not closed. */
    private long sockets() {
        return SERVER.webSockets();
    }

    private static List<String> links() throws IOException {
        List<String> links = new ArrayList<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : (Iterable<Path>) open::iterator) {
                try {
                    links.add(Files.readSymbolicLink(each).toString());
                } catch (NoSuchFileException closedMeanwhile) {
                    continue;
                }
            }
        }
        return links;
    }
}
