package net.quicsql.server;

import java.util.Collection;
import java.util.Optional;
import net.quicsql.access.DatabaseName;

/** What the health checks ask about databases. Thread-safe. */
public interface DatabaseHealth {
    /** The databases that there are now; one that cannot be opened is among them. */
    Collection<DatabaseName> databases();

    /** Why a database cannot be used, without paths; empty where it can be, or is gone. */
    Optional<String> problemOf(DatabaseName database);

    /** What an operator should look at though the database can be used; empty where all is well. */
    Optional<String> warningOf(DatabaseName database);
}
