package net.quicsql.engine;

import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.session.Session;
import net.quicsql.session.SessionStore;

/** How many streams a principal may keep in memory by stored SQL or temporary objects. Thread-safe. */
final class SessionStates {
    private final SessionStore sessions;
    private final int maxPerPrincipal;

    SessionStates(SessionStore sessions, int maxPerPrincipal) {
        this.sessions = sessions;
        this.maxPerPrincipal = maxPerPrincipal;
    }

    /**
     * Checks that one more stream of the session's principal may hold state.
     *
     * @throws net.quicsql.problem.ProblemException TOO_MANY_STREAMS
     */
    void requireRoom(Session session) {
        int held = 0;
        for (Session other : sessions.live()) {
            if (other != session && other.principal().equals(session.principal()) && other.holdsState()) {
                held++;
            }
        }
        if (held >= maxPerPrincipal) {
            throw new Problem.Refused(
                            ProblemCode.TOO_MANY_STREAMS,
                            "too many streams with stored SQL or temporary objects: a principal may have "
                                    + maxPerPrincipal + " (limits.max_session_states_per_principal)")
                    .toException();
        }
    }
}
