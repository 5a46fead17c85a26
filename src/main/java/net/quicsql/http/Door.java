package net.quicsql.http;

import java.io.InputStream;
import net.quicsql.access.Principal;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind an address that requests are posted to: finds the database, checks rights, reads the body and has it
 * answered. Jersey's resources and {@link FastPath} call the same doors. Thread-safe.
 */
@FunctionalInterface
public interface Door {
    /**
     * Answers a request.
     *
     * @param database the database in the path; null where the path names none
     * @param body untouched
     * @return an answer whose body must be closed
     * @throws net.quicsql.problem.ProblemException the request is refused; the body may not have been read
     */
    Answer answer(Principal principal, @Nullable String database, RequestHeaders headers, InputStream body);
}
