package net.quicsql.access;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * Somebody whose credential was accepted, with the grants that hold for this request. Immutable.
 *
 * @param name how logs and batons name it; empty for the anonymous principal of open mode
 * @param grants level by database name, {@code *} for every database
 */
public record Principal(String name, Map<String, AccessLevel> grants) implements java.security.Principal {
    /** The grant key that stands for every database. */
    public static final String EVERY_DATABASE = "*";

    private static final Principal ANONYMOUS = new Principal("", Map.of(EVERY_DATABASE, AccessLevel.READ_WRITE));

    public Principal {
        requireNonNull(name, "name is null");
        grants = Map.copyOf(grants);
    }

    /** The principal of everybody in open mode: reads and writes every database, administers none. */
    public static Principal anonymous() {
        return ANONYMOUS;
    }

    @Override
    public String getName() {
        return name;
    }

    /** The higher of the grant for this database and the grant for every database. */
    public AccessLevel levelFor(DatabaseName database) {
        AccessLevel own = grants.getOrDefault(database.value(), AccessLevel.NONE);
        AccessLevel every = grants.getOrDefault(EVERY_DATABASE, AccessLevel.NONE);
        return own.compareTo(every) >= 0 ? own : every;
    }
}
