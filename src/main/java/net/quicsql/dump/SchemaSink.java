package net.quicsql.dump;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlScanner;
import net.quicsql.sql.SqlTextException;

/** Writes the texts of a query's one column as statements, each with what ends it. One thread at a time. */
final class SchemaSink implements RowSink {
    /** The text of a view may end in a comment, even in one that nothing ends. */
    private static final List<String> ENDS = List.of(";", "\n;", "*/;", "\n*/;");

    private final DumpOutput out;

    SchemaSink(DumpOutput out) {
        this.out = requireNonNull(out, "out is null");
    }

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
    public void textCell(byte[] utf8) {
        out.write(utf8, 0, utf8.length);
        out.line(end(new String(utf8, StandardCharsets.UTF_8)));
    }

    @Override
    public void blobCell(byte[] bytes) {
        textCell(bytes);
    }

    @Override
    public Demand endRow() {
        return Demand.MORE;
    }

    static String end(String sql) {
        if (!sql.contains("--") && !sql.contains("/*")) {
            return ENDS.get(0);
        }
        for (String end : ENDS) {
            if (ends(sql + end)) {
                return end;
            }
        }
        return ENDS.get(0);
    }

    /** Whether what follows would be a statement of its own. */
    private static boolean ends(String sql) {
        try {
            return SqlScanner.scan(sql + "SELECT 1").statements().size() == 2;
        } catch (SqlTextException e) {
            return true;
        }
    }
}
