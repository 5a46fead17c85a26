package net.quicsql.http;

import jakarta.inject.Inject;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.io.IOException;
import java.util.StringJoiner;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;

/**
 * Turns whatever a resource or Jersey itself throws into the envelope of its path; the only exception mapper there is.
 * Thread-safe.
 *
 * <p>Jersey prefers a mapper of a narrower type, so Dropwizard's must stay out: see {@link HttpAssembly#install}. Jersey
 * asks no mapper about a {@link WebApplicationException} that carries a body: authentication filters must throw a {@link
 * ProblemException} instead.
 */
public final class ProblemMapper implements ExceptionMapper<Throwable> {
    private final UriInfo uri;
    private final HttpServletRequest request;

    /**
     * Made by Jersey.
     *
     * @param uri stands for that of the calling thread's request
     * @param request likewise
     */
    @Inject
    public ProblemMapper(@Context UriInfo uri, @Context HttpServletRequest request) {
        this.uri = uri;
        this.request = request;
    }

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof WebApplicationException refused) {
            return refused(refused);
        }
        return response(Failures.answer(uri.getPath(), failure));
    }

    private Response refused(WebApplicationException refused) {
        Response response = refused.getResponse();
        int status = response.getStatus();
        if (status < 400) {
            return response;
        }
        String reason = response.getStatusInfo().getReasonPhrase();
        Problem problem = refused instanceof NotAllowedException
                ? new Problem.MethodNotAllowed(allowed(response))
                : StatusProblems.of(status, reason);
        return response(Failures.answer(uri.getPath(), status, problem, refused));
    }

    private Response response(Answer answer) {
        try {
            // Jersey has asked for the body, so clients that wait for leave to send it have it.
            ServletInputStream body = request.getInputStream();
            return JerseyAnswers.response(
                    Failures.afterBody(answer, body, request.getContentLengthLong(), body::isFinished));
        } catch (IOException gone) {
            return JerseyAnswers.response(answer);
        }
    }

    /** The methods a resource declares, without the OPTIONS that Jersey adds to each. */
    private static String allowed(Response response) {
        StringJoiner methods = new StringJoiner(", ");
        String header = response.getHeaderString(HttpHeaders.ALLOW);
        for (String method : header == null ? new String[0] : header.split("[ ,]+")) {
            if (!method.equals("OPTIONS")) {
                methods.add(method);
            }
        }
        return methods.toString();
    }
}
