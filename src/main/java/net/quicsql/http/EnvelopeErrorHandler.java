package net.quicsql.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import net.quicsql.problem.Problem;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what fails outside Jersey (a bad request line or header, a refused URI, a path that no servlet has, a server that
 * stops) in our own envelopes, whatever the request accepts. Thread-safe.
 */
final class EnvelopeErrorHandler extends ErrorHandler {
    private static final Logger LOGGER = LoggerFactory.getLogger(EnvelopeErrorHandler.class);

    EnvelopeErrorHandler() {
        setCacheControl(null);
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request, Response response, int code, String message, Throwable cause, Callback callback) {
        send(request, response, code, message, cause, callback);
    }

    private static void send(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        Answer answer = answer(request, code, message, cause);
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
        for (Map.Entry<String, String> header : answer.headers().entrySet()) {
            response.getHeaders().put(header.getKey(), header.getValue());
        }
        response.write(true, ByteBuffer.wrap(bytes(answer.body())), callback);
    }

    private static Answer answer(Request request, int code, @Nullable String message, @Nullable Throwable cause) {
        String path = request.getHttpURI().getPath();
        int status = code < 400 ? 500 : code;
        Problem problem = StatusProblems.of(status, reason(status, message, cause));
        if (problem instanceof Problem.Internal internal) {
            LOGGER.error("internal error {}: status {}", internal.id(), status, cause);
        }
        return ErrorEnvelopes.error(path == null ? "/" : path, status, problem);
    }

    /** The parser's own words on a bad request; never those of any other exception. */
    private static String reason(int status, @Nullable String message, @Nullable Throwable cause) {
        String plain = HttpStatus.getMessage(status);
        String detail = cause instanceof HttpException refused ? refused.getReason() : cause == null ? message : null;
        return detail == null || detail.equals(plain) ? plain : plain + ": " + detail;
    }

    private static byte[] bytes(Body body) {
        try (body) {
            ByteArrayOutputStream out = new ByteArrayOutputStream((int) body.length());
            body.writeTo(out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
    }

    /** The same inside a servlet context, where Jetty must be told when the error was written. */
    static final class InServlets extends org.eclipse.jetty.ee10.servlet.ErrorHandler {
        InServlets() {
            setCacheControl(null);
            setShowStacks(false);
        }

        @Override
        public boolean errorPageForMethod(String method) {
            return true;
        }

        @Override
        protected void generateResponse(
                Request request, Response response, int code, String message, Throwable cause, Callback callback) {
            // The caller completes the callback after this call.
            send(request, response, code, message, cause, Callback.NOOP);
            Request.as(request, ServletContextRequest.class).getServletChannel().sendErrorResponseAndComplete();
        }
    }
}
