package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.JsonEncoding.ascii;

import java.util.List;
import net.quicsql.json.JsonWriter;
import net.quicsql.sql.Column;
import net.quicsql.sql.StatementResult;

/**
 * Writes the results of statements (Hrana 3, "Statement results"), one after the other. A result whose rows would take the
 * whole answer past its limit is cut back. The limit holds for columns and rows: a result without columns is always
 * written, or a script of many small writes, which is done by then, would be reported as failed.
 */
final class JsonStatementResult extends JsonRows {
    private static final byte[] COLS = ascii("{\"cols\":[");
    private static final byte[] ROWS = ascii("],\"rows\":[");
    private static final byte[] AFFECTED_ROW_COUNT = ascii("],\"affected_row_count\":");
    private static final byte[] LAST_INSERT_ROWID = ascii(",\"last_insert_rowid\":");
    private static final byte[] COSTS = ascii(",\"rows_read\":0,\"rows_written\":0,\"query_duration_ms\":");

    private static final int NANOSECONDS_PER_MICROSECOND = 1_000;
    private static final int MICROSECONDS_PER_MILLISECOND = 1_000;

    private final int maxBytes;
    private int start;
    /** Bytes of the answer that are kept elsewhere. */
    private int elsewhere;

    private boolean wantRows;
    private boolean columnsWritten;
    private boolean firstRow;
    private boolean tooLarge;

    JsonStatementResult(JsonWriter json, int maxBytes) {
        super(json);
        this.maxBytes = maxBytes;
    }

    /** Begins a result where the text ends now. */
    void begin(boolean rowsWanted, int bytesElsewhere) {
        start = json.length();
        elsewhere = bytesElsewhere;
        wantRows = rowsWanted;
        columnsWritten = false;
        firstRow = true;
        tooLarge = false;
        dropping = false;
    }

    /** Ends the result; false when it was too large, and nothing of it is left in the text. */
    boolean end(StatementResult result, long nanoseconds) {
        if (!columnsWritten) {
            columns(List.of());
        }
        if (tooLarge) {
            return false;
        }
        json.raw(AFFECTED_ROW_COUNT).integer(result.changes());
        json.raw(LAST_INSERT_ROWID);
        JsonParts.rowid(json, result.lastInsertRowid());
        json.raw(COSTS);
        milliseconds(Math.max(0, nanoseconds) / NANOSECONDS_PER_MICROSECOND);
        json.raw('}');
        return true;
    }

    @Override
    public void columns(List<Column> columns) {
        columnsWritten = true;
        json.raw(COLS);
        JsonParts.columns(json, columns);
        json.raw(ROWS);
        if (!columns.isEmpty()) {
            checkSize();
        }
        dropping |= !wantRows;
    }

    @Override
    public void beginRow() {
        if (dropping) {
            return;
        }
        if (!firstRow) {
            json.raw(',');
        }
        firstRow = false;
        json.raw('[');
        beginCells();
    }

    /** Asks for more even when rows are not wanted: the statement must run to its end. */
    @Override
    public Demand endRow() {
        if (!dropping) {
            json.raw(']');
            checkSize();
        }
        return tooLarge ? Demand.ENOUGH : Demand.MORE;
    }

    @Override
    void longCellWritten() {
        checkSize();
    }

    private void checkSize() {
        if ((long) json.length() + elsewhere > maxBytes) {
            json.truncate(start);
            tooLarge = true;
            dropping = true;
        }
    }

    /** Microseconds as milliseconds, three digits behind the point. */
    private void milliseconds(long microseconds) {
        int fraction = (int) (microseconds % MICROSECONDS_PER_MILLISECOND);
        json.integer(microseconds / MICROSECONDS_PER_MILLISECOND);
        json.raw('.');
        json.raw((char) ('0' + fraction / 100));
        json.raw((char) ('0' + fraction / 10 % 10));
        json.raw((char) ('0' + fraction % 10));
    }
}
