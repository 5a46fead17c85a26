package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import java.io.IOException;
import net.quicsql.testing.YamlText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageConfigTest {
    @Test
    void hasTheseDefaults() throws Exception {
        StorageConfig defaults = parse("{}");

        assertThat(defaults).isEqualTo(StorageConfig.defaults());
        assertThat(defaults.readersPerDatabase()).isBetween(4, 64);
        assertThat(defaults.statementCacheEntries()).isEqualTo(256);
        assertThat(defaults.statementCacheBytes()).isEqualTo(4 << 20);
        assertThat(defaults.idleConnectionsPerDatabase()).isEqualTo(4);
        assertThat(defaults.checkOnOpen()).isEqualTo(OpenCheck.QUARANTINE);
        assertThat(defaults.walAlarmBytes()).isEqualTo(256 << 20);
        assertThat(defaults.walLimitBytes()).isEqualTo(1 << 30);
    }

    @Test
    void readsEveryKey() throws Exception {
        StorageConfig config = parse("""
                readers_per_database: 1
                statement_cache_entries: 2
                statement_cache_size: 3KiB
                idle_connections_per_database: 0
                wal_alarm: 4MiB
                wal_limit: 5MiB
                check_on_open: report
                """);

        assertThat(config).isEqualTo(new StorageConfig(1, 2, 3 * 1024, 0, 4 << 20, 5 << 20, OpenCheck.REPORT));
    }

    @ParameterizedTest
    @CsvSource({
        "readers_per_database, 0, storage.readers_per_database: must be from 1 to 64",
        "readers_per_database, 65, storage.readers_per_database: must be from 1 to 64",
        "statement_cache_entries, 0, storage.statement_cache_entries: must be from 1 to 10000",
        "statement_cache_size, 2GiB, storage.statement_cache_size: must be from 1 to 1073741824",
        "idle_connections_per_database, -1, storage.idle_connections_per_database: must be from 0 to 64",
        "check_on_open, maybe, storage.check_on_open: must be quarantine or report or off",
        "wal_alarm, 1023KiB, storage.wal_alarm: must be from 1048576 to 1099511627776",
        "wal_limit, 2TiB, storage.wal_limit: must be from 1048576 to 1099511627776",
        "wal_alarm, 1GiB, storage.wal_alarm: must be less than storage.wal_limit",
        "readers, 4, Unrecognized field at: readers",
    })
    void refusesBadValuesAndUnknownKeysByTheirName(String key, String value, String message) {
        assertThatThrownBy(() -> parse(key + ": " + value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    private static StorageConfig parse(String yaml) throws IOException, ConfigurationException {
        return YamlText.parse(StorageConfig.class, yaml);
    }
}
