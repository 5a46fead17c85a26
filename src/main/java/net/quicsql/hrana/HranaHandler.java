package net.quicsql.hrana;

import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.http.Answer;

/** Answers the requests of one endpoint. Knows no Jersey, and is thread-safe. */
public interface HranaHandler {
    /**
     * Does what a body asks for.
     *
     * @return an answer whose body must be closed, for it may run what is left to do
     * @throws net.quicsql.problem.ProblemException when the body is no message, or its stream cannot be had; nothing ran then
     */
    Answer handle(byte[] body, DatabaseName database, Principal principal);

    /** Whether what a body asked for is kept until the answer's body is closed; else it is done with by then. */
    default boolean keepsRequest() {
        return false;
    }
}
