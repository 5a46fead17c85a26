package net.quicsql.hrana.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.quicsql.auth.AuthConfig;
import net.quicsql.auth.Authenticators;
import net.quicsql.engine.EngineFixture;
import net.quicsql.engine.Stream;
import net.quicsql.hrana.ClientMessage;
import net.quicsql.hrana.CursorEncoder;
import net.quicsql.hrana.CursorOutput;
import net.quicsql.hrana.EntryScanner;
import net.quicsql.hrana.HranaLimits;
import net.quicsql.hrana.SocketEncoder;
import net.quicsql.hrana.SocketEncoding;
import net.quicsql.hrana.StreamCalls;
import net.quicsql.hrana.json.JsonSocketEncoding;
import net.quicsql.http.Admission;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.Body;
import net.quicsql.http.RequestClients;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.problem.Problem;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.OutgoingEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole connection over a real engine, on one thread, with a spelling that fails when it is told to. */
class SocketFramesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BEGIN = "{\"type\":\"execute\",\"stream_id\":0,\"stmt\":{\"sql\":\"BEGIN IMMEDIATE\"}}";

    private final MemoryBudget memory = new MemoryBudget(100_000_000);
    private final ManualScheduler scheduler = new ManualScheduler();
    private final Peer peer = new Peer();

    @TempDir
    Path folder;

    private EngineFixture fixture;
    private Fragile encoding;
    private SocketFrames frames;

    @BeforeEach
    void connect() throws Exception {
        fixture = new EngineFixture(Files.createDirectory(folder.resolve("data")));
        LimitsConfig limits = LimitsConfig.defaults();
        HranaLimits bounds = HranaLimits.of(limits);
        AnswerBuffers buffers = new AnswerBuffers(memory, folder);
        encoding = new Fragile(new JsonSocketEncoding(bounds.maxBodyBytes(), buffers));
        SocketServices services = new SocketServices(
                new StreamCalls(fixture.engine()),
                new Authenticators(new AuthConfig(List.of())),
                new Admission(limits, System::nanoTime, database -> Optional.empty()),
                encoding,
                encoding,
                new RequestClients(),
                buffers,
                limits,
                bounds,
                fixture.engine().storedTextMemory());
        frames = new SocketFrames(
                services,
                Subprotocol.HRANA3,
                new Handshake(EngineFixture.APP, null, List.of()),
                new ByteArrayEndPoint(),
                Runnable::run,
                scheduler,
                open -> {});
        frames.onOpen(peer, Callback.NOOP);
        send("{\"type\":\"hello\"}");
        request(1, "{\"type\":\"open_stream\",\"stream_id\":0}");
        assertThat(peer.messages).hasSize(2);
        peer.messages.clear();
    }

    @AfterEach
    void stop() throws Exception {
        frames.onClosed(null, Callback.NOOP);
        fixture.close();
    }

    @Test
    void closesWhereAMessageFailsAndHoldsNothingOfIt() throws IOException {
        request(2, BEGIN);
        encoding.readsNothing = true;
        send(" ".repeat(200_000) + "{}");
        requireClosedAndRolledBack();
    }

    @Test
    void closesWhereNotEvenAnErrorCanBeAnswered() throws IOException {
        request(2, BEGIN);
        encoding.writesNothing = true;
        request(3, " ".repeat(200_000) + "{\"type\":\"get_autocommit\",\"stream_id\":0}");
        requireClosedAndRolledBack();
    }

    @Test
    void runsNothingThatComesBehindAFailure() throws IOException {
        request(2, "{\"type\":\"execute\",\"stream_id\":0,\"stmt\":{\"sql\":\"CREATE TABLE t(v)\"}}");
        encoding.writesNothing = true;
        request(3, "{\"type\":\"get_autocommit\",\"stream_id\":0}");
        encoding.writesNothing = false;
        peer.messages.clear();
        request(4, "{\"type\":\"open_stream\",\"stream_id\":9}");
        request(5, "{\"type\":\"execute\",\"stream_id\":0,\"stmt\":{\"sql\":\"INSERT INTO t VALUES(1)\"}}");
        assertThat(peer.messages).isEmpty();
        assertThat(fixture.query(EngineFixture.DEV, "SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void holdsNothingForACursorOnceItsLastEntryWasHandedOut() throws IOException {
        request(
                2,
                "{\"type\":\"open_cursor\",\"stream_id\":0,\"cursor_id\":0,\"batch\":{\"steps\":[{\"stmt\":{\"sql\":"
                        + "\"WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 100)"
                        + " SELECT hex(zeroblob(5000)) FROM c\"}}]}}");
        assertThat(memory.held()).isPositive();
        int entries = 0;
        boolean done = false;
        while (!done) {
            assertThat(memory.held()).isPositive();
            peer.messages.clear();
            request(3, "{\"type\":\"fetch_cursor\",\"cursor_id\":0,\"max_count\":20}");
            JsonNode page = JSON.readTree(peer.messages.get(0)).get("response");
            entries += page.get("entries").size();
            done = page.get("done").booleanValue();
        }
        assertThat(entries).isEqualTo(102);
        assertThat(memory.held()).isZero();
        peer.messages.clear();
        request(4, "{\"type\":\"fetch_cursor\",\"cursor_id\":0,\"max_count\":20}");
        assertThat(peer.messages).hasSize(1);
        assertThat(peer.messages.get(0)).contains("\"entries\":[]", "\"done\":true");
    }

    @Test
    void leavesNothingWithTheSchedulerWhenItsClientIsGone() {
        assertThat(scheduler.waiting()).hasSize(2);
        frames.close(CloseCode.GOING_AWAY, "");
        assertThat(scheduler.waiting()).hasSize(3);
        frames.onClosed(null, Callback.NOOP);
        assertThat(scheduler.waiting()).isEmpty();
    }

    private void requireClosedAndRolledBack() {
        assertThat(peer.closeCode).isEqualTo(1011);
        assertThat(peer.closeReason).matches("internal error \\(id \\w+\\)");
        assertThat(memory.held()).isZero();
        Stream other = fixture.engine().open(EngineFixture.APP, EngineFixture.DEV);
        // Waits in vain where the connection's transaction is still there.
        fixture.run(other, "BEGIN IMMEDIATE");
        fixture.run(other, "ROLLBACK");
        other.close();
        other.release();
    }

    private void request(int id, String request) {
        send("{\"type\":\"request\",\"request_id\":" + id + ",\"request\":" + request + "}");
    }

    private void send(String message) {
        Callback.Completable taken = new Callback.Completable();
        frames.onFrame(new Frame(OpCode.TEXT, true, message), taken);
        assertThat(taken).isCompleted();
    }

    /** Takes everything at once. */
    private static final class Peer extends CoreSession.Empty {
        private final List<String> messages = new ArrayList<>();
        private final StringBuilder unfinished = new StringBuilder();
        private int closeCode;
        private String closeReason = "";

        @Override
        public Duration getIdleTimeout() {
            return Duration.ZERO;
        }

        @Override
        public void sendFrame(OutgoingEntry entry) {
            unfinished.append(StandardCharsets.UTF_8.decode(entry.getFrame().getPayload()));
            if (entry.getFrame().isFin()) {
                messages.add(unfinished.toString());
                unfinished.setLength(0);
            }
            entry.getCallback().succeeded();
        }

        @Override
        public void close(int statusCode, String reason, Callback callback) {
            closeCode = statusCode;
            closeReason = reason;
            callback.succeeded();
        }
    }

    /** JSON, with faults. */
    private static final class Fragile implements SocketEncoding {
        private final SocketEncoding sound;
        private boolean readsNothing;
        private boolean writesNothing;

        Fragile(SocketEncoding sound) {
            this.sound = sound;
        }

        @Override
        public boolean isText() {
            return true;
        }

        @Override
        public ClientMessage clientMessage(byte[] message) {
            if (readsNothing) {
                throw new IllegalStateException("expected by the test");
            }
            return sound.clientMessage(message);
        }

        @Override
        public Body helloOk() {
            return sound.helloOk();
        }

        @Override
        public Body helloError(Problem problem) {
            return sound.helloError(problem);
        }

        @Override
        public SocketEncoder encoder(int requestId, int maxResponseBytes) {
            if (writesNothing) {
                throw new StackOverflowError("expected by the test");
            }
            return sound.encoder(requestId, maxResponseBytes);
        }

        @Override
        public CursorEncoder cursorEncoder(CursorOutput output) {
            return sound.cursorEncoder(output);
        }

        @Override
        public EntryScanner entryScanner() {
            return sound.entryScanner();
        }
    }
}
