package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.health.HealthCheck.Result;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import net.quicsql.access.DatabaseName;
import org.junit.jupiter.api.Test;

class DatabasesHealthCheckTest {
    private final Map<DatabaseName, Optional<String>> states = new LinkedHashMap<>();

    private final Map<DatabaseName, String> warnings = new LinkedHashMap<>();

    private final DatabasesHealthCheck check = new DatabasesHealthCheck(new DatabaseHealth() {
        @Override
        public Collection<DatabaseName> databases() {
            return states.keySet();
        }

        @Override
        public Optional<String> problemOf(DatabaseName database) {
            return states.get(database);
        }

        @Override
        public Optional<String> warningOf(DatabaseName database) {
            return Optional.ofNullable(warnings.get(database));
        }
    });

    @Test
    void isHealthyWithoutDatabases() {
        assertThat(check.check().isHealthy()).isTrue();
    }

    @Test
    void showsEachDatabase() {
        states.put(new DatabaseName("b"), Optional.empty());
        states.put(new DatabaseName("a"), Optional.empty());

        Result result = check.check();
        assertThat(result.isHealthy()).isTrue();
        assertThat(result.getDetails()).containsExactly(Map.entry("a", "healthy"), Map.entry("b", "healthy"));
    }

    @Test
    void staysHealthyWithAWarning() {
        states.put(new DatabaseName("a"), Optional.empty());
        warnings.put(new DatabaseName("a"), "its log is 100% full");

        Result result = check.check();
        assertThat(result.isHealthy()).isTrue();
        assertThat(result.getDetails()).containsExactly(Map.entry("a", "healthy, but its log is 100% full"));
    }

    @Test
    void isUnhealthyWhereOneDatabaseIsAndSaysWhich() {
        states.put(new DatabaseName("good"), Optional.empty());
        states.put(new DatabaseName("bad"), Optional.of("file is not a database, 100% sure"));

        Result result = check.check();
        assertThat(result.isHealthy()).isFalse();
        assertThat(result.getMessage()).isEqualTo("1 of 2 databases cannot be used: [bad]");
        assertThat(result.getDetails())
                .containsEntry("bad", "file is not a database, 100% sure")
                .containsEntry("good", "healthy");
    }
}
