package net.quicsql.server;

import com.codahale.metrics.health.HealthCheck;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import net.quicsql.access.DatabaseName;

/**
 * The state of every database, each a detail of one check, for databases come and go while the server runs. Unhealthy
 * where one of them is; a warning alone is told but keeps it healthy.
 */
final class DatabasesHealthCheck extends HealthCheck {
    static final String NAME = "databases";

    private static final String HEALTHY = "healthy";

    private final DatabaseHealth health;

    DatabasesHealthCheck(DatabaseHealth health) {
        this.health = health;
    }

    @Override
    protected Result check() {
        Collection<DatabaseName> databases = health.databases();
        List<String> unhealthy = new ArrayList<>();
        ResultBuilder result = Result.builder();
        for (DatabaseName database : databases.stream()
                .sorted(Comparator.comparing(DatabaseName::value))
                .toList()) {
            Optional<String> problem = health.problemOf(database);
            result.withDetail(
                    database.value(),
                    problem.orElseGet(() -> health.warningOf(database)
                            .map(warning -> HEALTHY + ", but " + warning)
                            .orElse(HEALTHY)));
            if (problem.isPresent()) {
                unhealthy.add(database.value());
            }
        }
        if (unhealthy.isEmpty()) {
            return result.healthy()
                    .withMessage("%d databases", databases.size())
                    .build();
        }
        return result.unhealthy()
                .withMessage("%d of %d databases cannot be used: %s", unhealthy.size(), databases.size(), unhealthy)
                .build();
    }
}
