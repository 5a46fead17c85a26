package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import net.quicsql.access.DatabaseName;
import net.quicsql.testing.YamlText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseConfigTest {
    @TempDir
    Path directory;

    @Test
    void hasTheseDefaults() throws Exception {
        assertThat(parse("{}")).isEqualTo(DatabaseConfig.defaults());
        assertThat(DatabaseConfig.defaults())
                .isEqualTo(new DatabaseConfig(
                        DatabaseKind.FILE,
                        null,
                        DatabaseMode.RW,
                        JournalChoice.WAL,
                        Synchronous.FULL,
                        true,
                        BeginMode.DEFERRED));
    }

    @Test
    void readsEveryKey() throws Exception {
        DatabaseConfig config = parse("""
                kind: file
                file: old/data.sqlite
                mode: ro
                journal: keep
                synchronous: normal
                foreign_keys: off
                begin: immediate
                """);

        assertThat(config)
                .isEqualTo(new DatabaseConfig(
                        DatabaseKind.FILE,
                        "old/data.sqlite",
                        DatabaseMode.RO,
                        JournalChoice.KEEP,
                        Synchronous.NORMAL,
                        false,
                        BeginMode.IMMEDIATE));
        assertThat(parse("kind: memory").kind()).isEqualTo(DatabaseKind.MEMORY);
    }

    @ParameterizedTest
    @CsvSource({"on, true", "true, true", "off, false", "false, false", "'\"off\"', false"})
    void takesForeignKeysAsPeopleWriteThem(String text, boolean on) throws Exception {
        assertThat(parse("foreign_keys: " + text).foreignKeys()).isEqualTo(on);
    }

    @Test
    void findsTheFile() throws Exception {
        DatabaseName app = new DatabaseName("app");

        assertThat(parse("{}").path(app, directory)).isEqualTo(directory.resolve("app.db"));
        assertThat(parse("file: x/y.db").path(app, directory)).isEqualTo(directory.resolve("x/y.db"));
        assertThat(parse("file: /elsewhere/y.db").path(app, directory)).isEqualTo(Path.of("/elsewhere/y.db"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../y.db", "x/../../y.db", "''", "' '", "/", "\"a\\0b\""})
    void refusesFilesThatLeadNowhereOrOutOfTheDataDirectory(String file) {
        assertThatThrownBy(() -> parse("file: " + file)).hasMessageContaining("file: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind: tape | kind: must be file or memory",
                "mode: rx | mode: must be rw or ro",
                "journal: delete | journal: must be wal or keep",
                "synchronous: off | synchronous: must be full or normal",
                "foreign_keys: maybe | foreign_keys: must be on or off",
                "begin: exclusive | begin: must be deferred or immediate",
                "{kind: memory, file: x.db} | file: must be left out where kind is memory",
                "{kind: memory, mode: ro} | mode: must be rw where kind is memory",
                "path: x.db | Unrecognized field at: path",
                "foreignKeys: on | Unrecognized field at: foreignKeys",
            })
    void refusesBadValuesAndUnknownKeysByTheirName(String yaml, String message) {
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    private static DatabaseConfig parse(String yaml) throws IOException, ConfigurationException {
        return YamlText.parse(DatabaseConfig.class, yaml);
    }
}
