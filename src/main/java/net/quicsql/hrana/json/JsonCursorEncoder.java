package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.JsonEncoding.ascii;

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

/**
 * Writes the entries of a cursor (Hrana 3, "Cursor entries"), each on a line of its own. Keeps a few KiB, and
 * beside them one cell as it came from SQLite, whatever the number and size of rows. One thread at a time.
 */
final class JsonCursorEncoder extends JsonRows implements CursorEncoder {
    private static final byte[] STEP_BEGIN = ascii("{\"type\":\"step_begin\",\"step\":");
    private static final byte[] COLS = ascii(",\"cols\":[");
    private static final byte[] LIST_END = ascii("]}\n");
    private static final byte[] ROW = ascii("{\"type\":\"row\",\"row\":[");
    private static final byte[] STEP_END = ascii("{\"type\":\"step_end\",\"affected_row_count\":");
    private static final byte[] LAST_INSERT_ROWID = ascii(",\"last_insert_rowid\":");
    private static final byte[] STEP_ERROR = ascii("{\"type\":\"step_error\",\"step\":");
    private static final byte[] ERROR = ascii(",\"error\":");
    private static final byte[] ENTRY_END = ascii("}\n");

    /** Ends each entry, and stands nowhere within one. */
    static final byte LINE_END = '\n';

    /** A piece: large enough that its cost is spread over many rows, small enough to stay in a processor's cache. */
    private static final int PIECE_BYTES = 16 * 1024;

    /** From here on a row is handed over before it is whole. */
    private static final int LONG_ROW_BYTES = 1024 * 1024;

    /** Errors no longer than this are written though the output is full. */
    private static final int SHORT_ERROR_BYTES = 256;

    /** Stands for a row of which a part was handed over already. */
    private static final int HANDED_OVER = -1;

    private static final Problem TOO_LARGE = new Problem.Refused(
            ProblemCode.RESPONSE_TOO_LARGE,
            "there is no room to keep all rows (" + LimitsConfig.MAX_CURSOR_SPOOL + "); the statement was run");

    private final CursorOutput output;

    private int step;
    private boolean wantRows;
    private boolean columnsWritten;
    private boolean rowOpen;
    /** Where the open row starts, or {@link #HANDED_OVER}. */
    private int rowStart;
    /** Rows of this step were lost. */
    private boolean cut;

    JsonCursorEncoder(CursorOutput output, AnswerBuffers buffers) {
        super(buffers.newWriter((bytes, offset, length) -> output.take(out -> out.write(bytes, offset, length))));
        this.output = output;
    }

    @Override
    public RowSink begin(int index, boolean rowsWanted) {
        step = index;
        wantRows = rowsWanted;
        columnsWritten = false;
        rowOpen = false;
        cut = false;
        dropping = !rowsWanted;
        return this;
    }

    @Override
    public boolean end(int index, StatementResult result, long nanoseconds) {
        if (!columnsWritten) {
            columns(List.of());
        }
        if (cut) {
            error(index, TOO_LARGE);
            return false;
        }
        json.raw(STEP_END).integer(result.changes()).raw(LAST_INSERT_ROWID);
        JsonParts.rowid(json, result.lastInsertRowid());
        json.raw(ENTRY_END);
        handOverWhenDue();
        return true;
    }

    @Override
    public void error(int index, Problem problem) {
        closeRow();
        int start = json.length();
        writeError(index, problem);
        if (output.isFull() && json.length() - start > SHORT_ERROR_BYTES) {
            json.truncate(start);
            writeError(index, TOO_LARGE);
        }
        handOverWhenDue();
    }

    @Override
    public void skip(int index) {}

    @Override
    public boolean isAbandoned() {
        return output.isAbandoned();
    }

    @Override
    public void finish() {
        handOver();
        json.close();
    }

    @Override
    public void columns(List<Column> columns) {
        columnsWritten = true;
        if (output.isFull() && !columns.isEmpty()) {
            cut();
            return;
        }
        json.raw(STEP_BEGIN).integer(step).raw(COLS);
        JsonParts.columns(json, columns);
        json.raw(LIST_END);
    }

    @Override
    public void beginRow() {
        if (!wantRows || cut) {
            return;
        }
        if (output.isFull()) {
            cut();
            return;
        }
        rowOpen = true;
        rowStart = json.length();
        json.raw(ROW);
        beginCells();
    }

    @Override
    public Demand endRow() {
        if (rowOpen) {
            json.raw(LIST_END);
            rowOpen = false;
            handOverWhenDue();
        }
        return cut || output.isAbandoned() ? Demand.ENOUGH : Demand.MORE;
    }

    @Override
    public void stillRunning() {
        if (output.isWaiting()) {
            handOver();
        }
        output.rest();
    }

    @Override
    void longCellWritten() {
        if (json.length() >= LONG_ROW_BYTES || json.handedOver() > 0) {
            handOver();
            rowStart = HANDED_OVER;
            if (output.isFull()) {
                closeRow();
                cut();
            }
        }
    }

    private void cut() {
        cut = true;
        dropping = true;
    }

    /** Takes an unfinished row back, or ends it early when a part of it is gone. */
    private void closeRow() {
        if (rowOpen) {
            if (rowStart == HANDED_OVER || rowStart < json.handedOver()) {
                json.raw(LIST_END);
            } else {
                json.truncate(rowStart);
            }
            rowOpen = false;
        }
    }

    private void writeError(int index, Problem problem) {
        json.raw(STEP_ERROR).integer(index).raw(ERROR);
        JsonParts.error(json, problem);
        json.raw(ENTRY_END);
    }

    private void handOverWhenDue() {
        if (json.length() >= PIECE_BYTES || output.isWaiting()) {
            handOver();
        }
    }

    private void handOver() {
        if (json.length() > 0) {
            output.take(json::writeTo);
            json.truncate(0);
        }
    }
}
