package net.quicsql.hrana.protobuf;

import java.util.List;
import net.quicsql.sql.Column;
import net.quicsql.sql.StatementResult;

/**
 * Writes the fields of statements' results (Hrana 3, "Statement results"), one result after the other. A result whose rows
 * would take the whole answer past its limit is cut back. The limit holds for columns and rows: a result without columns is
 * always written, or a script of many small writes, which is done by then, would be reported as failed.
 */
final class ProtobufStatementResult extends ProtobufRows {
    private static final long NANOSECONDS_PER_MICROSECOND = 1_000;
    private static final double MICROSECONDS_PER_MILLISECOND = 1_000;

    private final int maxBytes;
    private long start;
    private long rowStart;
    private boolean wantRows;
    private boolean tooLarge;

    ProtobufStatementResult(MessageOutput output, int maxBytes) {
        super(output);
        this.maxBytes = maxBytes;
    }

    /** Begins a result where the output ends now. */
    void begin(boolean rowsWanted) {
        start = output.mark();
        wantRows = rowsWanted;
        tooLarge = false;
        dropping = false;
    }

    /** Ends the result; false when it was too large, and nothing of it is left in the output. */
    boolean end(StatementResult result, long nanoseconds) {
        if (tooLarge) {
            return false;
        }
        if (result.changes() != 0) {
            output.unsigned(HranaMessages.StmtResult.AFFECTED_ROW_COUNT_FIELD_NUMBER, result.changes());
        }
        Long rowid = result.lastInsertRowid();
        if (rowid != null) {
            output.sint64(HranaMessages.StmtResult.LAST_INSERT_ROWID_FIELD_NUMBER, rowid);
        }
        long microseconds = Math.max(0, nanoseconds) / NANOSECONDS_PER_MICROSECOND;
        output.float64(
                HranaMessages.StmtResult.QUERY_DURATION_MS_FIELD_NUMBER, microseconds / MICROSECONDS_PER_MILLISECOND);
        return true;
    }

    @Override
    public void columns(List<Column> columns) {
        ProtobufParts.columns(output, HranaMessages.StmtResult.COLS_FIELD_NUMBER, columns);
        if (!columns.isEmpty()) {
            checkSize();
        }
        dropping |= !wantRows;
    }

    @Override
    public void beginRow() {
        rowStart = output.mark();
    }

    /** Asks for more even when rows are not wanted: the statement must run to its end. */
    @Override
    public Demand endRow() {
        if (!dropping) {
            output.wrap(rowStart, HranaMessages.StmtResult.ROWS_FIELD_NUMBER);
            checkSize();
        }
        return tooLarge ? Demand.ENOUGH : Demand.MORE;
    }

    @Override
    void longCellWritten() {
        checkSize();
    }

    private void checkSize() {
        if (output.size() > maxBytes) {
            output.truncate(start);
            tooLarge = true;
            dropping = true;
        }
    }
}
