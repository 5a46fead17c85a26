package net.quicsql.sql;

import java.util.List;

/** Throws rows away, but lets a statement run to its end: it may still fail. Stateless. */
public final class RowDiscard implements RowSink {
    public static final RowDiscard INSTANCE = new RowDiscard();

    private RowDiscard() {}

    @Override
    public void columns(List<Column> columns) {}

    @Override
    public void beginRow() {}

    @Override
    public void nullCell() {}

    @Override
    public void integerCell(long value) {}

    @Override
    public void realCell(double value) {}

    @Override
    public void textCell(byte[] utf8) {}

    @Override
    public void blobCell(byte[] bytes) {}

    @Override
    public Demand endRow() {
        return Demand.MORE;
    }
}
