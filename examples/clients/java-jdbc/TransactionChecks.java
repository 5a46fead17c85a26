import com.dbeaver.jdbc.driver.libsql.LibSqlConnection;
import com.dbeaver.jdbc.driver.libsql.client.LibSqlClient;
import com.dbeaver.jdbc.driver.libsql.client.LibSqlExecutionResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** JDBC's transactions, which the driver does not have, and those inside one request, which it has. */
final class TransactionChecks {
    private static final String TABLE = "transactions_java_jdbc";
    private static final String COUNT = "SELECT count(*) FROM " + TABLE;

    private TransactionChecks() {}

    static void run(Connection connection) throws SQLException {
        Checks.run(
                connection, "DROP TABLE IF EXISTS " + TABLE, "CREATE TABLE " + TABLE + "(id INTEGER PRIMARY KEY, v)");
        notThere(connection);
        leftOpen(connection);
        inOneRequest(connection);
    }

    private static void notThere(Connection connection) throws SQLException {
        Check.that("supportsTransactions", !connection.getMetaData().supportsTransactions());
        Check.that("always in autocommit", connection.getAutoCommit());
        Check.unsupported("setAutoCommit(false)", () -> connection.setAutoCommit(false));
        Check.unsupported("setAutoCommit(true) too", () -> connection.setAutoCommit(true));
        Check.unsupported("commit", connection::commit);
        Check.unsupported("rollback", connection::rollback);
        Check.unsupported("setSavepoint", connection::setSavepoint);
        Check.unsupported("setReadOnly", () -> connection.setReadOnly(true));
        Check.unsupported(
                "setTransactionIsolation",
                () -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
    }

    /** BEGIN by itself is refused, so nobody takes what follows for a part of a transaction. */
    private static void leftOpen(Connection connection) throws SQLException {
        for (String begin : new String[] {"BEGIN", "BEGIN IMMEDIATE", "SAVEPOINT s"}) {
            SQLException refused = Check.fails(begin, () -> Checks.run(connection, begin));
            Check.that(begin + " says why", refused.getMessage().contains("must end in the request that begins it"));
        }
        Check.fails("COMMIT", () -> Checks.run(connection, "COMMIT"));
        Checks.run(connection, "INSERT INTO " + TABLE + " VALUES(1, 'autocommit')");
        Check.equal("nothing is locked", List.of("1"), Checks.texts(connection, COUNT));
        Checks.run(connection, "CREATE TEMP TABLE mine(x)");
        Check.fails("a temporary table is gone at once", () -> Checks.texts(connection, "SELECT * FROM mine"));
    }

    private static void inOneRequest(Connection connection) throws SQLException {
        LibSqlClient client = connection.unwrap(LibSqlConnection.class).getClient();
        LibSqlExecutionResult[] results = client.executeBatch(
                new String[] {
                    "BEGIN",
                    "INSERT INTO " + TABLE + " VALUES(2, 'a'), (3, 'b')",
                    COUNT,
                    "SELECT last_insert_rowid()",
                    "COMMIT"
                },
                null);
        Check.equal("a result for each statement", 5, results.length);
        Check.equal("rows inserted", 2L, results[1].getUpdateCount());
        Check.equal("seen inside", 3L, results[2].getRows().get(0)[0]);
        Check.equal("last_insert_rowid() inside", 3L, results[3].getRows().get(0)[0]);
        Check.equal("committed", List.of("3"), Checks.texts(connection, COUNT));

        Check.failsWith(
                "a failure inside",
                "UNIQUE constraint failed: " + TABLE + ".id",
                () -> client.executeBatch(
                        new String[] {
                            "BEGIN",
                            "INSERT INTO " + TABLE + " VALUES(4, 'c')",
                            "INSERT INTO " + TABLE + " VALUES(4, 'd')",
                            "COMMIT"
                        },
                        null));
        Check.equal("rolled back", List.of("3"), Checks.texts(connection, COUNT));

        Check.fails(
                "a failure without BEGIN",
                () -> client.executeBatch(
                        new String[] {
                            "INSERT INTO " + TABLE + " VALUES(4, 'c')",
                            "INSERT INTO " + TABLE + " VALUES(4, 'd')",
                            "INSERT INTO " + TABLE + " VALUES(5, 'e')"
                        },
                        null));
        Check.equal("keeps what was before it", List.of("4"), Checks.texts(connection, COUNT));
    }
}
