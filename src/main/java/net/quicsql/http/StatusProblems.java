package net.quicsql.http;

import java.util.UUID;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;

/** The problem behind a bare HTTP status that Jersey, a servlet or Jetty chose. Stateless. */
final class StatusProblems {
    private static final String NOT_FOUND =
            "unknown path: use /<database>/query, /<database>/v2/pipeline" + " or /<database>/v3/pipeline";

    private StatusProblems() {}

    /**
     * The problem of a 4xx or 5xx status.
     *
     * @param reason a few words on what is wrong with the request
     */
    static Problem of(int status, String reason) {
        return switch (status) {
            case 401 -> new Problem.Unauthenticated("authentication required");
            case 403 -> new Problem.AccessDenied("forbidden");
            case 404 -> new Problem.NotFound(NOT_FOUND);
            case 405 -> new Problem.Refused(ProblemCode.METHOD_NOT_ALLOWED, "method not allowed");
            case 408 -> new Problem.Refused(ProblemCode.REQUEST_TIMEOUT, reason);
            case 503 -> new Problem.Refused(ProblemCode.SHUTTING_DOWN, "the server is not available now");
            // Methods and versions of HTTP that Jetty does not know: the request's fault in spite of their numbers.
            case 501, 505 -> new Problem.Refused(ProblemCode.INVALID_REQUEST, reason);
            default -> status < 500 ? new Problem.Refused(ProblemCode.INVALID_REQUEST, reason) : internal();
        };
    }

    /** An error of our own under a new random id. */
    static Problem.Internal internal() {
        return new Problem.Internal(UUID.randomUUID().toString());
    }
}
