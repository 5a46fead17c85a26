package net.quicsql.hrana.json;

import static net.quicsql.hrana.json.JsonEncoding.ascii;

import net.quicsql.json.JsonWriter;
import net.quicsql.sql.RowSink;

/** Writes the cells of rows (Hrana 3, "Values"). Subclasses write what stands around them. One thread at a time. */
abstract class JsonRows implements RowSink {
    private static final byte[] NULL = ascii("{\"type\":\"null\"}");
    private static final byte[] INTEGER = ascii("{\"type\":\"integer\",\"value\":\"");
    private static final byte[] INTEGER_END = ascii("\"}");
    private static final byte[] FLOAT = ascii("{\"type\":\"float\",\"value\":");
    private static final byte[] TEXT = ascii("{\"type\":\"text\",\"value\":");
    private static final byte[] BLOB = ascii("{\"type\":\"blob\",\"base64\":");

    final JsonWriter json;

    /** While true, cells go nowhere. */
    boolean dropping;

    private boolean comma;

    JsonRows(JsonWriter json) {
        this.json = json;
    }

    /** After a cell that may have been long. */
    abstract void longCellWritten();

    /** The next cell is its row's first. */
    final void beginCells() {
        comma = false;
    }

    @Override
    public final void nullCell() {
        if (next()) {
            json.raw(NULL);
        }
    }

    @Override
    public final void integerCell(long value) {
        if (next()) {
            json.raw(INTEGER).integer(value).raw(INTEGER_END);
        }
    }

    /** JSON has no infinities; SQLite has no other number that is not finite. */
    @Override
    public final void realCell(double value) {
        if (next()) {
            if (Double.isFinite(value)) {
                json.raw(FLOAT).real(value).raw('}');
            } else {
                json.raw(NULL);
            }
        }
    }

    @Override
    public final void textCell(byte[] utf8) {
        if (next()) {
            json.raw(TEXT).string(utf8).raw('}');
            longCellWritten();
        }
    }

    @Override
    public final void blobCell(byte[] bytes) {
        if (next()) {
            json.raw(BLOB).base64(bytes, JsonWriter.Padding.UNPADDED).raw('}');
            longCellWritten();
        }
    }

    private boolean next() {
        if (dropping) {
            return false;
        }
        if (comma) {
            json.raw(',');
        }
        comma = true;
        return true;
    }
}
