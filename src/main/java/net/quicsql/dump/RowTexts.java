package net.quicsql.dump;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;

/** Keeps the rows of a small query of ours as text; what is NULL is empty. One thread at a time. */
final class RowTexts implements RowSink {
    private final List<List<String>> rows = new ArrayList<>();
    private List<String> row = new ArrayList<>();

    List<List<String>> rows() {
        return rows;
    }

    /** The first column. */
    List<String> first() {
        return rows.stream().map(cells -> cells.get(0)).toList();
    }

    @Override
    public void columns(List<Column> columns) {}

    @Override
    public void beginRow() {
        row = new ArrayList<>();
    }

    @Override
    public void nullCell() {
        row.add("");
    }

    @Override
    public void integerCell(long value) {
        row.add(Long.toString(value));
    }

    @Override
    public void realCell(double value) {
        row.add(Double.toString(value));
    }

    @Override
    public void textCell(byte[] utf8) {
        row.add(new String(utf8, StandardCharsets.UTF_8));
    }

    @Override
    public void blobCell(byte[] bytes) {
        textCell(bytes);
    }

    @Override
    public Demand endRow() {
        rows.add(row);
        return Demand.MORE;
    }
}
