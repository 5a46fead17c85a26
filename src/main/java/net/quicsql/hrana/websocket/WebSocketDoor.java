package net.quicsql.hrana.websocket;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import net.quicsql.access.DatabaseName;
import net.quicsql.hrana.websocket.Subprotocol.Offer;
import net.quicsql.http.Answer;
import net.quicsql.http.Body;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.ErrorEnvelopes;
import net.quicsql.http.RequestHeaders;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketConstants;
import org.eclipse.jetty.websocket.core.server.Handshaker;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;
import org.jspecify.annotations.Nullable;

/**
 * Takes WebSocket handshakes to {@code /}, {@code /<database>} and {@code /<database>/}, and leaves everything else to the
 * handler behind it. Thread-safe.
 */
public final class WebSocketDoor extends Handler.Wrapper implements Graceful {
    /** What Dropwizard calls the admin port's connectors. */
    private static final String ADMIN_CONNECTOR = "admin";

    private final SocketServices services;
    private final DatabaseSelector databases;
    private final Handshaker handshaker = Handshaker.newInstance();
    private final WebSocketComponents components = new WebSocketComponents();
    private final Set<SocketFrames> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    public WebSocketDoor(SocketServices services, DatabaseSelector databases, Handler next) {
        super(next);
        this.services = requireNonNull(services, "services is null");
        this.databases = requireNonNull(databases, "databases is null");
        installBean(components);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String segment = onlySegment(Request.getPathInContext(request));
        if (segment == null || DatabaseName.isReserved(segment) || isAdmin(request) || !isHandshake(request)) {
            return super.handle(request, response, callback);
        }
        if (!handshaker.isWebSocketUpgradeRequest(request)) {
            response.getHeaders().put(HttpHeader.SEC_WEBSOCKET_VERSION, WebSocketConstants.SPEC_VERSION_STRING);
            refuse(
                    request,
                    response,
                    callback,
                    new Problem.Refused(
                            ProblemCode.INVALID_REQUEST,
                            "a WebSocket begins with GET over HTTP/1.1 and Sec-WebSocket-Version: "
                                    + WebSocketConstants.SPEC_VERSION_STRING));
            return true;
        }
        try {
            WebSocketNegotiator negotiator = (upgrade, answer, done) -> negotiate(segment, upgrade, answer, done);
            Configuration.Customizer settings = new Configuration.ConfigurationCustomizer();
            return handshaker.upgradeRequest(negotiator, request, response, callback, components, settings)
                    || super.handle(request, response, callback);
        } catch (RuntimeException e) {
            Response.writeError(request, response, callback, e);
            return true;
        }
    }

    /** How many connections are open. */
    public long open() {
        return connections.size();
    }

    // ---- Graceful

    /** Lets what runs be answered, refuses what comes, and closes each connection when it has nothing left to answer. */
    @Override
    public CompletableFuture<Void> shutdown() {
        // Before the look at who is there: who comes later sees it.
        stopping = true;
        connections.forEach(SocketFrames::stop);
        return CompletableFuture.allOf(
                connections.stream().map(SocketFrames::whenClosed).toArray(CompletableFuture[]::new));
    }

    @Override
    public boolean isShutdown() {
        return stopping;
    }

    // ---- Handshakes

    private static boolean isHandshake(Request request) {
        return request.getMethod().equals(HttpMethod.GET.asString())
                && request.getHeaders().contains(HttpHeader.UPGRADE, "websocket");
    }

    /** The connection's frame handler, or null where the handshake is refused and the answer is written. */
    private @Nullable FrameHandler negotiate(
            String segment, ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
        if (isForeignPage(request)) {
            refuse(
                    request,
                    response,
                    callback,
                    new Problem.AccessDenied("without authentication, only pages of this machine may connect"));
            return null;
        }
        List<String> offered = request.getSubProtocols();
        Optional<Offer> best = Subprotocol.best(offered);
        if (best.isEmpty() && !offered.isEmpty()) {
            refuse(
                    request,
                    response,
                    callback,
                    new Problem.Refused(
                            ProblemCode.INVALID_REQUEST,
                            "none of the offered subprotocols is spoken here: use hrana1, hrana2, hrana3 or"
                                    + " hrana3-protobuf"));
            return null;
        }
        best.ifPresent(offer -> response.setAcceptedSubProtocol(offer.spelling()));
        // Compression would cost more than it saves between a server and its clients.
        response.setExtensions(List.of());
        ConnectionMetaData metaData = request.getConnectionMetaData();
        Connector connector = metaData.getConnector();
        return new SocketFrames(
                services,
                best.map(Offer::subprotocol).orElse(Subprotocol.UNNAMED),
                handshake(segment, request),
                metaData.getConnection().getEndPoint(),
                connector.getExecutor(),
                connector.getScheduler(),
                this::opened);
    }

    private void opened(SocketFrames frames) {
        connections.add(frames);
        var unused = frames.whenClosed().thenRun(() -> connections.remove(frames));
        // Its handshake came over a connection that was there before.
        if (stopping) {
            frames.stop();
        }
    }

    private Handshake handshake(String segment, Request request) {
        List<String> authorization = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
        try {
            return new Handshake(
                    databases.select(
                            segment,
                            RequestHeaders.joined(request.getHeaders(), DatabaseSelector.NAMESPACE_HEADER),
                            RequestHeaders.joined(request.getHeaders(), HttpHeader.HOST.asString())),
                    null,
                    authorization);
        } catch (ProblemException e) {
            return new Handshake(null, e.problem(), authorization);
        }
    }

    /**
     * Whether a page of another host opened the connection. A browser lets any page do so, and where nobody is asked for a
     * token the page could read what is on its visitor's own machine.
     */
    private boolean isForeignPage(Request request) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        return origin != null && services.authenticators().isOpen() && !LocalOrigin.isLocal(origin);
    }

    /** The port of operators serves no databases, and this handler stands before the choice by port. */
    private static boolean isAdmin(Request request) {
        return ADMIN_CONNECTOR.equals(
                request.getConnectionMetaData().getConnector().getName());
    }

    private static void refuse(Request request, Response response, Callback callback, Problem problem) {
        Answer answer = ErrorEnvelopes.error(Request.getPathInContext(request), problem);
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
        response.write(true, ByteBuffer.wrap(bytes(answer.body())), callback);
    }

    private static byte[] bytes(Body body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (body) {
            body.writeTo(out);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    /** What a path holds between its slashes; null where that is more than one segment. */
    private static @Nullable String onlySegment(String path) {
        int start = path.startsWith("/") ? 1 : 0;
        int end = path.length() > start && path.endsWith("/") ? path.length() - 1 : path.length();
        String segment = path.substring(start, end);
        return segment.indexOf('/') < 0 ? segment : null;
    }
}
