package net.quicsql.hrana.websocket;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import net.quicsql.http.Body;
import net.quicsql.http.RequestClients;
import net.quicsql.limits.MemoryShare;
import net.quicsql.storage.Client;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of frames, answers pings, and sends some: a connection is never closed for being idle, and a proxy between
 * shall not find it so. A peer that is gone without a word is noticed by TCP, which gets no acknowledgement of a ping.
 * Thread-safe.
 */
final class SocketFrames implements FrameHandler, SocketLink {
    /** Common proxies give up a connection on which nothing has passed for a minute. */
    private static final Duration PING_PERIOD = Duration.ofSeconds(30);

    /** For the first word of a client, and for any further part of a message that has begun. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Less than this of a message in that time, 1 KiB a second, and its client holds memory for nothing. */
    private static final long LEAST_MESSAGE_BYTES = PATIENCE.toSeconds() * 1024;

    /** A token fits. Whoever is not known yet costs the memory budget nothing. */
    private static final int MAX_BYTES_BEFORE_HELLO = MemoryShare.FREE_BYTES;

    /** For the client's own word that it closes. Some only read while they wait for an answer, and never say it. */
    private static final long CLOSE_MILLIS = 2000;

    private final SocketConnection connection;
    private final SocketMessage message;
    private final boolean text;
    private final EndPoint endPoint;
    private final Executor executor;
    private final SocketTimers timers;
    private final Consumer<SocketFrames> whenOpen;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private @Nullable CoreSession session;
    private @Nullable SocketOutput output;

    // Guarded by this.
    /** Whether no frame was asked for since there were too many requests without an answer. */
    private boolean paused;

    /**
     * @param whenOpen called once messages can be sent
     */
    SocketFrames(
            SocketServices services,
            Subprotocol subprotocol,
            Handshake handshake,
            EndPoint endPoint,
            Executor executor,
            Scheduler scheduler,
            Consumer<SocketFrames> whenOpen) {
        this.endPoint = requireNonNull(endPoint, "endPoint is null");
        this.timers = new SocketTimers(scheduler);
        this.executor = new PatientExecutor(executor, scheduler);
        this.whenOpen = requireNonNull(whenOpen, "whenOpen is null");
        this.text = services.encoding(subprotocol.form()).isText();
        this.message = new SocketMessage(services.bounds().maxBodyBytes(), services.buffers());
        this.connection = new SocketConnection(services, services.encoding(subprotocol.form()), handshake, this);
    }

    /** Completed when the connection is gone. */
    CompletableFuture<Void> whenClosed() {
        return closed;
    }

    /** The server stops: see {@link SocketConnection#stop}. */
    void stop() {
        connection.stop();
    }

    // ---- FrameHandler

    @Override
    public void onOpen(CoreSession opened, Callback callback) {
        session = opened;
        output = new SocketOutput(opened, text, executor);
        opened.addIdleTimeoutListener(idle -> false);
        callback.succeeded();
        schedulePing();
        scheduleLook();
        whenOpen.accept(this);
        opened.demand();
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
        switch (frame.getOpCode()) {
            case OpCode.PING -> {
                ByteBuffer content = BufferUtil.copy(frame.getPayload());
                callback.succeeded();
                // Whoever sends pings and takes no pongs is held back.
                session().sendFrame(new Frame(OpCode.PONG, true, content), Callback.from(this::demand), false);
            }
            case OpCode.PONG -> {
                callback.succeeded();
                session().demand();
            }
            case OpCode.CLOSE ->
                // Answered by Jetty.
                callback.succeeded();
            default -> onData(frame, callback);
        }
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
        callback.succeeded();
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
        try {
            timers.end();
            message.drop();
            if (output != null) {
                output.abandon();
            }
            connection.closed();
        } finally {
            callback.succeeded();
            closed.complete(null);
        }
    }

