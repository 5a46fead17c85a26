import com.dbeaver.jdbc.driver.libsql.LibSqlConnection;
import com.dbeaver.jdbc.driver.libsql.client.LibSqlClient;
import com.dbeaver.jdbc.driver.libsql.client.LibSqlExecutionResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.Map;

/** Statements, their counts, results and failures. */
final class StatementChecks {
    private static final String TABLE = "statements_java_jdbc";

    private StatementChecks() {}

    static void run(Connection connection) throws SQLException {
        counts(connection);
        results(connection);
        reuse(connection);
        returning(connection);
        parameters(connection);
        failures(connection);
        batches(connection);
    }

    private static void counts(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            Check.equal("DROP changes", 0, statement.executeUpdate("DROP TABLE IF EXISTS " + TABLE));
            String columns = "(id INTEGER PRIMARY KEY, name TEXT UNIQUE, weight REAL)";
            Check.equal("CREATE changes", 0, statement.executeUpdate("CREATE TABLE " + TABLE + columns));
            String rows = " VALUES(1, 'a', 1), (2, 'b', 2), (3, 'c', 3)";
            Check.equal("INSERT changes", 3, statement.executeUpdate("INSERT INTO " + TABLE + rows));
            Check.equal("UPDATE changes", 2, statement.executeUpdate("UPDATE " + TABLE + " SET weight=0 WHERE id > 1"));
            Check.equal("UPDATE of none", 0, statement.executeUpdate("UPDATE " + TABLE + " SET weight=0 WHERE id > 9"));
            Check.equal("DELETE changes", 1L, statement.executeLargeUpdate("DELETE FROM " + TABLE + " WHERE id = 3"));
            Check.that("execute says that there is a result, always", statement.execute("DELETE FROM " + TABLE));
            Check.equal("its count", 2, statement.getUpdateCount());
            Check.that("no more results", !statement.getMoreResults());
        }
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO " + TABLE + " VALUES(?, ?, ?)")) {
            statement.setInt(1, 1);
            statement.setString(2, "a");
            statement.setDouble(3, 1.5);
            Check.unsupported("executeUpdate() of a prepared statement", statement::executeUpdate);
            Check.equal("executeLargeUpdate()", 1L, statement.executeLargeUpdate());
            statement.setInt(1, 2);
            statement.setString(2, "b");
            Check.equal("again, the other parameter as before", 1L, statement.executeLargeUpdate());
            statement.setInt(1, 3);
            statement.setString(2, "c");
            statement.execute();
            Check.equal("execute() and getUpdateCount()", 1, statement.getUpdateCount());
        }
    }

    private static void results(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT id, Name AS n, NULL, id FROM " + TABLE + " ORDER BY id")) {
            ResultSetMetaData columns = rows.getMetaData();
            Check.equal("columns", 4, columns.getColumnCount());
            Check.equal("a column's label", "n", columns.getColumnLabel(2));
            Check.equal("an integer's type, from the first row", Types.NUMERIC, columns.getColumnType(1));
            Check.equal("a text's type", Types.VARCHAR, columns.getColumnType(2));
            Check.equal("the type of NULL", Types.VARCHAR, columns.getColumnType(3));
            Check.that("a first row", rows.next());
            Check.equal("a column by its name in any case", "a", rows.getString("N"));
            Check.equal("a column by its number", 1L, rows.getLong(4));
            Check.equal("findColumn", 2, rows.findColumn("n"));
            Check.failsWith(
                    "a column that is not there", "Column 'x' is not present in result set", () -> rows.getInt("x"));
            Check.fails("a column past the last", () -> rows.getInt(5));
            Check.that("a second and a third row", rows.next() && rows.next());
            Check.that("no fourth row", !rows.next());
            Check.unsupported("scrolling", () -> rows.absolute(1));
        }
        Check.equal("no rows", List.of(), Checks.texts(connection, "SELECT 1 WHERE 0"));
        Check.equal("a semicolon and a comment", List.of("1"), Checks.texts(connection, "SELECT 1; -- one\n"));
        Check.equal("a PRAGMA", List.of("1"), Checks.texts(connection, "PRAGMA foreign_keys"));
        Check.equal(
                "EXPLAIN",
                false,
                Checks.texts(connection, "EXPLAIN QUERY PLAN SELECT 1").isEmpty());
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(1);
            statement.executeQuery("SELECT id FROM " + TABLE);
            ResultSet rows = statement.getResultSet();
            Check.that("setMaxRows does nothing", rows.next() && rows.next());
        }
    }

    // snippet:reuse
    /** A statement keeps its first result set for good: make a new one for each query. */
    private static void reuse(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
            statement.setInt(1, 1);
            ResultSet first = statement.executeQuery();
            Check.that("a row", first.next());
            statement.setInt(1, 2);
            ResultSet second = statement.executeQuery();
            Check.that("the second query returns the first one's rows, which are over", !second.next());
        }
    }
    // snippet:end

    private static void returning(Connection connection) throws SQLException {
        String insert = "INSERT INTO " + TABLE + "(name) VALUES(?) RETURNING id";
        // snippet:returning
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, "generated");
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                Check.equal("the new row's id", 4L, row.getLong("id"));
            }
        }
        // snippet:end
        int keys = Statement.RETURN_GENERATED_KEYS;
        Check.unsupported("RETURN_GENERATED_KEYS", () -> connection.prepareStatement(insert, keys));
        Check.unsupported("names of generated keys", () -> connection.prepareStatement(insert, new String[] {"id"}));
        Check.equal(
                "last_insert_rowid(), each request being a connection of its own",
                List.of("0"),
                Checks.texts(connection, "SELECT last_insert_rowid()"));
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO " + TABLE + "(name) VALUES('g2')", keys);
            Check.unsupported("getGeneratedKeys", statement::getGeneratedKeys);
        }
    }

    private static void parameters(Connection connection) throws SQLException {
        Check.equal("?NNN", List.of("ba"), Checks.texts(connection, "SELECT ?2 || ?1", "a", "b"));
        Check.equal("names by position", List.of("aba"), Checks.texts(connection, "SELECT :x || :y || :x", "a", "b"));
        LibSqlClient client = connection.unwrap(LibSqlConnection.class).getClient();
        LibSqlExecutionResult named = client.execute("SELECT :x || $y || @x", Map.of("x", "a", "y", "b"));
        Check.equal("names, by the driver's client", "aba", named.getRows().get(0)[0]);
        Check.fails("too few", () -> Checks.texts(connection, "SELECT ?, ?", 1));
        Check.fails("too many", () -> Checks.texts(connection, "SELECT ?", 1, 2));
    }

    private static void failures(Connection connection) throws SQLException {
        String twice = "INSERT INTO " + TABLE + "(name) VALUES('a')";
        SQLException unique = Check.fails("a constraint", () -> Checks.run(connection, twice));
        Check.equal("its text", "UNIQUE constraint failed: " + TABLE + ".name", unique.getMessage());
        Check.equal("its code", 0, unique.getErrorCode());
        Check.equal("its SQLState", null, unique.getSQLState());
        Check.equal("goes on", List.of("1"), Checks.texts(connection, "SELECT 1"));
        Check.failsWith(
                "a table that is not there",
                "no such table: nowhere",
                () -> Checks.texts(connection, "SELECT * FROM nowhere"));
        Check.failsWith("no SQL", "near \"SELEKT\": syntax error", () -> Checks.run(connection, "SELEKT 1"));
        Check.fails("two statements in a text", () -> Checks.run(connection, "SELECT 1; SELECT 2"));
        Check.fails("ATTACH", () -> Checks.run(connection, "ATTACH 'other.db' AS other"));
        try (Statement statement = connection.createStatement()) {
            Check.unsupported("cancel", statement::cancel);
        }
    }

    private static void batches(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            Check.unsupported("addBatch of a text", () -> statement.addBatch("SELECT 1"));
            Check.unsupported("executeBatch", statement::executeBatch);
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
            statement.setInt(1, 1);
            Check.unsupported("addBatch", statement::addBatch);
        }
        // snippet:many
        // Many rows in one request: one text for all of them, from a JSON array.
        String insert = "INSERT INTO " + TABLE + "(id, name) SELECT value ->> 0, value ->> 1 FROM json_each(?)";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, "[[10, \"x\"], [11, \"y\"], [12, \"z\"]]");
            Check.equal("rows of a JSON array", 3L, statement.executeLargeUpdate());
        }
        // snippet:end
    }
}
