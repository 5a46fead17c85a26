package net.quicsql.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.testing.YamlText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsConfigTest {
    private static final String EVERY_KEY = """
            statement_timeout: 1s
            lock_wait: 3s
            contended_idle_timeout: 2s
            tx_idle_timeout: 4s
            max_tx_lifetime: 5m
            contended_tx_lifetime: 6s
            max_transactions_per_database: 7
            max_transactions_per_principal: 5
            max_waiting_requests: 23
            max_concurrent_requests_per_database: 24
            max_requests_per_second_per_principal: 25
            max_request_burst_per_principal: 26
            baton_lifetime: 8h
            session_state_idle_timeout: 9m
            max_session_states_per_principal: 10
            max_stored_sql_per_stream: 11
            max_stored_sql_length: 12KiB
            max_hrana_body: 13MiB
            max_query_body: 14MiB
            max_sql_length: 15KiB
            max_value_size: 16KiB
            max_rows: 17
            max_result_size: 18KiB
            max_response_size: 19KiB
            cursor_buffer: 20KiB
            max_cursor_spool: 21GiB
            max_cursors_per_principal: 27
            min_response_rate: 22KiB
            memory_budget: 22MiB
            """;

    @Test
    void hasTheseDefaults() throws Exception {
        LimitsConfig defaults = LimitsConfig.defaults();

        assertThat(defaults)
                .isEqualTo(new LimitsConfig(
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(30),
                        64,
                        48,
                        512,
                        null,
                        null,
                        null,
                        Duration.ofHours(24),
                        Duration.ofHours(1),
                        64,
                        150,
                        65_536,
                        33_554_432,
                        8_388_608,
                        8_388_608,
                        16_777_216,
                        100_000,
                        67_108_864,
                        67_108_864,
                        1_048_576,
                        1_073_741_824,
                        256,
                        1024,
                        MemoryBudget.suiting(Runtime.getRuntime().maxMemory())));
        assertThat(parse("{}")).isEqualTo(defaults);
    }

    @Test
    void readsEveryKey() throws Exception {
        assertThat(parse(EVERY_KEY))
                .isEqualTo(new LimitsConfig(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(6),
                        7,
                        5,
                        23,
                        24,
                        25,
                        26,
                        Duration.ofHours(8),
                        Duration.ofMinutes(9),
                        10,
                        11,
                        12 * 1024,
                        13 << 20,
                        14 << 20,
                        15 * 1024,
                        16 * 1024,
                        17,
                        18 * 1024,
                        19 * 1024,
                        20 * 1024,
                        21L << 30,
                        27,
                        22 * 1024,
                        22 << 20));
    }

    @Test
    void takesSmallerValuesWithASmallBudget() throws Exception {
        LimitsConfig small = parse("memory_budget: 32MiB");
        assertThat(small.maxValueBytes()).isEqualTo(2 << 20);
        assertThat(small.maxSqlBytes()).isEqualTo(2 << 20);
        LimitsConfig own = parse("{memory_budget: 32MiB, max_value_size: 5MiB, max_sql_length: 4MiB}");
        assertThat(own.maxValueBytes()).isEqualTo(5 << 20);
        assertThat(own.maxSqlBytes()).isEqualTo(4 << 20);
    }

    @Test
    void namesEveryKeyForMessages() throws Exception {
        List<String> named = new ArrayList<>();
        for (Field field : LimitsConfig.class.getFields()) {
            named.add(String.valueOf(field.get(null)));
        }

        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(EVERY_KEY
                        .lines()
                        .map(line -> "limits." + line.split(":", 2)[0])
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "statement_timeout, 0s, limits.statement_timeout: must be from 1 millisecond to 24 hours",
        "statement_timeout, 2d, limits.statement_timeout: must be from 1 millisecond to 24 hours",
        "baton_lifetime, 366d, limits.baton_lifetime: must be from 1 millisecond to 8760 hours",
        "lock_wait, 5s, limits.lock_wait: must be greater than limits.contended_idle_timeout",
        "max_transactions_per_database, 0, limits.max_transactions_per_database: must be from 1 to 1000000",
        "max_transactions_per_principal, 65, limits.max_transactions_per_principal: must not be greater than",
        "max_concurrent_requests_per_database, 0, limits.max_concurrent_requests_per_database: must be from 1",
        "max_requests_per_second_per_principal, 0, limits.max_requests_per_second_per_principal: must be from 1",
        "max_request_burst_per_principal, 5, limits.max_request_burst_per_principal: means nothing without",
        "max_rows, 0, limits.max_rows: must be from 1 to 1000000000",
        "max_rows, -1, limits.max_rows: must be from 1 to 1000000000",
        "max_hrana_body, 0B, limits.max_hrana_body: must be from 1 to 1073741824",
        "max_value_size, 2GiB, limits.max_value_size: must be from 1 to 1073741824",
        "max_cursor_spool, 2TiB, limits.max_cursor_spool: must be from 1 to 1099511627776",
        "max_cursors_per_principal, 0, limits.max_cursors_per_principal: must be from 1 to 1000000",
        "min_response_rate, 0B, limits.min_response_rate: must be from 1 to 1073741824",
        "memory_budget, 1023KiB, limits.memory_budget: must be from 1048576 to 1099511627776",
        "memory_budget, 2TiB, limits.memory_budget: must be from 1048576 to 1099511627776",
        "max_rows, many, max_rows",
        "statement_timeout, soon, statement_timeout",
        "max_hrana_body, large, max_hrana_body",
        "lok_wait, 3s, Unrecognized field at: lok_wait",
        "lockWait, 30s, Unrecognized field at: lockWait",
    })
    void refusesBadValuesAndUnknownKeysByTheirName(String key, String value, String message) {
        assertThatThrownBy(() -> parse(key + ": " + value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "4, 3", "100, 75"})
    void leavesRoomForOtherPrincipalsUnlessTold(int perDatabase, int perPrincipal) throws Exception {
        assertThat(parse("max_transactions_per_database: " + perDatabase).maxTransactionsPerPrincipal())
                .isEqualTo(perPrincipal);
    }

    private static LimitsConfig parse(String yaml) throws IOException, ConfigurationException {
        return YamlText.parse(LimitsConfig.class, yaml);
    }
}
