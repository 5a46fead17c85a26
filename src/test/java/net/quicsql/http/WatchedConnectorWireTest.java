package net.quicsql.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import net.quicsql.storage.Client;
import net.quicsql.testing.Await;
import net.quicsql.testing.TestKeyStore;
import net.quicsql.wire.RawConnection;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server of Jetty's own on watched connections, over TLS and without: who asks them, who leaves, who reads slowly. */
class WatchedConnectorWireTest {
    private static final int LARGE = 50 << 20;
    private static final Duration WINDOW = Duration.ofSeconds(1);

    private static TestKeyStore keys;

    private final RequestClients clients = new RequestClients();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CompletableFuture<Client> waiting = new CompletableFuture<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final Server server = new Server();
    private WatchedConnector connector;

    enum Door {
        PLAIN,
        TLS
    }

    @BeforeAll
    static void makeKeys(@TempDir Path folder) throws Exception {
        keys = TestKeyStore.in(folder);
    }

    @AfterEach
    void stop() throws Exception {
        goOn.countDown();
        server.stop();
    }

    @ParameterizedTest
    @EnumSource
    void seesAClientClose(Door door) throws Exception {
        start(door);
        RawConnection left = connect(door).post("/wait", "", "");
        Client client = waiting.get();
        assertThat(client.isGone()).isFalse();
        left.close();
        Await.until(client::isGone);
    }

    @Test
    void seesAClientReset() throws Exception {
        start(Door.PLAIN);
        RawConnection left = connect(Door.PLAIN).post("/wait", "", "");
        Client client = waiting.get();
        left.reset();
        Await.until(client::isGone);
    }

    @ParameterizedTest
    @EnumSource
    void keepsWhatIsSentAheadInOrder(Door door) throws Exception {
        start(door);
        try (RawConnection ahead = connect(door)) {
            ahead.post("/wait", "", "");
            Client client = waiting.get();
            int requests = 200;
            // Sent apart, for it is more than is read ahead and more than the socket takes.
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < requests; i++) {
                        ahead.post("/echo", "", i + "x".repeat(20_000));
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            for (int i = 0; i < 200; i++) {
                assertThat(client.isGone()).isFalse();
                Thread.onSpinWait();
            }
            goOn.countDown();
            assertThat(ahead.answer()).isEqualTo("waited");
            for (int i = 0; i < requests; i++) {
                assertThat(ahead.answer()).isEqualTo(i + "x".repeat(20_000));
            }
            sent.get();
        }
    }

