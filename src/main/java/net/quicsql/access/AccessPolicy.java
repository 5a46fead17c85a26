package net.quicsql.access;

import net.quicsql.problem.Problem;

/** The checks every door makes before it touches a database. Stateless. */
public final class AccessPolicy {
    private AccessPolicy() {}

    /**
     * The principal's level for a database that it may at least read.
     *
     * @throws net.quicsql.problem.ProblemException ACCESS_DENIED, the same whether or not the database exists
     */
    public static AccessLevel requireRead(Principal principal, DatabaseName database) {
        AccessLevel level = principal.levelFor(database);
        if (!level.mayRead()) {
            throw new Problem.AccessDenied("forbidden: no access to this database").toException();
        }
        return level;
    }
}
