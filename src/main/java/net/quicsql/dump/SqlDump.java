package net.quicsql.dump;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.StringJoiner;
import net.quicsql.dump.DumpTable.Form;
import net.quicsql.engine.Snapshot;
import net.quicsql.sql.SqlValue;

/**
 * Writes a database as statements that make it anew in an empty one: tables with their rows, what SQLite keeps about them,
 * then views, triggers and indexes, so that no trigger fires and each index is built at once. One thread at a time.
 */
final class SqlDump {
    private static final String SQL = "SELECT sql FROM main.sqlite_schema WHERE rowid = ?1";
    private static final String SCHEMA_ROW =
            "SELECT type, name, tbl_name, 0, sql FROM main.sqlite_schema WHERE rowid = ?1";
    /** Columns that are computed, and a virtual table's hidden ones, cannot be inserted. */
    private static final String COLUMNS =
            "SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0 ORDER BY cid";

    private static final String REST = "SELECT sql FROM main.sqlite_schema"
            + " WHERE sql IS NOT NULL AND type IN ('view', 'trigger', 'index')"
            + " ORDER BY CASE type WHEN 'view' THEN 1 WHEN 'trigger' THEN 2 ELSE 3 END, rowid";
    private static final String OWN_TABLE = "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?1";
    private static final String STATISTICS = "sqlite_stat1";
    private static final String SEQUENCES = "sqlite_sequence";
    /** What is left of a table that is gone would fail where no other table counts. */
    private static final String SEQUENCE_ROWS = "SELECT name, seq FROM main.sqlite_sequence WHERE name IN"
            + " (SELECT name FROM main.sqlite_schema WHERE type = 'table')";

    private final Snapshot snapshot;
    private final List<DumpTable> tables;

    private SqlDump(Snapshot snapshot, List<DumpTable> tables) {
        this.snapshot = requireNonNull(snapshot, "snapshot is null");
        this.tables = List.copyOf(tables);
    }

    /** A dump of what a snapshot shows; reads what there is to be written. */
    static SqlDump of(Snapshot snapshot) {
        return new SqlDump(snapshot, TableList.read(snapshot));
    }

    void writeTo(DumpOutput out) {
        boolean schemaRows = tables.stream().anyMatch(table -> table.form() == Form.SCHEMA_ROW);
        out.line("PRAGMA foreign_keys=OFF;");
        out.line("BEGIN TRANSACTION;");
        number(out, "user_version");
        number(out, "application_id");
        if (schemaRows) {
            out.line("PRAGMA writable_schema=ON;");
        }
        for (DumpTable table : tables) {
            table(out, table);
        }
        statistics(out);
        sequences(out);
        snapshot.read(REST, new SchemaSink(out));
        for (DumpTable table : tables) {
            if (table.form() == Form.FTS5_REBUILT) {
                out.line("INSERT INTO " + Literals.quoted(table.name()) + "(" + Literals.quoted(table.name())
                        + ") VALUES('rebuild');");
            }
        }
        if (schemaRows) {
            out.line("PRAGMA writable_schema=OFF;");
        }
        out.line("COMMIT;");
    }

    /** A number of the file's header that applications keep there. */
    private void number(DumpOutput out, String pragma) {
        String value = texts("SELECT * FROM pragma_" + pragma).get(0);
        if (!value.equals("0")) {
            out.line("PRAGMA " + pragma + "=" + value + ";");
        }
    }

    private void table(DumpOutput out, DumpTable table) {
        String name = Literals.quoted(table.name());
        SqlValue id = new SqlValue.Integer(table.id());
        switch (table.form()) {
            case MADE_BY_VIRTUAL -> {}
            case SCHEMA_ROW ->
                snapshot.read(
                        SCHEMA_ROW,
                        new InsertSink(out, "INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES("),
                        id);
            case PLAIN, VIRTUAL_ROWS -> {
                snapshot.read(SQL, new SchemaSink(out), id);
                rows(out, columns(table), name, "INSERT INTO " + name + " VALUES(");
            }
            case FTS5_ROWS -> {
                String columns = columns(table);
                snapshot.read(SQL, new SchemaSink(out), id);
                settings(out, table);
                rows(out, "rowid," + columns, name, "INSERT INTO " + name + "(rowid," + columns + ") VALUES(");
            }
            case FTS5_REBUILT -> {
                snapshot.read(SQL, new SchemaSink(out), id);
                settings(out, table);
            }
        }
    }

    private void rows(DumpOutput out, String columns, String table, String insert) {
        snapshot.read("SELECT " + columns + " FROM main." + table, new InsertSink(out, insert));
    }

    /** What was set by INSERTs that are no rows. */
    private void settings(DumpOutput out, DumpTable table) {
        String name = Literals.quoted(table.name());
        String from = Literals.quoted(table.name() + "_config") + " WHERE k <> 'version'";
        rows(out, "k, v", from, "INSERT INTO " + name + "(" + name + ",rank) VALUES(");
    }

    private void statistics(DumpOutput out) {
        if (!texts(OWN_TABLE, new SqlValue.Text(STATISTICS)).isEmpty()) {
            out.line("ANALYZE sqlite_master;");
            rows(out, "*", STATISTICS, "INSERT INTO " + STATISTICS + " VALUES(");
        }
    }

    private void sequences(DumpOutput out) {
        if (texts(OWN_TABLE, new SqlValue.Text(SEQUENCES)).isEmpty()
                || texts(SEQUENCE_ROWS + " LIMIT 1").isEmpty()) {
            return;
        }
        out.line("DELETE FROM " + SEQUENCES + ";");
        snapshot.read(SEQUENCE_ROWS, new InsertSink(out, "INSERT INTO " + SEQUENCES + " VALUES("));
    }

    private String columns(DumpTable table) {
        StringJoiner columns = new StringJoiner(",");
        texts(COLUMNS, new SqlValue.Text(table.name())).forEach(name -> columns.add(Literals.quoted(name)));
        return columns.toString();
    }

    /** The first column of a query with few rows. */
    private List<String> texts(String query, SqlValue... arguments) {
        RowTexts rows = new RowTexts();
        snapshot.read(query, rows, arguments);
        return rows.first();
    }
}
