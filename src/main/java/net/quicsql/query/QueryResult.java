package net.quicsql.query;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.json.JsonWriter;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;

/**
 * Writes one statement's result as it is produced:
 * {@code {"columns":[…],"rows":[[…]],"rows_affected":0,"last_insert_id":0}}, and {@code "truncated":true} when rows were
 * cut off. One thread; may be used for one statement after another.
 *
 * <p>A full result is only known to be cut when a further row comes. So the sink asks for one row more, writes nothing of
 * it and stops there.
 */
final class QueryResult implements RowSink {
    /** What a value counts that is neither text nor blob. */
    private static final int PLAIN_VALUE_BYTES = 8;

    private static final byte[] COLUMNS = ascii("{\"columns\":[");
    private static final byte[] ROWS = ascii("],\"rows\":[");
    private static final byte[] ROWS_AFFECTED = ascii("],\"rows_affected\":");
    private static final byte[] LAST_INSERT_ID = ascii(",\"last_insert_id\":");
    private static final byte[] TRUNCATED = ascii(",\"truncated\":true");
    private static final byte[] BLOB = ascii("{\"base64\":");

    private final JsonWriter json;
    private final QueryLimits limits;

    private int start;
    private int rows;
    private long bytes;
    private long rowBytes;
    private boolean full;
    private boolean truncated;
    private boolean firstCell;

    QueryResult(JsonWriter json, QueryLimits limits) {
        this.json = json;
        this.limits = limits;
    }

    /** Starts a result at the end of what is written. */
    RowSink begin() {
        start = json.length();
        return this;
    }

    /** A second call starts the result anew: a statement may be tried twice before its first row. */
    @Override
    public void columns(List<Column> columns) {
        json.truncate(start);
        rows = 0;
        bytes = 0;
        full = false;
        truncated = false;
        json.raw(COLUMNS);
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                json.raw(',');
            }
            json.string(columns.get(i).name());
        }
        json.raw(ROWS);
    }

    @Override
    public void beginRow() {
        if (full) {
            truncated = true;
            return;
        }
        if (rows > 0) {
            json.raw(',');
        }
        json.raw('[');
        firstCell = true;
        rowBytes = 0;
    }

    @Override
    public void nullCell() {
        if (cell(PLAIN_VALUE_BYTES)) {
            json.nullValue();
        }
    }

    @Override
    public void integerCell(long value) {
        if (cell(PLAIN_VALUE_BYTES)) {
            json.integer(value);
        }
    }

    @Override
    public void realCell(double value) {
        if (cell(PLAIN_VALUE_BYTES)) {
            json.real(value);
        }
    }

    @Override
    public void textCell(byte[] utf8) {
        if (cell(utf8.length)) {
            json.string(utf8);
        }
    }

    @Override
    public void blobCell(byte[] blob) {
        if (cell(blob.length)) {
            json.raw(BLOB).base64(blob, JsonWriter.Padding.PADDED).raw('}');
        }
    }

    @Override
    public Demand endRow() {
        if (truncated) {
            return Demand.ENOUGH;
        }
        json.raw(']');
        rows++;
        bytes += rowBytes;
        full = rows >= limits.maxRows() || bytes >= limits.maxResultBytes();
        return Demand.MORE;
    }

    /** Writes what follows the rows. */
    void end(StatementResult result) {
        Long lastInsertRowid = result.lastInsertRowid();
        json.raw(ROWS_AFFECTED).integer(result.changes());
        json.raw(LAST_INSERT_ID).integer(lastInsertRowid == null ? 0 : lastInsertRowid);
        if (truncated) {
            json.raw(TRUNCATED);
        }
        json.raw('}');
    }

    /** Counts the next cell and separates it; false for a cell of the row that is only there to be noticed. */
    private boolean cell(int size) {
        if (truncated) {
            return false;
        }
        rowBytes += size;
        if (rowBytes > limits.maxResponseBytes()) {
            throw limits.responseTooLarge();
        }
        if (firstCell) {
            firstCell = false;
        } else {
            json.raw(',');
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
