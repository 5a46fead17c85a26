package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import net.quicsql.engine.EngineFixture;
import net.quicsql.limits.Limits;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The timer that looks for statements to be ended. */
final class WatchdogTest {
    private static final String ENDLESS =
            "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

    @TempDir
    Path folder;

    @Test
    void goesOnAfterALookThatFailed() throws Exception {
        try (EngineFixture fixture =
                new EngineFixture(folder, Limits.with("\"statement_timeout\":\"5s\""), DatabaseConfig.defaults())) {
            fixture.client(() -> {
                throw new OutOfMemoryError("for the test");
            });
            endsWith(fixture, ProblemCode.STATEMENT_TIMEOUT);
            fixture.client(() -> true);
            endsWith(fixture, ProblemCode.CLIENT_GONE);
        }
    }

    private static void endsWith(EngineFixture fixture, ProblemCode code) {
        assertThatThrownBy(() -> fixture.query(EngineFixture.DEV, ENDLESS))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }
}