    /** A look must never swallow the event that a thread of Jetty's waits for: the connection would stand still. */
    @ParameterizedTest
    @EnumSource
    void answersWhileItIsLookedAtAllTheTime(Door door) throws Exception {
        start(door);
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong looks = new AtomicLong();
        Thread watcher = new Thread(() -> {
            while (!over.get()) {
                for (EndPoint endPoint : connector.getConnectedEndPoints()) {
                    ((WatchedEndPoint) endPoint).isGone();
                    looks.incrementAndGet();
                }
            }
        });
        watcher.start();
        try (RawConnection busy = connect(door)) {
            for (int i = 0; i < 1500; i++) {
                // One that waits for its answer, then three that do not, the last in two pieces.
                assertThat(busy.post("/echo", "", "a" + i).answer()).isEqualTo("a" + i);
                String cut = RawConnection.request("/echo", "", "d" + i);
                busy.send(RawConnection.request("/echo", "", "b" + i)
                                + RawConnection.request("/echo", "", "c" + i)
                                + cut.substring(0, 40))
                        .send(cut.substring(40));
                assertThat(busy.answer() + busy.answer() + busy.answer()).isEqualTo("b" + i + "c" + i + "d" + i);
            }
        } finally {
            over.set(true);
            watcher.join();
        }
        assertThat(looks.get()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void closesTheConnectionOfAClientThatNeverReads(Door door) throws Exception {
        start(door, 1024);
        try (RawConnection asleep = connect(door).post("/large", "", "")) {
            long began = System.nanoTime();
            assertThat(failure.get()).isInstanceOf(IOException.class);
            assertThat(System.nanoTime() - began).isGreaterThan(WINDOW.toNanos() / 2);
            assertThat(asleep.drain()).isLessThan(LARGE);
        }
        Await.until(() -> connector.getConnectedEndPoints().isEmpty());
    }

    @Test
    void closesTheConnectionOfAClientThatReadsAByteNowAndThen() throws Exception {
        start(Door.PLAIN, 1024);
        try (Socket socket = narrow()) {
            RawConnection slow = new RawConnection(socket).post("/large", "", "");
            failure.completeOnTimeout(null, 1, TimeUnit.MINUTES);
            while (!failure.isDone()) {
                if (socket.getInputStream().read() < 0) {
                    break;
                }
                LockSupport.parkNanos(50_000_000);
            }
            assertThat(failure.get()).isInstanceOf(IOException.class);
            assertThat(slow.drain()).isLessThan(LARGE);
        }
    }

    @Test
    void bearsWithAClientThatReadsSlowlyButReads() throws Exception {
        start(Door.PLAIN, 1024);
        try (Socket socket = narrow()) {
            new RawConnection(socket).post("/large", "", "");
            // So slowly that the selector has nothing to say for seconds: a third of the socket's buffer is never free.
            byte[] buffer = new byte[16 * 1024];
            long began = System.nanoTime();
            // Three windows long.
            while (System.nanoTime() - began < 3 * WINDOW.toNanos()) {
                assertThat(socket.getInputStream().read(buffer)).isPositive();
                LockSupport.parkNanos(50_000_000);
            }
            assertThat(failure).isNotDone();
            goOn.countDown();
        }
    }

    @Test
    void endsAClientThatNeverReadsByTheIdleTimeoutToo() throws Exception {
        start(Door.PLAIN);
        connector.setIdleTimeout(500);
        try (RawConnection asleep = connect(Door.PLAIN).post("/large", "", "")) {
            assertThat(failure.get()).isInstanceOf(IOException.class);
            assertThat(asleep.drain()).isLessThan(LARGE);
        }
    }

    private void start(Door door) throws Exception {
        start(door, 0);
    }

    private void start(Door door, long minBytesPerSecond) throws Exception {
        HttpConnectionFactory http = new HttpConnectionFactory();
        ConnectionFactory[] factories = {http};
        if (door == Door.TLS) {
            SslContextFactory.Server tls = new SslContextFactory.Server();
            tls.setKeyStorePath(keys.file().toString());
            tls.setKeyStorePassword(TestKeyStore.PASSWORD);
            factories = new ConnectionFactory[] {new SslConnectionFactory(tls, "http/1.1"), http};
        }
        connector = new WatchedConnector(
                server, null, new ScheduledExecutorScheduler(), new ArrayByteBufferPool(), -1, -1, factories);
        connector.setHost("127.0.0.1");
        if (minBytesPerSecond > 0) {
            connector.requireResponseRate(minBytesPerSecond, WINDOW);
        }
        server.addConnector(connector);
        server.setHandler(new ClientHandler(clients, new Work()));
        server.start();
    }

    private RawConnection connect(Door door) throws IOException {
        int port = connector.getLocalPort();
        return door == Door.TLS ? new RawConnection(keys.connect(port)) : new RawConnection(port);
    }

    /** A connection on which little can be under way. */
    private Socket narrow() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort()));
        return socket;
    }

    /** Answers on the thread that it is asked on, as a servlet does. */
    private final class Work extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            switch (request.getHttpURI().getPath()) {
                case "/wait" -> {
                    waiting.complete(clients.get());
                    goOn.await();
                    Content.Sink.write(response, true, "waited", callback);
                }
                case "/echo" -> Content.Sink.write(response, true, Content.Source.asString(request), callback);
                default -> large(response, callback);
            }
            return true;
        }

        private void large(Response response, Callback callback) {
            try {
                for (int i = 0; i < LARGE >> 16; i++) {
                    Content.Sink.write(response, false, ByteBuffer.allocate(1 << 16));
                }
                callback.succeeded();
            } catch (IOException e) {
                failure.complete(e);
                callback.failed(e);
            }
        }
    }
}