    private void onData(Frame frame, Callback callback) {
        if (frame.getOpCode() != OpCode.CONTINUATION && (frame.getOpCode() == OpCode.TEXT) != text) {
            callback.succeeded();
            close(CloseCode.UNSUPPORTED_DATA, text ? "messages must be text" : "messages must be binary");
            return;
        }
        SocketMessage.State state = message.add(
                frame.getPayload(),
                frame.isFin(),
                connection.hasSaidHello() ? Integer.MAX_VALUE : MAX_BYTES_BEFORE_HELLO);
        callback.succeeded();
        switch (state) {
            case INCOMPLETE -> session().demand();
            case COMPLETE -> {
                receive();
                demandIfWanted();
            }
            case TOO_LARGE -> close(CloseCode.MESSAGE_TOO_BIG, message.refusal());
            case NO_MEMORY -> close(CloseCode.TRY_AGAIN_LATER, message.refusal());
        }
    }

    private void receive() {
        try {
            message.take(connection::receive);
        } catch (RuntimeException | Error e) {
            // The frame is done with: Jetty would take no notice and the client wait for ever.
            connection.fail(e);
        }
    }

    private void demandIfWanted() {
        synchronized (this) {
            paused = !connection.wantsMore();
            if (paused) {
                return;
            }
        }
        session().demand();
    }

    /** Asks for a frame, from any thread. */
    private void demand() {
        try {
            session().demand();
        } catch (RejectedExecutionException busy) {
            // Jetty has counted on the thread that it did not get, and would never read again.
            session().abort();
        }
    }

    // ---- SocketLink

    @Override
    public boolean mayProduce(Runnable later) {
        return requireNonNull(output, "not open yet").mayProduce(later);
    }

    @Override
    public boolean takesAtOnce(long length) {
        return requireNonNull(output, "not open yet").takesAtOnce(length);
    }

    @Override
    public void send(Body body, Runnable sent) {
        requireNonNull(output, "not open yet").send(body, sent);
    }

    @Override
    public void close(CloseCode code, String reason) {
        // Jetty cuts a reason that is too long for a frame.
        session().close(code.code(), reason, Callback.NOOP);
        timers.schedule(this::abortIfOpen, CLOSE_MILLIS);
    }

    @Override
    public void answered() {
        synchronized (this) {
            if (!paused || !connection.wantsMore()) {
                return;
            }
            paused = false;
        }
        demand();
    }

    @Override
    public Client client() {
        Client peer = RequestClients.of(endPoint);
        return () -> closed.isDone() || peer.isGone();
    }

    @Override
    public Executor executor() {
        return executor;
    }

    private CoreSession session() {
        return requireNonNull(session, "not open yet");
    }

    private void schedulePing() {
        // Where connections may be idle for a shorter time, so may they be on the way here.
        long idle = session().getIdleTimeout().toMillis();
        long period = PING_PERIOD.toMillis();
        timers.schedule(this::ping, idle > 0 ? Math.min(period, idle / 2) : period);
    }

    /** Does nothing where the client has closed the connection too. */
    private void abortIfOpen() {
        if (!closed.isDone()) {
            session().abort();
        }
    }

    private void ping() {
        if (!closed.isDone()) {
            session().sendFrame(new Frame(OpCode.PING, true, BufferUtil.EMPTY_BUFFER), Callback.NOOP, false);
            schedulePing();
        }
    }

    private void scheduleLook() {
        timers.schedule(this::look, PATIENCE.toMillis());
    }

    /** Whoever has not come to the point is sent away. */
    private void look() {
        if (closed.isDone()) {
            return;
        }
        if (!connection.hasSaidHello()) {
            close(CloseCode.POLICY_VIOLATION, "no hello came within " + PATIENCE.toSeconds() + " seconds");
        } else if (message.isStuck(LEAST_MESSAGE_BYTES)) {
            close(CloseCode.POLICY_VIOLATION, "a message came too slowly");
        } else {
            scheduleLook();
        }
    }
}
