package net.quicsql.hrana.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;
import org.junit.jupiter.api.Test;

class StatementsEncoderTest {
    private static final Problem FAILED =
            new Problem.SqlFailed(ProblemCode.SQL_CONSTRAINT, 19, 2067, "SQLITE_CONSTRAINT_UNIQUE", "a \"b\"");
    private static final String FAILED_ITEM = "{\"error\":\"a \\\"b\\\"\",\"code\":\"SQLITE_CONSTRAINT_UNIQUE\"}";

    private final StatementsEncoder encoder = new StatementsEncoder(300, new JsonWriter());

    @Test
    void writesAnItemForEachStatement() throws IOException {
        encoder.beginBatch(4);
        encoder.begin(0, true);
        assertThat(encoder.end(0, new StatementResult(2, 7L), 1_234_567)).isTrue();
        rows(1, "x");
        assertThat(encoder.end(1, StatementResult.NOTHING, -1)).isTrue();
        rows(2, "y");
        encoder.error(2, FAILED);
        encoder.skip(3);
        encoder.endBatch();
        assertThat(answer())
                .isEqualTo("[" + result("", "", 2, "1.234") + "," + result("\"c\"", "[\"x\"]", 0, "0.0") + ","
                        + FAILED_ITEM + ",null]");
    }

    @Test
    void tellsAFailureBeforeItsStatementBegan() throws IOException {
        encoder.beginBatch(1);
        encoder.error(0, FAILED);
        encoder.endBatch();
        assertThat(answer()).isEqualTo("[" + FAILED_ITEM + "]");
    }

    @Test
    void beginsAResultAnewWhenItsStatementIsTriedTwice() throws IOException {
        encoder.beginBatch(1);
        RowSink sink = encoder.begin(0, true);
        sink.columns(List.of(new Column("old", null)));
        rows(sink, "x");
        encoder.end(0, StatementResult.NOTHING, 0);
        encoder.endBatch();
        assertThat(answer()).isEqualTo("[" + result("\"c\"", "[\"x\"]", 0, "0.0") + "]");
    }

    @Test
    void cutsBackAResultThatIsTooLarge() throws IOException {
        encoder.beginBatch(2);
        RowSink sink = encoder.begin(0, true);
        sink.columns(List.of(new Column("c", null)));
        sink.beginRow();
        sink.textCell(new byte[400]);
        assertThat(sink.endRow()).isEqualTo(RowSink.Demand.ENOUGH);
        assertThat(encoder.end(0, StatementResult.NOTHING, 0)).isFalse();
        encoder.skip(1);
        encoder.endBatch();
        assertThat(answer())
                .startsWith("[{\"error\":\"the response would be larger than 300 bytes")
                .endsWith("\"code\":\"RESPONSE_TOO_LARGE\"},null]");
    }

    @Test
    void refusesToLeaveATransactionOpen() {
        encoder.beginBatch(0);
        encoder.endBatch();
        encoder.autocommit(false);
        assertThatThrownBy(() -> encoder.finish(null))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("left open");
    }

    @Test
    void tellsTheFailureOfAStatementRatherThanTheTransactionItLeft() throws IOException {
        encoder.beginBatch(1);
        encoder.error(0, FAILED);
        encoder.endBatch();
        encoder.autocommit(false);
        assertThat(answer()).isEqualTo("[" + FAILED_ITEM + "]");
    }

    private void rows(int step, String text) {
        rows(encoder.begin(step, true), text);
    }

    private static void rows(RowSink sink, String text) {
        sink.columns(List.of(new Column("c", null)));
        sink.beginRow();
        sink.textCell(text.getBytes(StandardCharsets.UTF_8));
        assertThat(sink.endRow()).isEqualTo(RowSink.Demand.MORE);
    }

    private static String result(String columns, String rows, int written, String milliseconds) {
        return "{\"results\":{\"columns\":[" + columns + "],\"rows\":[" + rows + "],\"rows_read\":0,\"rows_written\":"
                + written + ",\"query_duration_ms\":" + milliseconds + "}}";
    }

    private String answer() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        encoder.finish(null).writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
