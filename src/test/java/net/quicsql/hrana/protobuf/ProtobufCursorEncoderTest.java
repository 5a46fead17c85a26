package net.quicsql.hrana.protobuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.hrana.CursorOutput;
import net.quicsql.hrana.protobuf.HranaMessages.CursorEntry;
import net.quicsql.hrana.protobuf.HranaMessages.CursorEntry.EntryCase;
import net.quicsql.hrana.protobuf.HranaMessages.CursorRespBody;
import net.quicsql.http.Buffers;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.RowSink.Demand;
import net.quicsql.sql.StatementResult;
import org.junit.jupiter.api.Test;

class ProtobufCursorEncoderTest {
    private static final List<Column> A = List.of(new Column("a", "TEXT"));
    private static final Problem PROBLEM = new Problem.Refused(ProblemCode.STATEMENT_TIMEOUT, "late");

    private final Output output = new Output();
    private final ProtobufCursorEncoder encoder = new ProtobufCursorEncoder(output, 3_000_000, Buffers.roomy());

    @Test
    void writesThePreludeBehindItsLength() throws IOException {
        ProtobufEncoding encoding = new ProtobufEncoding(1, Buffers.roomy());
        ByteArrayInputStream prelude = new ByteArrayInputStream(encoding.cursorPrelude("b".repeat(200)));
        assertThat(CursorRespBody.parseDelimitedFrom(prelude).getBaton()).hasSize(200);
        assertThat(prelude.available()).isZero();
        assertThat(encoding.cursorPrelude(null)).containsExactly(0);
    }

    @Test
    void writesEntries() throws IOException {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        row(sink, "x");
        assertThat(encoder.end(0, StatementResult.NOTHING, 5)).isTrue();
        encoder.skip(1);
        encoder.begin(2, true).columns(List.of());
        encoder.end(2, new StatementResult(1, -7L), 5);
        encoder.finish();
        assertThat(output.entries())
                .containsExactly(
                        CursorEntry.newBuilder()
                                .setStepBegin(HranaMessages.StepBeginEntry.newBuilder()
                                        .addCols(HranaMessages.Col.newBuilder()
                                                .setName("a")
                                                .setDecltype("TEXT")))
                                .build(),
                        CursorEntry.newBuilder()
                                .setRow(HranaMessages.Row.newBuilder()
                                        .addValues(
                                                HranaMessages.Value.newBuilder().setText("x")))
                                .build(),
                        CursorEntry.newBuilder()
                                .setStepEnd(HranaMessages.StepEndEntry.getDefaultInstance())
                                .build(),
                        CursorEntry.newBuilder()
                                .setStepBegin(HranaMessages.StepBeginEntry.newBuilder()
                                        .setStep(2))
                                .build(),
                        CursorEntry.newBuilder()
                                .setStepEnd(HranaMessages.StepEndEntry.newBuilder()
                                        .setAffectedRowCount(1)
                                        .setLastInsertRowid(-7))
                                .build());
    }

    @Test
    void writesErrorsBeforeAndAfterAStepBegan() throws IOException {
        encoder.error(0, PROBLEM);
        RowSink sink = encoder.begin(1, true);
        sink.columns(A);
        sink.beginRow();
        sink.integerCell(1);
        encoder.error(1, PROBLEM);
        encoder.finish();
        assertThat(output.cases()).containsExactly(EntryCase.STEP_ERROR, EntryCase.STEP_BEGIN, EntryCase.STEP_ERROR);
        assertThat(output.entries().get(2).getStepError().getStep()).isEqualTo(1);
        assertThat(output.entries().get(0).getStepError().getError().getCode()).isEqualTo("STATEMENT_TIMEOUT");
    }

    @Test
    void leavesOutRowsThatAreNotWanted() throws IOException {
        RowSink sink = encoder.begin(0, false);
        sink.columns(A);
        assertThat(row(sink, "x")).isEqualTo(Demand.MORE);
        encoder.end(0, StatementResult.NOTHING, 0);
        encoder.finish();
        assertThat(output.cases()).containsExactly(EntryCase.STEP_BEGIN, EntryCase.STEP_END);
    }

