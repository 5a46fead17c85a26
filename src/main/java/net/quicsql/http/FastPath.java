package net.quicsql.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.quicsql.access.Principal;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads requests to their doors past servlets and Jersey, which take longer over a request than SQLite does. Takes those
 * whose path is spelled as clients spell it, {@code POST /<database>/<endpoint>} or {@code POST /<endpoint>}, and leaves every
 * other to the handler behind it, which has resources for the same doors. Thread-safe.
 */
public final class FastPath extends Handler.Wrapper {
    private static final Logger LOGGER = LoggerFactory.getLogger(FastPath.class);

    /** The only expectation that there is. */
    private static final String CONTINUE = "100-continue";

    private final Map<String, Door> doors;
    private final Function<List<String>, Principal> authenticator;
    private final String prefix;

    /**
     * A handler in front of another.
     *
     * @param doors by what stands behind the database in a path, without a slash at its ends
     * @param authenticator who sent a request with these Authorization headers; throws where nobody may have
     * @param prefix what stands before the database in a path: empty, or with a slash at its beginning alone
     */
    public FastPath(
            Map<String, Door> doors, Function<List<String>, Principal> authenticator, String prefix, Handler next) {
        super(next);
        this.doors = Map.copyOf(doors);
        this.authenticator = requireNonNull(authenticator, "authenticator is null");
        this.prefix = requireNonNull(prefix, "prefix is null");
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!HttpMethod.POST.is(request.getMethod())) {
            return super.handle(request, response, callback);
        }
        String path = pathOfResource(request.getHttpURI().getPath());
        if (path == null) {
            return super.handle(request, response, callback);
        }
        Door door = doors.get(path.substring(1));
        String database = null;
        if (door == null) {
            int end = path.indexOf('/', 1);
            door = end < 0 ? null : doors.get(path.substring(end + 1));
            if (door == null) {
                return super.handle(request, response, callback);
            }
            database = path.substring(1, end);
        }
        // As for servlets: the connection is not idle while the door works, however long that takes.
        request.addIdleTimeoutListener(idle -> false);
        send(response, answer(door, database, path, request), path, callback);
        return true;
    }

    private Answer answer(Door door, @Nullable String database, String path, Request request) {
        HttpFields fields = request.getHeaders();
        try (IncomingBody body = new IncomingBody(request)) {
            try {
                Principal principal = authenticator.apply(fields.getValuesList(HttpHeader.AUTHORIZATION));
                return door.answer(
                        principal, database, RequestHeaders.of(name -> RequestHeaders.joined(fields, name)), body);
            } catch (RuntimeException | Error e) {
                return refusal(Failures.answer(path, e), request, body);
            }
        }
    }

    private static Answer refusal(Answer answer, Request request, IncomingBody body) {
        // Who asks before he sends, and was not told to go on, sends nothing.
        if (!body.isAskedFor() && request.getHeaders().contains(HttpHeader.EXPECT, CONTINUE)) {
            return Failures.closing(answer);
        }
        return Failures.afterBody(answer, body, request.getLength(), body::isFinished);
    }

    /** The path behind the prefix, from its slash on; null where it has another prefix or does not mean what it says. */
    private @Nullable String pathOfResource(String path) {
        int start = prefix.length();
        boolean known = path.length() > start && path.charAt(start) == '/' && path.startsWith(prefix);
        return known && isPlain(path) ? path.substring(start) : null;
    }

    /** Whether a path means what it says: nothing encoded, no parameters, no segment that stands for another one. */
    private static boolean isPlain(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' || c == ';' || (c == '.' && path.charAt(i - 1) == '/')) {
                return false;
            }
        }
        return true;
    }

    // ---- The answer's way back

    private static void send(Response response, Answer answer, String path, Callback callback) {
        Callback end = new ClosesBody(callback, answer.body());
        try {
            write(response, answer, end);
        } catch (BrokenOffException e) {
            LOGGER.info("an answer broke off: {}", String.valueOf(e.getCause()));
            RequestClients.cutOff();
            end.failed(e);
        } catch (IOException e) {
            // Only writing to the client throws this, and a client that left is nobody's error.
            LOGGER.debug("the client left before the answer was written", e);
            end.failed(e);
        } catch (RuntimeException | Error e) {
            failed(response, path, e, end);
        }
    }

    private static void write(Response response, Answer answer, Callback end) throws IOException {
        begin(response, answer);
        OutgoingBody out = new OutgoingBody(response, answer.body().length());
        answer.body().writeTo(out);
        out.finish(end);
    }

    private static void begin(Response response, Answer answer) {
        response.setStatus(answer.status());
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, answer.contentType());
        if (answer.body().length() >= 0) {
            headers.put(HttpHeader.CONTENT_LENGTH, answer.body().length());
        }
        answer.headers().forEach(headers::put);
    }

    /** What Jersey does with what a body throws: tells it while it can, and lets the client see a broken answer later. */
    private static void failed(Response response, String path, Throwable failure, Callback end) {
        if (response.isCommitted()) {
            LOGGER.error("an answer broke off", failure);
            end.failed(failure);
            return;
        }
        try {
            Answer answer = Failures.answer(path, failure);
            response.reset();
            write(response, answer, end);
        } catch (IOException | RuntimeException | Error e) {
            end.failed(e);
        }
    }

    /** Gives back what a body holds before the request counts as done. */
    private static final class ClosesBody extends Callback.Nested {
        private final Body body;

        ClosesBody(Callback callback, Body body) {
            super(callback);
            this.body = body;
        }

        /** Deletes files and closes connections perhaps: nothing for the thread that serves all connections. */
        @Override
        public InvocationType getInvocationType() {
            return InvocationType.BLOCKING;
        }

        @Override
        public void succeeded() {
            try {
                body.close();
            } catch (RuntimeException | Error e) {
                super.failed(e);
                return;
            }
            super.succeeded();
        }

        @Override
        public void failed(Throwable failure) {
            try {
                body.close();
            } catch (RuntimeException | Error e) {
                failure.addSuppressed(e);
            }
            super.failed(failure);
        }
    }
}
