package net.quicsql.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transaction whose database's file is taken away before its COMMIT. */
final class MovedFileTest {
    @TempDir
    Path folder;

    @Test
    void acknowledgesNothingThatNobodyFindsAgain() throws Exception {
        try (EngineFixture fixture = new EngineFixture(folder)) {
            Stream stream = fixture.engine().open(EngineFixture.APP, EngineFixture.DEV);
            fixture.run(stream, "CREATE TABLE t (v)");
            fixture.run(stream, "BEGIN IMMEDIATE");
            fixture.run(stream, "INSERT INTO t VALUES (1)");
            Path file = folder.resolve("app.db");
            Path away = folder.resolve("away");
            Files.move(file, away);

            assertThatThrownBy(() -> fixture.run(stream, "COMMIT"))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            e -> assertThat(e.problem().wireCode()).isEqualTo("SQLITE_READONLY_DBMOVED"));

            Files.move(away, file);
            fixture.run(stream, "ROLLBACK");
            assertThat(stream.isAutocommit()).isTrue();
            stream.close();
        }
    }
}