    @Test
    void handsOverInPieces() throws IOException {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        for (int i = 0; i < 20_000; i++) {
            row(sink, "0123456789");
        }
        encoder.end(0, StatementResult.NOTHING, 0);
        encoder.finish();
        assertThat(output.entries()).hasSize(20_002);
        assertThat(output.largest).isLessThan(17 * 1024);
        assertThat(output.pieces).isBetween(20, 60);
    }

    @Test
    void handsOverASingleRowWhenSomebodyWaits() throws IOException {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        output.waiting = true;
        row(sink, "x");
        assertThat(output.cases()).containsExactly(EntryCase.STEP_BEGIN, EntryCase.ROW);
    }

    @Test
    void endsAStepWithAnErrorWhenTheOutputIsFull() throws IOException {
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
        encoder.error(3, new Problem.Refused(ProblemCode.INVALID_REQUEST, "x".repeat(1_000)));
        encoder.finish();
        assertThat(output.cases())
                .containsExactly(
                        EntryCase.STEP_BEGIN,
                        EntryCase.ROW,
                        EntryCase.STEP_ERROR,
                        EntryCase.STEP_BEGIN,
                        EntryCase.STEP_END,
                        EntryCase.STEP_ERROR,
                        EntryCase.STEP_ERROR);
        for (int at : new int[] {2, 5, 6}) {
            HranaMessages.Error error = output.entries().get(at).getStepError().getError();
            assertThat(error.getCode()).isEqualTo("RESPONSE_TOO_LARGE");
            assertThat(error.getMessage()).contains("limits.max_cursor_spool");
        }
    }

    @Test
    void endsAStepWhoseRowIsTooLarge() throws IOException {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        row(sink, "x");
        sink.beginRow();
        sink.blobCell(new byte[2_000_000]);
        sink.blobCell(new byte[2_000_000]);
        sink.integerCell(1);
        assertThat(sink.endRow()).isEqualTo(Demand.ENOUGH);
        assertThat(row(sink, "late")).isEqualTo(Demand.ENOUGH);
        assertThat(encoder.end(0, StatementResult.NOTHING, 0)).isFalse();
        row(encoder.begin(1, true), "next");
        encoder.finish();
        assertThat(output.cases().subList(0, 3))
                .containsExactly(EntryCase.STEP_BEGIN, EntryCase.ROW, EntryCase.STEP_ERROR);
        assertThat(output.entries().get(2).getStepError().getError().getMessage())
                .contains("limits.max_response_size");
        assertThat(output.entries().get(3).getRow().getValues(0).getText()).isEqualTo("next");
    }

    @Test
    void sendsALongRowAsOneEntry() throws IOException {
        RowSink sink = encoder.begin(0, true);
        sink.columns(A);
        sink.beginRow();
        for (int i = 0; i < 28; i++) {
            sink.blobCell(new byte[100_000]);
        }
        sink.endRow();
        row(sink, "next");
        encoder.end(0, StatementResult.NOTHING, 0);
        encoder.finish();
        assertThat(output.cases())
                .containsExactly(EntryCase.STEP_BEGIN, EntryCase.ROW, EntryCase.ROW, EntryCase.STEP_END);
        assertThat(output.entries().get(1).getRow().getValuesList())
                .hasSize(28)
                .allMatch(value -> value.getBlob().size() == 100_000);
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

        List<EntryCase> cases() throws IOException {
            return entries().stream().map(CursorEntry::getEntryCase).toList();
        }

        List<CursorEntry> entries() throws IOException {
            ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
            List<CursorEntry> entries = new ArrayList<>();
            for (CursorEntry entry = CursorEntry.parseDelimitedFrom(in);
                    entry != null;
                    entry = CursorEntry.parseDelimitedFrom(in)) {
                assertThat(entry.getUnknownFields().asMap()).isEmpty();
                entries.add(entry);
            }
            return entries;
        }
    }
}
