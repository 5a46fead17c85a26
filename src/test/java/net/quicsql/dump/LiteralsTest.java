package net.quicsql.dump;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiteralsTest {
    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0",
        "-0.5, -0.5",
        "0.1, 0.10000000000000001",
        "-100, -100.0",
        "123456.75, 123456.75",
        "1e100, 1E+100",
        "Infinity, 9.0e999",
        "-Infinity, -9.0e999",
    })
    void spellsReals(double value, String literal) throws SQLException {
        assertThat(Literals.text(value)).isEqualTo(literal);
        assertThat(read(literal)).isEqualTo(value);
    }

    @Test
    void spellsRealsThatSqliteReadsBackToTheLastBit() throws SQLException {
        Random random = new Random(42);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 20_000; i++) {
                double value = i % 2 == 0 ? Double.longBitsToDouble(random.nextLong()) : random.nextInt() / 1000.0;
                if (!Double.isNaN(value)) {
                    try (ResultSet result = statement.executeQuery("SELECT " + Literals.text(value))) {
                        assertThat(result.getDouble(1)).isEqualTo(value);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE, 0.0, 1e-300})
    void spellsTheExtremes(double value) throws SQLException {
        assertThat(read(Literals.text(value))).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREATE VIEW v AS SELECT 1         | ;",
                "CREATE VIEW v AS SELECT '--'      | ;",
                "CREATE VIEW v AS SELECT '/*'      | ;",
                "CREATE VIEW v AS /* a */ SELECT 1 | ;",
                "CREATE VIEW v AS SELECT 1 -- last | #;",
                "CREATE VIEW v AS SELECT 1 /* last | */;",
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; -- one#END | ;",
            })
    void endsStatementsWhateverCommentTheyEndIn(String sql, String end) {
        assertThat(SchemaSink.end(sql.replace('#', '\n'))).isEqualTo(end.replace('#', '\n'));
    }

    private static double read(String literal) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT " + literal)) {
            return result.getDouble(1);
        }
    }
}
