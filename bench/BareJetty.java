import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.LoggerFactory;

/**
 * The floor that the server is measured against: a bare Jetty handler that reads the request's body, runs the same SELECT
 * through sqlite-jdbc on one connection and one prepared statement per thread, and writes the same answer. It knows no
 * protocol, no auth, no stream; nothing in Java over HTTP can be much faster.
 *
 * <p>Run by {@code bench/run} from source with the packed jar as class path: {@code java -cp quicsql.jar BareJetty.java PORT
 * DATABASE ROWS}.
 */
public final class BareJetty {
    private static final String SQL = "SELECT id, name, balance FROM users WHERE id = ?1";

    private BareJetty() {}

    public static void main(String[] arguments) throws Exception {
        // The class path has a logger that writes everything unless it is told not to.
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        int port = Integer.parseInt(arguments[0]);
        String database = arguments[1];
        int rows = Integer.parseInt(arguments[2]);
        Server server = new Server(new QueuedThreadPool(64));
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory());
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        server.addConnector(connector);
        ThreadLocal<PreparedStatement> statements = ThreadLocal.withInitial(() -> prepare(database));
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                Content.Source.asByteBuffer(request);
                byte[] body = answer(statements.get(), ThreadLocalRandom.current().nextInt(rows) + 1);
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
                response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
                response.write(true, ByteBuffer.wrap(body), callback);
                return true;
            }
        });
        server.start();
        server.join();
    }

    private static PreparedStatement prepare(String database) {
        try {
            Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
            return connection.prepareStatement(SQL);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] answer(PreparedStatement statement, int id) throws SQLException {
        statement.setInt(1, id);
        StringBuilder json = new StringBuilder(512);
        try (ResultSet row = statement.executeQuery()) {
            json.append("{\"baton\":null,\"base_url\":null,\"results\":[{\"type\":\"ok\",\"response\":{\"type\":\"execute\","
                    + "\"result\":{\"cols\":[{\"name\":\"id\",\"decltype\":\"INTEGER\"},{\"name\":\"name\",\"decltype\":"
                    + "\"TEXT\"},{\"name\":\"balance\",\"decltype\":\"INTEGER\"}],\"rows\":[");
            while (row.next()) {
                json.append("[{\"type\":\"integer\",\"value\":\"").append(row.getLong(1));
                json.append("\"},{\"type\":\"text\",\"value\":\"").append(row.getString(2));
                json.append("\"},{\"type\":\"integer\",\"value\":\"").append(row.getLong(3)).append("\"}]");
            }
            json.append("],\"affected_row_count\":0,\"last_insert_rowid\":null,\"rows_read\":0,\"rows_written\":0,"
                    + "\"query_duration_ms\":0.0}}},{\"type\":\"ok\",\"response\":{\"type\":\"close\"}}]}");
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
