package net.quicsql.engine;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.session.Session;

/** How many streams a principal may keep in memory by stored SQL or temporary objects. Thread-safe. */
final class SessionStates {
    private final int maxPerPrincipal;

    /** Streams that hold state, or that a request works on which was allowed to make some. Guarded by this. */
    private final Set<Session> holders = Collections.newSetFromMap(new IdentityHashMap<>());

    SessionStates(int maxPerPrincipal) {
        this.maxPerPrincipal = maxPerPrincipal;
    }

    /**
     * Lets one more stream of the session's principal hold state; called by the request that works on the session. Where it
     * makes none after all, the room is free again after the request.
     *
     * @throws net.quicsql.problem.ProblemException TOO_MANY_STREAMS
     */
    synchronized void requireRoom(Session session) {
        holders.removeIf(Session::hasNoStateAnyMore);
        if (holders.contains(session)) {
            return;
        }
        int held = 0;
        for (Session other : holders) {
            if (other.principal().equals(session.principal())) {
                held++;
            }
        }
        if (held >= maxPerPrincipal) {
            throw new Problem.Refused(
                            ProblemCode.TOO_MANY_STREAMS,
                            "too many streams with stored SQL or temporary objects: a principal may have "
                                    + maxPerPrincipal
                                    + " (limits.max_session_states_per_principal). Close some, or drop what they hold")
                    .toException();
        }
        holders.add(session);
    }
}
