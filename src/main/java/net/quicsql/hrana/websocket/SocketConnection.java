package net.quicsql.hrana.websocket;

import static java.util.Objects.requireNonNull;

import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.hrana.ClientMessage;
import net.quicsql.hrana.HranaErrors;
import net.quicsql.hrana.SocketEncoding;
import net.quicsql.hrana.SocketRequest;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * What one client says and is told (Hrana 3, "WebSocket"). Messages are received by one thread at a time; all else may be
 * called by any.
 */
final class SocketConnection {
    /** Requests and later hellos without an answer. Past this the client is not read from, and TCP holds it back. */
    private static final int MAX_UNANSWERED = 1_000;

    private final SocketServices services;
    private final SocketEncoding encoding;
    private final Handshake handshake;
    private final SocketLink link;
    private final SocketStreams streams;
    /** For what belongs to no stream and no cursor. */
    private final Lane lane;

    // Of the thread that receives.
    private final SocketStoredSql stored;
    private volatile @Nullable Principal principal;
    private volatile boolean ended;

    // Guarded by this.
    private int unanswered;
    private boolean stopping;

    SocketConnection(SocketServices services, SocketEncoding encoding, Handshake handshake, SocketLink link) {
        this.services = requireNonNull(services, "services is null");
        this.encoding = requireNonNull(encoding, "encoding is null");
        this.handshake = requireNonNull(handshake, "handshake is null");
        this.link = requireNonNull(link, "link is null");
        this.stored =
                new SocketStoredSql(services.limits(), services.storedTexts().share());
        this.lane = newLane();
        this.streams = new SocketStreams(services, encoding, this::newLane, link.executor());
    }

    /**
     * Takes a message.
     *
     * @param bytes the whole of it
     * @param handled called once, when the message and what was made of it need no memory any more
     */
    void receive(byte[] bytes, Runnable handled) {
        if (ended) {
            handled.run();
            return;
        }
        ClientMessage message;
        try {
            message = encoding.clientMessage(bytes);
        } catch (ProblemException e) {
            handled.run();
            boolean isRead = e.problem() instanceof Problem.AgainstProtocol;
            end(
                    isRead ? CloseCode.POLICY_VIOLATION : CloseCode.INVALID_DATA,
                    e.problem().message());
            return;
        }
        if (message instanceof ClientMessage.Hello hello) {
            hello(hello, handled);
        } else {
            request((ClientMessage.Request) message, handled);
        }
    }

    /** Whether the client is known. May be asked by any thread. */
    boolean hasSaidHello() {
        return principal != null;
    }

    /** Whether another message should be received. */
    synchronized boolean wantsMore() {
        return unanswered < MAX_UNANSWERED;
    }

    /** The server stops: what runs is answered, what comes is refused, and then the connection is closed. */
    void stop() {
        synchronized (this) {
            stopping = true;
            if (unanswered > 0) {
                return;
            }
        }
        goAway();
    }

    /**
     * Something went wrong here for which there is no answer, and a client that waits for one would wait for ever: ends the
     * connection. What went wrong is logged under an id that the client is told.
     */
    void fail(Throwable failure) {
        end(CloseCode.INTERNAL_ERROR, HranaErrors.unexpected(failure).message());
    }

    /** The connection is gone: rolls back and gives back whatever its streams and cursors have. Idempotent. */
    void closed() {
        stored.end();
        streams.closeAll();
    }

    private void hello(ClientMessage.Hello hello, Runnable handled) {
        try {
            Principal who = handshake.authenticate(services.authenticators(), hello.jwt());
            services.calls().requireReadable(handshake.requireDatabase(), who);
            boolean first = principal == null;
            principal = who;
            if (first) {
                // At once: no answer may come before it.
                link.send(encoding.helloOk(), handled);
            } else {
                synchronized (this) {
                    unanswered++;
                }
                lane.submit(() -> link.send(encoding.helloOk(), () -> answered(handled)));
            }
        } catch (ProblemException e) {
            ended = true;
            streams.closeAll();
            link.send(encoding.helloError(e.problem()), () -> {
                handled.run();
                link.close(CloseCode.NORMAL, "");
            });
        }
    }

    private void request(ClientMessage.Request message, Runnable handled) {
        Principal who = principal;
        if (who == null) {
            handled.run();
            end(CloseCode.POLICY_VIOLATION, "the first message must be a hello");
            return;
        }
        boolean refused;
        synchronized (this) {
            unanswered++;
            refused = stopping;
        }
        PendingAnswer answer = new PendingAnswer(
                message.requestId(),
                encoding,
                services.bounds().maxResponseBytes(),
                link,
                () -> answered(handled),
                this::fail);
        if (refused) {
            lane.submit(() -> answer.answer(lane, encoder -> {
                throw new Problem.Refused(ProblemCode.SHUTTING_DOWN, "the server is stopping").toException();
            }));
            return;
        }
        try {
            dispatch(message.request(), who, answer);
        } catch (Misuse e) {
            answer.drop();
            end(CloseCode.POLICY_VIOLATION, e.reason());
        }
    }

    private void dispatch(SocketRequest request, Principal who, PendingAnswer answer) throws Misuse {
        switch (request.kind()) {
            case OPEN_STREAM -> {
                DatabaseName database = handshake.requireDatabase();
                streams.open((SocketRequest.OpenStream) request, database, who, answer);
            }
            case CLOSE_STREAM -> streams.close((SocketRequest.CloseStream) request, answer);
            case ON_STREAM -> streams.run((SocketRequest.OnStream) request, stored.now(), answer);
            case STORE_SQL -> {
                SocketRequest.StoreSql store = (SocketRequest.StoreSql) request;
                change(request.kind(), answer, () -> stored.store(store.sqlId(), store.sql()));
            }
            case CLOSE_SQL -> {
                SocketRequest.CloseSql close = (SocketRequest.CloseSql) request;
                change(request.kind(), answer, () -> stored.close(close.sqlId()));
            }
            case OPEN_CURSOR -> streams.openCursor((SocketRequest.OpenCursor) request, stored.now(), answer);
            case FETCH_CURSOR -> streams.fetch((SocketRequest.FetchCursor) request, answer);
            case CLOSE_CURSOR -> streams.closeCursor((SocketRequest.CloseCursor) request, answer);
        }
    }

    /** Changes the stored texts at once, for the requests behind this one; its answer may wait. */
    private void change(SocketRequest.Kind kind, PendingAnswer answer, Runnable change) {
        @Nullable ProblemException refusal = null;
        try {
            change.run();
        } catch (ProblemException e) {
            refusal = e;
        }
        ProblemException failed = refusal;
        lane.submit(() -> answer.answer(lane, encoder -> {
            if (failed != null) {
                throw failed;
            }
            encoder.done(kind);
        }));
    }

    private void answered(Runnable handled) {
        handled.run();
        boolean last;
        synchronized (this) {
            unanswered--;
            last = stopping && unanswered == 0;
        }
        if (last) {
            goAway();
        } else {
            link.answered();
        }
    }

    private void goAway() {
        link.close(CloseCode.GOING_AWAY, "the server stops");
    }

    private Lane newLane() {
        return new Lane(link.executor(), services.clients(), link.client(), link::mayProduce);
    }

    /** Takes no message any more, rolls back, though the client may not have taken its answers yet, and closes. */
    private void end(CloseCode code, String reason) {
        ended = true;
        streams.closeAll();
        link.close(code, reason);
    }
}
