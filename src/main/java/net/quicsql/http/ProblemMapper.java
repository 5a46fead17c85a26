package net.quicsql.http;

import jakarta.inject.Inject;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.StringJoiner;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns whatever a resource or Jersey itself throws into the envelope of its path; the only exception mapper there is.
 * Thread-safe.
 *
 * <p>Jersey prefers a mapper of a narrower type, so Dropwizard's must stay out: see {@link HttpAssembly#install}. Jersey
 * asks no mapper about a {@link WebApplicationException} that carries a body: authentication filters must throw a {@link
 * ProblemException} instead.
 */
public final class ProblemMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOGGER = LoggerFactory.getLogger(ProblemMapper.class);

    private final UriInfo request;

    /**
     * Made by Jersey.
     *
     * @param request stands for the request of the calling thread
     */
    @Inject
    public ProblemMapper(@Context UriInfo request) {
        this.request = request;
    }

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return JerseyAnswers.response(ErrorEnvelopes.error(request.getPath(), known.problem()));
        }
        if (failure instanceof WebApplicationException refused) {
            return refused(refused);
        }
        // Jetty's own refusal while a body is read, as of one that comes too slowly.
        if (failure instanceof HttpException refused && refused.getCode() >= 400) {
            return logged(failure, refused.getCode(), StatusProblems.of(refused.getCode(), refused.getReason()));
        }
        return logged(failure, 500, StatusProblems.internal());
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
        return logged(refused, status, problem);
    }

    private Response logged(Throwable failure, int status, Problem problem) {
        if (problem instanceof Problem.Internal internal) {
            LOGGER.error("internal error {}", internal.id(), failure);
        }
        return JerseyAnswers.response(ErrorEnvelopes.error(request.getPath(), status, problem));
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
