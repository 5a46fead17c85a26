package net.quicsql.dump;

import static java.util.Objects.requireNonNull;

import java.util.List;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;

/** Writes each row as an INSERT of its own. One thread at a time. */
final class InsertSink implements RowSink {
    private final DumpOutput out;
    private final Literals literals;
    private final String before;
    private boolean first;

    /** @param before what stands before the values, as {@code INSERT INTO "t" VALUES(} */
    InsertSink(DumpOutput out, String before) {
        this.out = requireNonNull(out, "out is null");
        this.literals = new Literals(out);
        this.before = requireNonNull(before, "before is null");
    }

    @Override
    public void columns(List<Column> columns) {}

    @Override
    public void beginRow() {
        out.text(before);
        first = true;
    }

    @Override
    public void nullCell() {
        next();
        literals.nullValue();
    }

    @Override
    public void integerCell(long value) {
        next();
        literals.integer(value);
    }

    @Override
    public void realCell(double value) {
        next();
        literals.real(value);
    }

    @Override
    public void textCell(byte[] utf8) {
        next();
        out.beginValue(utf8.length);
        literals.text(utf8);
        out.endValue(utf8.length);
    }

    @Override
    public void blobCell(byte[] bytes) {
        next();
        out.beginValue(bytes.length);
        literals.blob(bytes);
        out.endValue(bytes.length);
    }

    @Override
    public Demand endRow() {
        out.line(");");
        return Demand.MORE;
    }

    private void next() {
        if (!first) {
            out.write((byte) ',');
        }
        first = false;
    }
}
