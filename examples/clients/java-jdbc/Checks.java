import com.dbeaver.jdbc.driver.libsql.LibSqlConnection;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** What the driver can do beyond {@link Main}, and what it cannot, as it really is. */
public final class Checks {
    private static final String LIBRARY = "com.dbeaver.jdbc.driver.libsql";

    public static void main(String[] arguments) throws SQLException, IOException {
        try (Connection connection = Main.connect()) {
            transfers(connection);
            ValueChecks.run(connection);
            StatementChecks.run(connection);
            TransactionChecks.run(connection);
            MetadataChecks.run(connection);
            ConnectionChecks.run(connection);
        }
        System.out.println("OK java-jdbc, " + LIBRARY + " " + version() + ": " + Check.passed() + " checks passed");
    }

    /** What {@link Main} has left behind: one transfer took place, the other did not. */
    private static void transfers(Connection connection) throws SQLException {
        Check.equal(
                "balances after a transfer",
                List.of("ada@example.com 70", "bob@example.com 80"),
                texts(connection, "SELECT email || ' ' || balance FROM users_java_jdbc ORDER BY email"));
    }

    /** The driver's own constants name an older version than its jar. */
    private static String version() throws IOException {
        Properties properties = new Properties();
        String name = "/META-INF/maven/com.dbeaver.jdbc/" + LIBRARY + "/pom.properties";
        try (InputStream in = LibSqlConnection.class.getResourceAsStream(name)) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    static void run(Connection connection, String... statements) throws SQLException {
        for (String sql : statements) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of a query's rows. */
    static List<String> texts(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<String> texts = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        }
    }
}
