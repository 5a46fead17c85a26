package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path folder;

    @Test
    void isHeldByOneServerAtATime() throws Exception {
        Path data = folder.resolve("deep/data");
        try (DataDirectory first = DataDirectory.open(data)) {
            assertThat(first.path()).isEqualTo(data);
            assertThatThrownBy(() -> DataDirectory.open(data))
                    .isInstanceOf(IOException.class)
                    .hasMessage("data_dir: another quicsql server is using " + data);
            assertThatThrownBy(() -> DataDirectory.open(data.resolve("../data")))
                    .isInstanceOf(IOException.class);
        }
        DataDirectory.open(data).close();
    }

    @Test
    void refusesAPathThatADatabaseUrlCouldNotHold() {
        assertThatThrownBy(() -> DataDirectory.open(folder.resolve("a?b")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("data_dir: '?' may not appear");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void saysWhereTheFolderCannotBeMade() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> DataDirectory.open(file)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> DataDirectory.open(file.resolve("data"))).isInstanceOf(IOException.class);
    }
}
