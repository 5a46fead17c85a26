package net.quicsql.hrana.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.hrana.CursorOutput;
import net.quicsql.http.Buffers;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.RowSink.Demand;
import net.quicsql.sql.StatementResult;
import org.junit.jupiter.api.Test;

class JsonCursorEncoderTest {
    private static final List<Column> A = List.of(new Column("a", null));
    private static final String BEGIN =
            "{\"type\":\"step_begin\",\"step\":0,\"cols\":[{\"name\":\"a\",\"decltype\":null}]}\n";
    private static final String END = "{\"type\":\"step_end\",\"affected_row_count\":0,\"last_insert_rowid\":null}\n";
    private static final Problem PROBLEM = new Problem.Refused(ProblemCode.STATEMENT_TIMEOUT, "late");

    private final Output output = new Output();
    private final JsonCursorEncoder encoder = new JsonCursorEncoder(output, Buffers.roomy());

    @Test
    void writesAnEntryALine() {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        row(sink, "x");
        row(sink, "y");
        assertThat(encoder.end(0, StatementResult.NOTHING, 5)).isTrue();
        encoder.skip(1);
        encoder.begin(2, true).columns(List.of());
        encoder.end(2, new StatementResult(1, 7L), 5);
        encoder.finish();
        assertThat(output.text())
                .isEqualTo(BEGIN
                        + "{\"type\":\"row\",\"row\":[{\"type\":\"text\",\"value\":\"x\"}]}\n"
                        + "{\"type\":\"row\",\"row\":[{\"type\":\"text\",\"value\":\"y\"}]}\n"
                        + END
                        + "{\"type\":\"step_begin\",\"step\":2,\"cols\":[]}\n"
                        + "{\"type\":\"step_end\",\"affected_row_count\":1,\"last_insert_rowid\":\"7\"}\n");
    }

    @Test
    void writesErrorsBeforeAndAfterAStepBegan() {
        encoder.error(0, PROBLEM);
        RowSink sink = encoder.begin(1, true);
        sink.columns(List.of());
        sink.beginRow();
        sink.integerCell(1);
        encoder.error(1, PROBLEM);
        encoder.finish();
        String error = ",\"error\":{\"message\":\"late\",\"code\":\"STATEMENT_TIMEOUT\"}}\n";
        assertThat(output.text())
                .isEqualTo("{\"type\":\"step_error\",\"step\":0" + error
                        + "{\"type\":\"step_begin\",\"step\":1,\"cols\":[]}\n"
                        + "{\"type\":\"step_error\",\"step\":1" + error);
    }

    @Test
    void leavesOutRowsThatAreNotWanted() {
        RowSink sink = encoder.begin(0, false);
        sink.columns(A);
        assertThat(row(sink, "x")).isEqualTo(Demand.MORE);
        encoder.end(0, StatementResult.NOTHING, 0);
        encoder.finish();
        assertThat(output.text()).isEqualTo(BEGIN + END);
    }

    @Test
    void handsOverInPieces() {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        for (int i = 0; i < 10_000; i++) {
            row(sink, "0123456789");
        }
        encoder.end(0, StatementResult.NOTHING, 0);
        encoder.finish();
        assertThat(output.text()).hasLineCount(10_002);
        assertThat(output.largest).isLessThan(17 * 1024);
        assertThat(output.pieces).isBetween(20, 60);
    }

    @Test
    void handsOverASingleRowWhenSomebodyWaits() {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        output.waiting = true;
        row(sink, "x");
        assertThat(output.text()).endsWith("\"x\"}]}\n");
    }

    @Test
    void handsOverPartsOfALongRow() {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        sink.beginRow();
        String cell = "x".repeat(600_000);
        for (int i = 0; i < 10; i++) {
            sink.textCell(cell.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(output.pieces).isGreaterThanOrEqualTo(5);
        assertThat(output.largest).isLessThanOrEqualTo(1 << 20);
        encoder.error(0, PROBLEM);
        encoder.finish();
        // The row cannot be taken back any more, but every line is JSON.
        assertThat(output.text().lines().toList().get(1))
                .startsWith("{\"type\":\"row\",\"row\":[")
                .endsWith("x\"}]}");
        assertThat(output.text().lines().toList().get(2)).startsWith("{\"type\":\"step_error\"");
    }

    @Test
    void endsAStepWithAnErrorWhenTheOutputIsFull() {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        assertThat(row(sink, "x")).isEqualTo(Demand.MORE);
        output.full = true;
        assertThat(row(sink, "y")).isEqualTo(Demand.ENOUGH);
        assertThat(encoder.end(0, StatementResult.NOTHING, 0)).isFalse();
        encoder.begin(1, true).columns(List.of());
        assertThat(encoder.end(1, StatementResult.NOTHING, 0)).isTrue();
        encoder.begin(2, true).columns(A);
        assertThat(encoder.end(2, StatementResult.NOTHING, 0)).isFalse();
        encoder.finish();
        String error = ",\"error\":{\"message\":\"there is no room to keep all rows (limits.max_cursor_spool); the"
                + " statement was run\",\"code\":\"RESPONSE_TOO_LARGE\"}}\n";
        assertThat(output.text())
                .isEqualTo(BEGIN
                        + "{\"type\":\"row\",\"row\":[{\"type\":\"text\",\"value\":\"x\"}]}\n"
                        + "{\"type\":\"step_error\",\"step\":0" + error
                        + "{\"type\":\"step_begin\",\"step\":1,\"cols\":[]}\n"
                        + END
                        + "{\"type\":\"step_error\",\"step\":2" + error);
    }

    @Test
    void endsALongRowEarlyWhenTheOutputIsFull() {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        sink.beginRow();
        sink.textCell(new byte[600_000]);
        output.full = true;
        sink.blobCell(new byte[600_000]);
        sink.integerCell(1);
        sink.textCell(new byte[600_000]);
        assertThat(sink.endRow()).isEqualTo(Demand.ENOUGH);
        assertThat(encoder.end(0, StatementResult.NOTHING, 0)).isFalse();
        encoder.finish();
        assertThat(output.text().lines().toList().get(1)).endsWith("\"}]}");
        assertThat(output.text()).hasLineCount(3).endsWith("\"code\":\"RESPONSE_TOO_LARGE\"}}\n");
    }

    @Test
    void asksForNoRowsWhenNobodyReads() {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        output.full = true;
        output.abandoned = true;
        assertThat(row(sink, "x")).isEqualTo(Demand.ENOUGH);
        assertThat(encoder.isAbandoned()).isTrue();
    }

    private static Demand row(RowSink sink, String text) {
        sink.beginRow();
        sink.textCell(text.getBytes(StandardCharsets.UTF_8));
        return sink.endRow();
    }

    private static final class Output implements CursorOutput {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int pieces;
        int largest;
        boolean full;
        boolean abandoned;
        boolean waiting;

        @Override
        public void take(Piece piece) {
            int before = bytes.size();
            try {
                piece.writeTo(bytes);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            pieces++;
            largest = Math.max(largest, bytes.size() - before);
        }

        @Override
        public boolean isFull() {
            return full;
        }

        @Override
        public boolean isAbandoned() {
            return abandoned;
        }

        @Override
        public boolean isWaiting() {
            return waiting;
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
