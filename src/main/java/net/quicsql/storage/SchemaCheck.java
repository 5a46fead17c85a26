package net.quicsql.storage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import org.jspecify.annotations.Nullable;

/** Reads a freshly opened database's header and whole schema, which is where a foreign or damaged file shows. */
final class SchemaCheck {
    private SchemaCheck() {}

    /**
     * Reads every schema row and has SQLite parse it.
     *
     * @return whether the database stores its text as UTF-8
     * @throws net.quicsql.problem.ProblemException SQL_CORRUPT where the file is no database or its schema is damaged
     */
    static boolean readSchema(EngineConnection connection) {
        LastText encoding = new LastText();
        run(connection, "PRAGMA encoding", encoding);
        run(connection, "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema", new LastText());
        return "UTF-8".equals(encoding.text);
    }

    static void run(EngineConnection connection, String sql, RowSink sink) {
        EngineStatement statement = connection.prepare(sql);
        try {
            boolean row = statement.start(new Object[0]);
            while (row) {
                statement.pushRow(sink);
                row = statement.next();
            }
        } finally {
            connection.done(statement);
        }
    }

    /** Remembers the last text cell. */
    private static final class LastText implements RowSink {
        private @Nullable String text;

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
            text = new String(utf8, StandardCharsets.UTF_8);
        }

        @Override
        public void blobCell(byte[] bytes) {}

        @Override
        public Demand endRow() {
            return Demand.MORE;
        }
    }
}
