package net.quicsql.execution;

import java.util.ArrayList;
import java.util.List;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a small result until its transaction is committed. One thread at a time.
 *
 * <p>What is more than it may keep throws {@link Overflow} at the cell that is too much.
 */
final class RowBuffer implements RowSink {
    /** What a cell costs beside its bytes, roughly. */
    private static final int CELL_BYTES = 16;

    private final long maxBytes;
    private final List<@Nullable Object[]> rows = new ArrayList<>();
    private List<Column> columns = List.of();
    private @Nullable Object[] row = {};
    private int cell;
    private long bytes;

    RowBuffer(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Says that a result is too large to be kept. */
    static final class Overflow extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Overflow() {
            // It goes no further than to the group: nobody reads its trace.
            super("the result is too large to be kept", null, false, false);
        }
    }

    /** A cell whose bytes are text; a blob's stand for themselves. */
    private static final class Text {
        private final byte[] utf8;

        Text(byte[] utf8) {
            this.utf8 = utf8;
        }
    }

    /** Hands everything on. */
    void replay(RowSink sink) {
        sink.columns(columns);
        for (@Nullable Object[] kept : rows) {
            sink.beginRow();
            for (Object value : kept) {
                replay(value, sink);
            }
            if (sink.endRow() == Demand.ENOUGH) {
                return;
            }
        }
    }

    @Override
    public void columns(List<Column> newColumns) {
        columns = newColumns;
        rows.clear();
        bytes = 0;
    }

    @Override
    public void beginRow() {
        row = new @Nullable Object[columns.size()];
        cell = 0;
    }

    @Override
    public void nullCell() {
        keep(null, 0);
    }

    @Override
    public void integerCell(long value) {
        keep(value, 0);
    }

    @Override
    public void realCell(double value) {
        keep(value, 0);
    }

    @Override
    public void textCell(byte[] utf8) {
        keep(new Text(utf8), utf8.length);
    }

    @Override
    public void blobCell(byte[] blob) {
        keep(blob, blob.length);
    }

    @Override
    public Demand endRow() {
        rows.add(row);
        return Demand.MORE;
    }

    private void keep(@Nullable Object value, int length) {
        bytes += length + CELL_BYTES;
        if (bytes > maxBytes) {
            throw new Overflow();
        }
        row[cell++] = value;
    }

    private static void replay(@Nullable Object value, RowSink sink) {
        if (value == null) {
            sink.nullCell();
        } else if (value instanceof Long integer) {
            sink.integerCell(integer);
        } else if (value instanceof Double real) {
            sink.realCell(real);
        } else if (value instanceof Text text) {
            sink.textCell(text.utf8);
        } else {
            sink.blobCell((byte[]) value);
        }
    }
}
