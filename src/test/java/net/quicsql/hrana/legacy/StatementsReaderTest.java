package net.quicsql.hrana.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.hrana.SqlText;
import net.quicsql.hrana.Stmt;
import net.quicsql.json.JsonInput;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.SqlValue;
import org.junit.jupiter.api.Test;

class StatementsReaderTest {
    private static final JsonInput INPUT = new JsonInput(10_000_000);

    @Test
    void readsTextsAndObjects() {
        List<Stmt> statements = read("{\"more\":{\"statements\":1},\"statements\":[\"A\","
                + "{\"params\":[1,null],\"x\":[[]],\"q\":\"B\"},{\"q\":\"C\",\"params\":{\"n\":\"v\"}},"
                + "{\"q\":\"D\",\"params\":null}],\"again\":null}");
        assertThat(statements)
                .containsExactly(
                        statement("A", Arguments.none()),
                        statement("B", new Arguments(List.of(new SqlValue.Integer(1), SqlValue.NULL), List.of())),
                        statement(
                                "C",
                                new Arguments(List.of(), List.of(new Arguments.Named("n", new SqlValue.Text("v"))))),
                        statement("D", Arguments.none()));
    }

    /** What a body stands for in memory is many times its length. */
    @Test
    void takesNoMoreStatementsAndArgumentsThanABatchMayHave() {
        assertThat(read(statements(500_000, "\"\""))).hasSize(500_000);
        assertThatThrownBy(() -> read(statements(500_001, "\"\"")))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("more than 500000 statements");
        assertThatThrownBy(() -> read(statements(1, params(500_001))))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("a statement has more than 500000 arguments");
        assertThat(read(statements(2, params(250_000)))).hasSize(2);
        assertThatThrownBy(() -> read(statements(2, params(250_001))))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("the statements have more than 500000 arguments");
    }

    private static String params(int count) {
        return "{\"q\":\"\",\"params\":[" + "0,".repeat(count - 1) + "0]}";
    }

    private static String statements(int count, String statement) {
        return "{\"statements\":[" + (statement + ",").repeat(count - 1) + statement + "]}";
    }

    private static Stmt statement(String sql, Arguments arguments) {
        return new Stmt(SqlText.of(sql), arguments, true);
    }

    private static List<Stmt> read(String body) {
        return StatementsReader.read(INPUT, body.getBytes(StandardCharsets.UTF_8));
    }
}
