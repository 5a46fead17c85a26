import com.dbeaver.jdbc.driver.libsql.LibSqlConnection;
import com.dbeaver.jdbc.driver.libsql.client.LibSqlClient;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;

/** Plain JDBC through DBeaver's libSQL driver: a table, rows, a query, two transfers, an error. */
public final class Main {
    public static void main(String[] arguments) throws SQLException {
        try (Connection connection = connect()) {
            makeTable(connection);
            insert(connection, "ada@example.com", "Ada", 100);
            insert(connection, "bob@example.com", "Bob", 50);
            transfer(connection, "ada@example.com", "bob@example.com", 30);
            try {
                transfer(connection, "ada@example.com", "bob@example.com", 1000);
                throw new AssertionError("a transfer of more than there is went through");
            } catch (SQLException e) {
                System.out.println("rolled back: " + e.getMessage());
            }
            insertTwice(connection);
            print(connection);
        }
    }

    // snippet:connect
    /** The address of the database behind the driver's prefix; the token is the password, and there is no user. */
    static Connection connect() throws SQLException {
        String url = System.getenv().getOrDefault("QUICSQL_URL", "http://127.0.0.1:7775");
        String database = System.getenv().getOrDefault("QUICSQL_DATABASE", "app");
        Properties login = new Properties();
        login.setProperty("password", System.getenv().getOrDefault("QUICSQL_TOKEN", "dev-token"));
        return DriverManager.getConnection("jdbc:dbeaver:libsql:" + url + "/" + database, login);
    }
    // snippet:end

    private static void makeTable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS users_java_jdbc");
            statement.execute("CREATE TABLE users_java_jdbc(email TEXT NOT NULL, name TEXT NOT NULL,"
                    + " balance INTEGER NOT NULL CHECK (balance >= 0), PRIMARY KEY (email))");
        }
    }

    // snippet:insert
    /** A prepared statement has no executeUpdate() in this driver, but it has executeLargeUpdate(). */
    private static void insert(Connection connection, String email, String name, long balance) throws SQLException {
        String sql = "INSERT INTO users_java_jdbc(email, name, balance) VALUES(?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, email);
            statement.setString(2, name);
            statement.setLong(3, balance);
            long changed = statement.executeLargeUpdate();
            System.out.println("inserted " + changed + " row");
        }
    }
    // snippet:end

    // snippet:transaction
    /** All or nothing: the driver has no transactions, but its client sends several statements in one request. */
    private static void transfer(Connection connection, String from, String to, long amount) throws SQLException {
        LibSqlClient client = connection.unwrap(LibSqlConnection.class).getClient();
        String[] statements = {
            "BEGIN IMMEDIATE",
            "UPDATE users_java_jdbc SET balance = balance + ? WHERE email = ?",
            "UPDATE users_java_jdbc SET balance = balance - ? WHERE email = ?",
            "COMMIT"
        };
        @SuppressWarnings("unchecked")
        Map<Object, Object>[] parameters = new Map[] {null, Map.of(1, amount, 2, to), Map.of(1, amount, 2, from), null};
        client.executeBatch(statements, parameters);
    }
    // snippet:end

    // snippet:error
    private static void insertTwice(Connection connection) {
        try {
            insert(connection, "ada@example.com", "Ada again", 0);
            throw new AssertionError("an email was taken twice");
        } catch (SQLException e) {
            // UNIQUE constraint failed: users_java_jdbc.email
            System.out.println("refused: " + e.getMessage());
        }
    }
    // snippet:end

    // snippet:query
    private static void print(Connection connection) throws SQLException {
        String sql = "SELECT email, balance FROM users_java_jdbc WHERE balance > ? ORDER BY email";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, 0);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    System.out.println(rows.getString("email") + " has " + rows.getLong("balance"));
                }
            }
        }
    }
    // snippet:end
}
