package net.quicsql.http;

import java.io.InputStream;
import java.util.function.BooleanSupplier;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is answered when a door throws, whichever way the request came to the door. Stateless. */
final class Failures {
    private static final Logger LOGGER = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /**
     * The answer in the envelope of a path. What is no {@link ProblemException} is our own error: it is logged under the id
     * that the client is told.
     *
     * @param path the request's path, from its first slash on
     */
    static Answer answer(String path, Throwable failure) {
        if (failure instanceof ProblemException known) {
            return ErrorEnvelopes.error(path, known.problem());
        }
        // Jetty's own refusal while a body is read, as of one that comes too slowly.
        if (failure instanceof HttpException refused && refused.getCode() >= 400) {
            return answer(path, refused.getCode(), StatusProblems.of(refused.getCode(), refused.getReason()), failure);
        }
        return answer(path, 500, StatusProblems.internal(), failure);
    }

    /** The same for a failure whose meaning is known. */
    static Answer answer(String path, int status, Problem problem, Throwable failure) {
        if (problem instanceof Problem.Internal internal) {
            LOGGER.error("internal error {}", internal.id(), failure);
        }
        return ErrorEnvelopes.error(path, status, problem);
    }

    /**
     * The answer to a request whose body may not have been read: takes what is left of it off the connection, or says that
     * the connection closes.
     *
     * @param length the bytes of the whole body, negative if unknown
     * @param finished whether all of it was read, as far as that is known
     */
    static Answer afterBody(Answer answer, InputStream body, long length, BooleanSupplier finished) {
        // What did not come in time would not come now.
        boolean late = answer.status() == ProblemCode.REQUEST_TIMEOUT.status();
        return !late && UnreadBody.discard(body, length, finished) ? answer : closing(answer);
    }

    /** The answer to a request behind which the connection can take no other. */
    static Answer closing(Answer answer) {
        return answer.with("Connection", "close");
    }
}
