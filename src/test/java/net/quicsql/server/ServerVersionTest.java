package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerVersionTest {
    /** Taken from the JDBC driver: its second group is what {@code getDatabaseProductVersion} returns. */
    private static final String AS_JDBC_READS_IT = "(\\w+)\\s+([0-9.]+)\\s+(.+)";

    @ParameterizedTest
    @CsvSource({
        "0.1.0-SNAPSHOT, quicsql 0.1.0 (0.1.0-SNAPSHOT)",
        "1.2.3,          quicsql 1.2.3 (1.2.3)",
        "2.0.0.rc1,      quicsql 2.0.0 (2.0.0.rc1)",
        "next,           quicsql 0 (next)",
    })
    void tellsNumberAndVersion(String version, String line) {
        assertThat(ServerVersion.line(version)).isEqualTo(line).matches(AS_JDBC_READS_IT);
    }

    @Test
    void saysThatItIsNotPacked() {
        assertThat(ServerVersion.line()).isEqualTo("quicsql 0 (not packed)").matches(AS_JDBC_READS_IT);
    }
}
