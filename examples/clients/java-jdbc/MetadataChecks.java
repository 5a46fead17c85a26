import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What DBeaver's tree of tables asks for. */
final class MetadataChecks {
    private MetadataChecks() {}

    static void run(Connection connection) throws SQLException {
        Checks.run(
                connection,
                "DROP VIEW IF EXISTS meta_view_java_jdbc",
                "DROP TABLE IF EXISTS meta_order_java_jdbc",
                "DROP TABLE IF EXISTS meta_user_java_jdbc",
                "CREATE TABLE meta_user_java_jdbc(region TEXT, id INTEGER, name TEXT NOT NULL,"
                        + " CONSTRAINT user_key PRIMARY KEY (region, id))",
                "CREATE UNIQUE INDEX meta_name_java_jdbc ON meta_user_java_jdbc(name)",
                "CREATE TABLE meta_order_java_jdbc(id INTEGER PRIMARY KEY, region TEXT, user_id INTEGER,"
                        + " CONSTRAINT order_user FOREIGN KEY (region, user_id)"
                        + " REFERENCES meta_user_java_jdbc(region, id) ON DELETE CASCADE)",
                "CREATE VIEW meta_view_java_jdbc AS SELECT id FROM meta_user_java_jdbc");
        server(connection.getMetaData());
        tables(connection.getMetaData());
        keys(connection.getMetaData());
        // drizzle-kit, which may share the database, cannot read a schema that has a view.
        Checks.run(connection, "DROP VIEW meta_view_java_jdbc");
    }

    private static void server(DatabaseMetaData metadata) throws SQLException {
        Check.that("product", metadata.getDatabaseProductName().startsWith("quicsql "));
        Check.that("version", metadata.getDatabaseProductVersion().matches("[0-9.]+"));
        Check.equal("driver", "LibSQL", metadata.getDriverName());
        Check.that("address", metadata.getURL().startsWith("http"));
        Check.equal("quote", "\"", metadata.getIdentifierQuoteString());
    }

    private static void tables(DatabaseMetaData metadata) throws SQLException {
        List<String> tables = column(metadata.getTables(null, null, "%", null), "TABLE_NAME");
        Check.that("tables", tables.containsAll(List.of("meta_user_java_jdbc", "meta_order_java_jdbc")));
        Check.that("views are left out", !tables.contains("meta_view_java_jdbc"));
        Check.equal(
                "a name is no filter",
                tables,
                column(metadata.getTables(null, null, "meta_user_java_jdbc", null), "TABLE_NAME"));
        Check.equal(
                "columns",
                List.of("region", "id", "name"),
                column(metadata.getColumns(null, null, "meta_user_java_jdbc", "%"), "COLUMN_NAME"));
        Check.equal(
                "declared types",
                List.of("TEXT", "INTEGER", "TEXT"),
                column(metadata.getColumns(null, null, "meta_user_java_jdbc", "%"), "TYPE_NAME"));
        Check.that(
                "all columns",
                column(metadata.getColumns(null, null, "%", "%"), "COLUMN_NAME").size() > 5);
        Check.failsWith("a schema", "Schemas are not supported", () -> metadata.getTables(null, "main", "%", null));
        Check.unsupported("getSchemas", metadata::getSchemas);
    }

    private static void keys(DatabaseMetaData metadata) throws SQLException {
        Check.equal(
                "a primary key that has a line of its own",
                List.of("id", "region"),
                column(metadata.getPrimaryKeys(null, null, "meta_user_java_jdbc"), "COLUMN_NAME"));
        Check.equal(
                "its name",
                List.of("user_key", "user_key"),
                column(metadata.getPrimaryKeys(null, null, "meta_user_java_jdbc"), "PK_NAME"));
        Check.equal(
                "a primary key beside its column is not found",
                List.of(),
                column(metadata.getPrimaryKeys(null, null, "meta_order_java_jdbc"), "COLUMN_NAME"));
        List<String> indexes =
                column(metadata.getIndexInfo(null, null, "meta_user_java_jdbc", false, false), "INDEX_NAME");
        Check.that("indexes", indexes.contains("meta_name_java_jdbc"));
        Check.equal("entries of indexes", 3, indexes.size());
        Check.equal(
                "a foreign key's columns",
                List.of("region", "user_id"),
                column(metadata.getImportedKeys(null, null, "meta_order_java_jdbc"), "FKCOLUMN_NAME"));
        Check.equal(
                "what refers to a table",
                List.of("meta_order_java_jdbc", "meta_order_java_jdbc"),
                column(metadata.getExportedKeys(null, null, "meta_user_java_jdbc"), "FKTABLE_NAME"));
        Check.fails("a table that is not there", () -> metadata.getPrimaryKeys(null, null, "nowhere"));
    }

    private static List<String> column(ResultSet rows, String name) throws SQLException {
        List<String> column = new ArrayList<>();
        while (rows.next()) {
            column.add(rows.getString(name));
        }
        return column;
    }
}
