package net.quicsql.storage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code storage} of the configuration. Immutable.
 *
 * @param readersPerDatabase connections of one database that read at the same time
 * @param statementCacheEntries prepared statements that one connection keeps
 * @param statementCacheBytes bytes of SQL text of the statements that one connection keeps
 * @param idleConnectionsPerDatabase connections of one database that are kept open though nobody uses them
 * @param walAlarmBytes size of a write-ahead log from which on nobody may keep an old snapshot; less than the limit
 * @param walLimitBytes size of a write-ahead log from which on writers wait
 * @param checkOnOpen what is done about damage in a file that was just opened
 */
public record StorageConfig(
        int readersPerDatabase,
        int statementCacheEntries,
        long statementCacheBytes,
        int idleConnectionsPerDatabase,
        long walAlarmBytes,
        long walLimitBytes,
        OpenCheck checkOnOpen) {

    private static final int FEWEST_DEFAULT_READERS = 4;
    private static final int MOST_READERS = 64;
    private static final int MOST_STATEMENTS = 10_000;
    private static final long MOST_STATEMENT_BYTES = 1L << 30;
    private static final int DEFAULT_IDLE_CONNECTIONS = 4;
    private static final long LEAST_WAL_BYTES = 1L << 20;
    private static final long MOST_WAL_BYTES = 1L << 40;
    private static final long DEFAULT_WAL_ALARM_BYTES = 256L << 20;
    private static final long DEFAULT_WAL_LIMIT_BYTES = 1L << 30;

    /** @throws IllegalArgumentException a value is out of its range; the text names the key and the range */
    public StorageConfig {
        within("storage.readers_per_database", readersPerDatabase, 1, MOST_READERS);
        within("storage.statement_cache_entries", statementCacheEntries, 1, MOST_STATEMENTS);
        within("storage.statement_cache_size", statementCacheBytes, 1, MOST_STATEMENT_BYTES);
        within("storage.idle_connections_per_database", idleConnectionsPerDatabase, 0, MOST_READERS);
        requireNonNull(checkOnOpen, "checkOnOpen is null");
        within("storage.wal_alarm", walAlarmBytes, LEAST_WAL_BYTES, MOST_WAL_BYTES);
        within("storage.wal_limit", walLimitBytes, LEAST_WAL_BYTES, MOST_WAL_BYTES);
        if (walAlarmBytes >= walLimitBytes) {
            throw new IllegalArgumentException("storage.wal_alarm: must be less than storage.wal_limit");
        }
    }

    public static StorageConfig defaults() {
        return of(null, null, null, null, null, null, null);
    }

    /** The section as it stands in YAML; what is null has its default, and this is where the defaults are. */
    @JsonCreator
    static StorageConfig of(
            @JsonProperty("readers_per_database") @Nullable Integer readersPerDatabase,
            @JsonProperty("statement_cache_entries") @Nullable Integer statementCacheEntries,
            @JsonProperty("statement_cache_size") @Nullable DataSize statementCacheSize,
            @JsonProperty("idle_connections_per_database") @Nullable Integer idleConnectionsPerDatabase,
            @JsonProperty("wal_alarm") @Nullable DataSize walAlarm,
            @JsonProperty("wal_limit") @Nullable DataSize walLimit,
            @JsonProperty("check_on_open") @Nullable String checkOnOpen) {
        return new StorageConfig(
                readersPerDatabase == null ? defaultReaders() : readersPerDatabase,
                statementCacheEntries == null ? 256 : statementCacheEntries,
                statementCacheSize == null ? 4L << 20 : statementCacheSize.toBytes(),
                idleConnectionsPerDatabase == null ? DEFAULT_IDLE_CONNECTIONS : idleConnectionsPerDatabase,
                walAlarm == null ? DEFAULT_WAL_ALARM_BYTES : walAlarm.toBytes(),
                walLimit == null ? DEFAULT_WAL_LIMIT_BYTES : walLimit.toBytes(),
                DatabaseConfig.choice("storage.check_on_open", checkOnOpen, OpenCheck.QUARANTINE));
    }

    /** Twice the processors, for a reader may wait for the disk. */
    private static int defaultReaders() {
        int twice = 2 * Runtime.getRuntime().availableProcessors();
        return Math.min(MOST_READERS, Math.max(FEWEST_DEFAULT_READERS, twice));
    }

    private static void within(String key, long value, long smallest, long largest) {
        if (value < smallest || value > largest) {
            throw new IllegalArgumentException(key + ": must be from " + smallest + " to " + largest);
        }
    }
}
