import com.dbeaver.jdbc.driver.libsql.LibSqlConnection;
import com.dbeaver.jdbc.driver.libsql.client.LibSqlClient;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.Properties;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/** Jdbi over DBeaver's libSQL driver: a table, rows, a query, two transfers, an error. */
public final class Main {
    public static void main(String[] arguments) throws SQLException {
        try (Handle handle = connect().open()) {
            Users users = handle.attach(Users.class);
            users.dropTable();
            users.createTable();
            users.insert("ada@example.com", "Ada", 100);
            long bob = users.insert("bob@example.com", "Bob", 50);
            System.out.println("Bob has the id " + bob);
            transfer(handle, "ada@example.com", "bob@example.com", 30);
            try {
                transfer(handle, "ada@example.com", "bob@example.com", 1000);
                throw new AssertionError("a transfer of more than there is went through");
            } catch (SQLException e) {
                System.out.println("rolled back: " + e.getMessage());
            }
            insertTwice(users);
            users.all().forEach(System.out::println);
        }
    }

    // snippet:connect
    /** The address of the database behind the driver's prefix; the token is the password, and there is no user. */
    static Jdbi connect() {
        String url = System.getenv().getOrDefault("QUICSQL_URL", "http://127.0.0.1:7775");
        String database = System.getenv().getOrDefault("QUICSQL_DATABASE", "app");
        Properties login = new Properties();
        login.setProperty("password", System.getenv().getOrDefault("QUICSQL_TOKEN", "dev-token"));
        return Jdbi.create("jdbc:dbeaver:libsql:" + url + "/" + database, login)
                .installPlugin(new SqlObjectPlugin())
                .registerColumnMapper(Boolean.class, Columns::truth)
                .registerColumnMapper(boolean.class, Columns::truth)
                .registerColumnMapper(LocalDate.class, Columns.parsed(LocalDate::parse))
                .registerColumnMapper(LocalDateTime.class, Columns.parsed(LocalDateTime::parse))
                .registerColumnMapper(byte[].class, Columns::blob);
    }
    // snippet:end

    // snippet:transaction
    /** The driver has no transactions, and so Jdbi has none. Its client sends several statements in one request. */
    private static void transfer(Handle handle, String from, String to, long amount) throws SQLException {
        LibSqlClient client =
                handle.getConnection().unwrap(LibSqlConnection.class).getClient();
        String[] statements = {
            "BEGIN IMMEDIATE",
            "UPDATE users_java_jdbi SET balance = balance + :amount WHERE email = :email",
            "UPDATE users_java_jdbi SET balance = balance - :amount WHERE email = :email",
            "COMMIT"
        };
        @SuppressWarnings("unchecked")
        Map<Object, Object>[] parameters =
                new Map[] {null, Map.of("amount", amount, "email", to), Map.of("amount", amount, "email", from), null};
        client.executeBatch(statements, parameters);
    }
    // snippet:end

    // snippet:error
    private static void insertTwice(Users users) {
        try {
            users.insert("ada@example.com", "Ada again", 0);
            throw new AssertionError("an email was taken twice");
        } catch (UnableToExecuteStatementException e) {
            // UNIQUE constraint failed: users_java_jdbi.email
            System.out.println("refused: " + e.getCause().getMessage());
        }
    }
    // snippet:end
}
