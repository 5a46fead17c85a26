package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.quicsql.access.DatabaseName;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRegistryTest {
    private static final DatabaseName ONE = new DatabaseName("one");
    private static final DatabaseName OTHER = new DatabaseName("other");

    @TempDir
    Path folder;

    private final FileRegistry files = new FileRegistry();

    @Test
    void refusesASecondNameForAnOpenFile() throws IOException {
        Path file = Files.createFile(folder.resolve("one.db"));
        Path link = Files.createLink(folder.resolve("other.db"), file);
        files.claim(ONE, file);
        assertThatThrownBy(() -> files.claim(OTHER, link))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("is open as database 'one' already");
        files.release(ONE);
        assertThatCode(() -> files.claim(OTHER, link)).doesNotThrowAnyException();
    }

    @Test
    void givesUpEarlierFilesOfADatabaseAndKeepsTheOneThatIsThere() throws IOException {
        Path file = Files.createFile(folder.resolve("one.db"));
        files.claim(ONE, file);
        Path earlier = Files.move(file, folder.resolve("earlier.db"));
        Files.createFile(file);
        files.claim(ONE, file);
        Path link = Files.createLink(folder.resolve("other.db"), file);
        assertThatThrownBy(() -> files.claim(OTHER, earlier)).isInstanceOf(ProblemException.class);

        files.keepOnly(ONE, file);

        assertThatThrownBy(() -> files.claim(OTHER, link)).isInstanceOf(ProblemException.class);
        assertThatCode(() -> files.claim(OTHER, earlier)).doesNotThrowAnyException();
    }
}
