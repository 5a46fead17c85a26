package net.quicsql.hrana.legacy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import net.quicsql.json.JsonWriter;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;

/**
 * Writes {@code {"results":{"columns":[…],"rows":[[…]],…}}}, values as plain JSON, one result after the other. A result
 * whose rows would take the whole answer past its limit is cut back; one without columns is always written, for its
 * statement may have changed something. One thread at a time.
 */
final class PlainResult implements RowSink {
    private static final byte[] COLUMNS = ascii("{\"results\":{\"columns\":[");
    private static final byte[] ROWS = ascii("],\"rows\":[");
    private static final byte[] COSTS = ascii("],\"rows_read\":0,\"rows_written\":");
    private static final byte[] DURATION = ascii(",\"query_duration_ms\":");
    private static final byte[] BLOB = ascii("{\"base64\":");

    private static final long NANOSECONDS_PER_MICROSECOND = 1_000;
    private static final double MICROSECONDS_PER_MILLISECOND = 1_000;

    private final JsonWriter json;
    private final int maxBytes;
    private int start;
    private boolean columnsWritten;
    private boolean tooLarge;
    private boolean firstRow;
    private boolean firstCell;

    PlainResult(JsonWriter json, int maxBytes) {
        this.json = json;
        this.maxBytes = maxBytes;
    }

    /** Begins a result where the text ends now. */
    void begin() {
        start = json.length();
        columnsWritten = false;
    }

    /** Ends the result; false when it was too large, and nothing of it is left in the text. */
    boolean end(StatementResult result, long nanoseconds) {
        if (!columnsWritten) {
            columns(List.of());
        }
        if (tooLarge) {
            return false;
        }
        json.raw(COSTS).integer(result.changes());
        long microseconds = Math.max(0, nanoseconds) / NANOSECONDS_PER_MICROSECOND;
        json.raw(DURATION).real(microseconds / MICROSECONDS_PER_MILLISECOND);
        json.raw('}').raw('}');
        return true;
    }

    /** A second call starts the result anew: a statement may be tried twice before its first row. */
    @Override
    public void columns(List<Column> columns) {
        json.truncate(start);
        columnsWritten = true;
        tooLarge = false;
        firstRow = true;
        json.raw(COLUMNS);
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                json.raw(',');
            }
            json.string(columns.get(i).name());
        }
        json.raw(ROWS);
        if (!columns.isEmpty()) {
            checkSize();
        }
    }

    @Override
    public void beginRow() {
        if (tooLarge) {
            return;
        }
        if (!firstRow) {
            json.raw(',');
        }
        firstRow = false;
        firstCell = true;
        json.raw('[');
    }

    @Override
    public void nullCell() {
        if (next()) {
            json.nullValue();
        }
    }

    @Override
    public void integerCell(long value) {
        if (next()) {
            json.integer(value);
        }
    }

    /** An infinity, for which JSON has no number, becomes null. */
    @Override
    public void realCell(double value) {
        if (next()) {
            json.real(value);
        }
    }

    @Override
    public void textCell(byte[] utf8) {
        if (next()) {
            json.string(utf8);
            checkSize();
        }
    }

    @Override
    public void blobCell(byte[] bytes) {
        if (next()) {
            json.raw(BLOB).base64(bytes, JsonWriter.Padding.UNPADDED).raw('}');
            checkSize();
        }
    }

    @Override
    public Demand endRow() {
        if (!tooLarge) {
            json.raw(']');
            checkSize();
        }
        return tooLarge ? Demand.ENOUGH : Demand.MORE;
    }

    private boolean next() {
        if (tooLarge) {
            return false;
        }
        if (!firstCell) {
            json.raw(',');
        }
        firstCell = false;
        return true;
    }

    private void checkSize() {
        if (json.length() > maxBytes) {
            json.truncate(start);
            tooLarge = true;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
