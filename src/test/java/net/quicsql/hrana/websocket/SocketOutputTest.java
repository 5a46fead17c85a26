package net.quicsql.hrana.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.quicsql.http.Body;
import net.quicsql.testing.Await;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.OutgoingEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketOutputTest {
    private final Slow session = new Slow();
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final SocketOutput output = new SocketOutput(session, true, task -> {
        threads.incrementAndGet();
        pool.execute(task);
    });

    @AfterEach
    void stop() throws InterruptedException {
        session.takeAll();
        pool.shutdown();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void handsShortMessagesOverAtOnceAndOnNoOtherThread() {
        List<String> sent = new ArrayList<>();
        output.send(body("a"), () -> sent.add("a"));
        output.send(body("b"), () -> sent.add("b"));
        assertThat(session.messages()).containsExactly("a", "b");
        assertThat(sent).isEmpty();
        session.takeAll();
        assertThat(sent).containsExactly("a", "b");
        assertThat(threads).hasValue(0);
    }

    @Test
    void holdsBackWhatWouldGiveMoreToAClientThatReadsNothing() throws Exception {
        List<String> resumed = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(output.mayProduce(() -> resumed.add("too early"))).isTrue();
            output.send(body("x".repeat(SocketOutput.PART_BYTES)), () -> {});
        }
        assertThat(output.mayProduce(() -> resumed.add("one"))).isFalse();
        assertThat(output.mayProduce(() -> resumed.add("two"))).isFalse();
        session.takeOne();
        Await.until("they go on", () -> resumed.size() == 2);
        assertThat(resumed).containsExactly("one", "two");
        assertThat(output.mayProduce(() -> {})).isTrue();
    }

    @Test
    void letsThoseGoOnWhoWereHeldBackWhenNobodyReadsAnyMore() throws Exception {
        List<String> resumed = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 3; i++) {
            output.send(body("x".repeat(SocketOutput.PART_BYTES)), () -> {});
        }
        assertThat(output.mayProduce(() -> resumed.add("closes"))).isFalse();
        output.abandon();
        Await.until("it goes on", () -> resumed.size() == 1);
        assertThat(resumed).containsExactly("closes");
        assertThat(output.mayProduce(() -> {})).isTrue();
    }

    @Test
    void sendsLongMessagesByOneThreadInOrderWithTheShortOnesBetween() throws Exception {
        String first = "1".repeat(SocketOutput.PART_BYTES + 1);
        String second = "2".repeat(3 * SocketOutput.PART_BYTES);
        output.send(body(first), () -> {});
        output.send(body("between"), () -> {});
        output.send(body(second), () -> {});
        output.send(body("last"), () -> {});
        Await.until("all parts are taken", () -> {
            session.takeOne();
            return session.messages().size() == 4;
        });
        assertThat(session.messages()).containsExactly(first, "between", second, "last");
        assertThat(threads).hasValue(1);
    }

    private static Body body(String text) {
        return Body.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes a frame only when it is told to. */
    private static final class Slow extends CoreSession.Empty {
        // Guarded by this.
        private final Deque<Callback> untaken = new ArrayDeque<>();
        private final List<String> messages = new ArrayList<>();
        private final StringBuilder unfinished = new StringBuilder();

        @Override
        public void sendFrame(OutgoingEntry entry) {
            synchronized (this) {
                untaken.add(entry.getCallback());
                unfinished.append(StandardCharsets.UTF_8.decode(entry.getFrame().getPayload()));
                if (entry.getFrame().isFin()) {
                    messages.add(unfinished.toString());
                    unfinished.setLength(0);
                }
            }
        }

        void takeOne() {
            Callback next;
            synchronized (this) {
                next = untaken.poll();
            }
            if (next != null) {
                next.succeeded();
            }
        }

        void takeAll() {
            boolean more = true;
            while (more) {
                takeOne();
                synchronized (this) {
                    more = !untaken.isEmpty();
                }
            }
        }

        synchronized List<String> messages() {
            return List.copyOf(messages);
        }
    }
}
