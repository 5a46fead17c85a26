package net.quicsql.hrana.websocket;

import java.util.concurrent.ConcurrentHashMap;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;

/**
 * How many cursors each principal has of which entries are kept, over all its connections. Each may keep a temporary file for as
 * long as its client likes, so that one client could take every descriptor of the process. Thread-safe.
 */
public final class CursorPlaces {
    private final int mostPerPrincipal;
    private final ConcurrentHashMap<String, Integer> taken = new ConcurrentHashMap<>();

    /**
     * @param mostPerPrincipal at least 1
     */
    public CursorPlaces(int mostPerPrincipal) {
        this.mostPerPrincipal = mostPerPrincipal;
    }

    /**
     * Takes a place.
     *
     * @return gives it back; to be called once
     * @throws net.quicsql.problem.ProblemException TOO_MANY_STREAMS
     */
    Runnable take(String principal) {
        int now = taken.merge(principal, 1, Integer::sum);
        if (now > mostPerPrincipal) {
            giveBack(principal);
            throw new Problem.Refused(
                            ProblemCode.TOO_MANY_STREAMS,
                            "a principal may have " + mostPerPrincipal + " cursors that are not fetched to their end ("
                                    + LimitsConfig.MAX_CURSORS_PER_PRINCIPAL + "): fetch or close some first")
                    .toException();
        }
        return () -> giveBack(principal);
    }

    private void giveBack(String principal) {
        taken.computeIfPresent(principal, (name, count) -> count == 1 ? null : count - 1);
    }
}
