package net.quicsql.hrana.protobuf;

import com.google.protobuf.CodedOutputStream;
import net.quicsql.json.Utf8;
import net.quicsql.sql.RowSink;

/**
 * Writes the cells of rows (Hrana 3, "Values"), each as a value of the message {@code Row}. Subclasses make messages of
 * them. One thread at a time.
 */
abstract class ProtobufRows implements RowSink {
    private static final int VALUES = HranaMessages.Row.VALUES_FIELD_NUMBER;
    private static final int NULL = HranaMessages.Value.NULL_FIELD_NUMBER;
    private static final int INTEGER = HranaMessages.Value.INTEGER_FIELD_NUMBER;
    private static final int FLOAT = HranaMessages.Value.FLOAT_FIELD_NUMBER;
    private static final int TEXT = HranaMessages.Value.TEXT_FIELD_NUMBER;
    private static final int BLOB = HranaMessages.Value.BLOB_FIELD_NUMBER;

    private static final byte[] NOTHING = {};
    private static final int NULL_BYTES = CodedOutputStream.computeByteArraySize(NULL, NOTHING);
    private static final int FLOAT_BYTES = CodedOutputStream.computeDoubleSize(FLOAT, 0);

    final MessageOutput output;

    /** While true, cells go nowhere. */
    boolean dropping;

    ProtobufRows(MessageOutput output) {
        this.output = output;
    }

    /** After a cell that may have been long. */
    abstract void longCellWritten();

    @Override
    public final void nullCell() {
        if (!dropping) {
            output.begin(VALUES, NULL_BYTES).bytes(NULL, NOTHING);
        }
    }

    @Override
    public final void integerCell(long value) {
        if (!dropping) {
            output.begin(VALUES, CodedOutputStream.computeSInt64Size(INTEGER, value))
                    .sint64(INTEGER, value);
        }
    }

    @Override
    public final void realCell(double value) {
        if (!dropping) {
            output.begin(VALUES, FLOAT_BYTES).float64(FLOAT, value);
        }
    }

    /** Readers refuse a whole message for one string that is not UTF-8, so what is none is replaced, as in JSON. */
    @Override
    public final void textCell(byte[] utf8) {
        if (!dropping) {
            longCell(TEXT, Utf8.wellFormed(utf8));
        }
    }

    @Override
    public final void blobCell(byte[] bytes) {
        if (!dropping) {
            longCell(BLOB, bytes);
        }
    }

    private void longCell(int field, byte[] bytes) {
        output.begin(VALUES, CodedOutputStream.computeByteArraySize(field, bytes))
                .bytes(field, bytes);
        longCellWritten();
    }
}
