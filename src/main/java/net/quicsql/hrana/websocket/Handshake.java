package net.quicsql.hrana.websocket;

import java.util.List;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.auth.Authenticators;
import net.quicsql.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What the request said that a connection began with. Immutable.
 *
 * @param database null where the request names none that there can be
 * @param refusal why there is none; null where there is one. It is told in answer to the first message, for most clients show
 *     no more than the status of a handshake that fails
 * @param authorizationHeaders as many as there were
 */
record Handshake(@Nullable DatabaseName database, @Nullable Problem refusal, List<String> authorizationHeaders) {
    Handshake {
        authorizationHeaders = List.copyOf(authorizationHeaders);
    }

    /** @throws net.quicsql.problem.ProblemException why there is none */
    DatabaseName requireDatabase() {
        DatabaseName name = database;
        if (name == null) {
            throw refusal == null
                    ? new IllegalStateException("neither a database nor why there is none")
                    : refusal.toException();
        }
        return name;
    }

    /**
     * Who a client is.
     *
     * @param token that of its message; where it has none the handshake's own headers count
     * @throws net.quicsql.problem.ProblemException UNAUTHENTICATED
     */
    Principal authenticate(Authenticators authenticators, @Nullable String token) {
        return token == null || token.isEmpty()
                ? authenticators.authenticate(authorizationHeaders)
                : authenticators.authenticate("Bearer " + token);
    }
}
