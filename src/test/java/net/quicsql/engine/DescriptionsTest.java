package net.quicsql.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Column;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptionsTest {
    @TempDir
    Path folder;

    /** Both files have seen as many changes of their schemas. */
    @Test
    void areThoseOfTheFileThatIsThereNow() throws Exception {
        Path file = make("app.db", "first");
        Path other = make("other", "second");
        try (EngineFixture server = new EngineFixture(folder)) {
            Stream stream = server.engine().open(EngineFixture.APP, EngineFixture.DEV);
            assertThat(columns(stream)).containsExactly("first");
            stream.close();

            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

            Await.until(() -> {
                try {
                    server.query(EngineFixture.DEV, "SELECT second FROM t");
                    return true;
                } catch (ProblemException notYet) {
                    return false;
                }
            });
            Stream later = server.engine().open(EngineFixture.APP, EngineFixture.DEV);
            assertThat(columns(later)).containsExactly("second");
            later.close();
        }
    }

    private static List<String> columns(Stream stream) {
        return stream.describe("SELECT * FROM t").columns().stream()
                .map(Column::name)
                .toList();
    }

    private Path make(String name, String column) throws SQLException {
        Path file = folder.resolve(name);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            connection.createStatement().execute("CREATE TABLE t(" + column + ")");
        }
        return file;
    }
}
