package net.quicsql.hrana.protobuf;

import java.util.List;
import net.quicsql.hrana.CursorEncoder;
import net.quicsql.hrana.CursorOutput;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/**
 * Writes the entries of a cursor (Hrana 3, "Cursor entries"), each behind its length. Keeps a few KiB, or one row when that
 * is longer, for a row's length stands before it: in a temporary file when it is very long. A row past a limit ends its step
 * with an error. One thread at a time.
 */
final class ProtobufCursorEncoder extends ProtobufRows implements CursorEncoder {
    /** A piece: large enough that its cost is spread over many rows, small enough to stay in a processor's cache. */
    private static final int PIECE_BYTES = 16 * 1024;

    private static final Problem NO_ROOM = tooLarge(
            "there is no room to keep all rows (" + LimitsConfig.MAX_CURSOR_SPOOL + "); the statement was run");

    private final CursorOutput reader;
    private final int maxRowBytes;

    private int step;
    private boolean wantRows;
    private boolean columnsWritten;
    private boolean rowOpen;
    private long rowStart;
    /** Why rows of this step were lost; null while none were. */
    private @Nullable Problem cut;

    /**
     * @param maxRowBytes the largest row
     */
    ProtobufCursorEncoder(CursorOutput reader, int maxRowBytes, AnswerBuffers buffers) {
        super(new MessageOutput(buffers));
        this.reader = reader;
        this.maxRowBytes = maxRowBytes;
    }

    @Override
    public RowSink begin(int index, boolean rowsWanted) {
        step = index;
        wantRows = rowsWanted;
        columnsWritten = false;
        rowOpen = false;
        cut = null;
        dropping = !rowsWanted;
        return this;
    }

    @Override
    public boolean end(int index, StatementResult result, long nanoseconds) {
        if (!columnsWritten) {
            columns(List.of());
        }
        Problem lost = cut;
        if (lost != null) {
            error(index, lost);
            return false;
        }
        long start = output.mark();
        if (result.changes() != 0) {
            output.unsigned(HranaMessages.StepEndEntry.AFFECTED_ROW_COUNT_FIELD_NUMBER, result.changes());
        }
        Long rowid = result.lastInsertRowid();
        if (rowid != null) {
            output.sint64(HranaMessages.StepEndEntry.LAST_INSERT_ROWID_FIELD_NUMBER, rowid);
        }
        output.wrapDelimited(start, HranaMessages.CursorEntry.STEP_END_FIELD_NUMBER);
        handOverWhenDue();
        return true;
    }

    @Override
    public void error(int index, Problem problem) {
        takeRowBack();
        long start = output.mark();
        writeError(index, problem);
        if (reader.isFull() && output.sizeFrom(start) > ProtobufResponses.SHORT_ERROR_BYTES) {
            output.truncate(start);
            writeError(index, NO_ROOM);
        }
        handOverWhenDue();
    }

    @Override
    public void skip(int index) {}

    @Override
    public boolean isAbandoned() {
        return reader.isAbandoned();
    }

    @Override
    public void finish() {
        handOver();
        output.close();
    }

    @Override
    public void columns(List<Column> columns) {
        columnsWritten = true;
        if (reader.isFull() && !columns.isEmpty()) {
            cut(NO_ROOM);
            return;
        }
        long start = output.mark();
        step(HranaMessages.StepBeginEntry.STEP_FIELD_NUMBER, step);
        ProtobufParts.columns(output, HranaMessages.StepBeginEntry.COLS_FIELD_NUMBER, columns);
        output.wrapDelimited(start, HranaMessages.CursorEntry.STEP_BEGIN_FIELD_NUMBER);
    }

    @Override
    public void beginRow() {
        if (!wantRows || cut != null) {
            return;
        }
        if (reader.isFull()) {
            cut(NO_ROOM);
            return;
        }
        rowOpen = true;
        rowStart = output.mark();
    }

    @Override
    public Demand endRow() {
        if (rowOpen) {
            output.wrapDelimited(rowStart, HranaMessages.CursorEntry.ROW_FIELD_NUMBER);
            rowOpen = false;
            handOverWhenDue();
        }
        return cut != null || reader.isAbandoned() ? Demand.ENOUGH : Demand.MORE;
    }

    @Override
    public void stillRunning() {
        if (reader.isWaiting()) {
            handOver();
        }
        reader.rest();
    }

    @Override
    void longCellWritten() {
        if (output.sizeFrom(rowStart) > maxRowBytes) {
            takeRowBack();
            cut(tooLarge("a row is larger than " + maxRowBytes + " bytes (" + LimitsConfig.MAX_RESPONSE_SIZE
                    + "); the statement was run"));
        }
    }

    private void cut(Problem problem) {
        cut = problem;
        dropping = true;
    }

    private void takeRowBack() {
        if (rowOpen) {
            output.truncate(rowStart);
            rowOpen = false;
        }
    }

    private void writeError(int index, Problem problem) {
        long start = output.mark();
        step(HranaMessages.StepErrorEntry.STEP_FIELD_NUMBER, index);
        output.message(HranaMessages.StepErrorEntry.ERROR_FIELD_NUMBER, ProtobufParts.error(problem));
        output.wrapDelimited(start, HranaMessages.CursorEntry.STEP_ERROR_FIELD_NUMBER);
    }

    private void step(int field, int index) {
        if (index != 0) {
            output.unsigned(field, index);
        }
    }

    private void handOverWhenDue() {
        if (output.mark() >= PIECE_BYTES || reader.isWaiting()) {
            handOver();
        }
    }

    private void handOver() {
        if (output.mark() > 0) {
            reader.take(output::writeTo);
            output.truncate(0);
        }
    }

    private static Problem tooLarge(String message) {
        return new Problem.Refused(ProblemCode.RESPONSE_TOO_LARGE, message);
    }
}
