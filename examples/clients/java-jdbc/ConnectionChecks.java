import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

/** Connections: who may, where to, and what one is. */
final class ConnectionChecks {
    private static final String URL = System.getenv().getOrDefault("QUICSQL_URL", "http://127.0.0.1:7775");
    private static final String DATABASE = System.getenv().getOrDefault("QUICSQL_DATABASE", "app");
    private static final String TOKEN = System.getenv().getOrDefault("QUICSQL_TOKEN", "dev-token");

    private ConnectionChecks() {}

    static void run(Connection connection) throws SQLException {
        try (Connection slash = connect(DATABASE + "/", TOKEN)) {
            Check.equal("a slash at the end", List.of("1"), Checks.texts(slash, "SELECT 1"));
            Check.that(
                    "its version", slash.getMetaData().getDatabaseProductName().startsWith("quicsql "));
        }
        SQLException wrong = Check.fails("a wrong token", () -> connect(DATABASE, "wrong"));
        Check.equal("its text is the driver's", "Authentication required", wrong.getMessage());
        Check.that("the server's is the cause's", wrong.getCause().getMessage().length() > 0);
        Check.fails("no token", () -> connect(DATABASE, ""));
        Check.failsWith(
                "a database that is not there",
                "unknown database 'nowhere-java'",
                () -> connect("nowhere-java", TOKEN));
        Check.failsWith("a name that cannot be", "invalid or reserved database name", () -> connect("-x", TOKEN));
        Check.fails("nobody there", () -> DriverManager.getConnection("jdbc:dbeaver:libsql:http://127.0.0.1:1/app"));
        Check.unsupported("isValid", () -> connection.isValid(1));
        Check.unsupported("setNetworkTimeout", () -> connection.setNetworkTimeout(Runnable::run, 1000));
        Connection closed = connect(DATABASE, TOKEN);
        closed.close();
        Check.that("isClosed of a closed connection", !closed.isClosed());
    }

    private static Connection connect(String database, String token) throws SQLException {
        Properties login = new Properties();
        login.setProperty("password", token);
        return DriverManager.getConnection("jdbc:dbeaver:libsql:" + URL + "/" + database, login);
    }
}
