import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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
 * through sqlite-jdbc on one connection and one prepared statement per thread, and answers with the same bytes as the server.
 * It knows no protocol, no auth, no stream; nothing in Java over HTTP can be much faster.
 *
 * <p>The path says what to do: {@code /nothing/FORM} answers fixed bytes, {@code /point/FORM} runs the point SELECT, {@code
 * /hundred/FORM} that of 100 rows. FORM is {@code query} or {@code v2/pipeline}. The argument is the last number in the body.
 *
 * <p>Run by {@code bench/run}: {@code java -cp quicsql.jar:CLASSES BareJetty PORT DATABASE}.
 */
public final class BareJetty {
    private static final String POINT = "SELECT id, name, balance FROM bench_users WHERE id = ?1";
    private static final String HUNDRED = "SELECT id, name, balance FROM bench_users WHERE id > ?1 ORDER BY id LIMIT 100";

    private BareJetty() {}

    public static void main(String[] arguments) throws Exception {
        // The class path has a logger that writes everything unless it is told not to.
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        int port = Integer.parseInt(arguments[0]);
        String database = arguments[1];
        Server server = new Server(new QueuedThreadPool(64));
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory());
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        server.addConnector(connector);
        ThreadLocal<Reader> readers = ThreadLocal.withInitial(() -> Reader.open(database));
        byte[] fixedQuery = Reader.open(database).query(false, 1);
        byte[] fixedPipeline = Reader.open(database).pipeline(false, 1);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                ByteBuffer asked = Content.Source.asByteBuffer(request);
                byte[] body =
                        switch (request.getHttpURI().getPath()) {
                            case "/nothing/query" -> fixedQuery;
                            case "/nothing/v2/pipeline" -> fixedPipeline;
                            case "/point/query" -> readers.get().query(false, lastNumber(asked));
                            case "/point/v2/pipeline" -> readers.get().pipeline(false, lastNumber(asked));
                            case "/hundred/query" -> readers.get().query(true, lastNumber(asked));
                            case "/hundred/v2/pipeline" -> readers.get().pipeline(true, lastNumber(asked));
                            default -> null;
                        };
                if (body == null) {
                    return false;
                }
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
                response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
                response.write(true, ByteBuffer.wrap(body), callback);
                return true;
            }
        });
        server.start();
        server.join();
    }

    private static int lastNumber(ByteBuffer body) {
        int at = body.limit();
        while (!isDigit(body.get(--at))) {
            // Behind it.
        }
        int number = 0;
        for (int power = 1; isDigit(body.get(at)); power *= 10) {
            number += power * (body.get(at--) - '0');
        }
        return number;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** One thread's connection and statements. */
    private record Reader(PreparedStatement point, PreparedStatement hundred) {
        static Reader open(String database) {
            try {
                Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                return new Reader(connection.prepareStatement(POINT), connection.prepareStatement(HUNDRED));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        byte[] query(boolean many, int argument) throws SQLException {
            PreparedStatement statement = many ? hundred : point;
            statement.setInt(1, argument);
            StringBuilder json = new StringBuilder(many ? 8192 : 256);
            json.append("{\"columns\":[\"id\",\"name\",\"balance\"],\"rows\":[");
            try (ResultSet row = statement.executeQuery()) {
                for (String separator = "["; row.next(); separator = ",[") {
                    json.append(separator).append(row.getLong(1));
                    json.append(",\"").append(row.getString(2));
                    json.append("\",").append(row.getLong(3)).append(']');
                }
            }
            json.append("],\"rows_affected\":0,\"last_insert_id\":0}\n");
            return json.toString().getBytes(StandardCharsets.UTF_8);
        }

        byte[] pipeline(boolean many, int argument) throws SQLException {
            PreparedStatement statement = many ? hundred : point;
            statement.setInt(1, argument);
            StringBuilder json = new StringBuilder(many ? 16384 : 512);
            json.append("{\"baton\":null,\"base_url\":null,\"results\":[{\"type\":\"ok\",\"response\":{\"type\":\"execute\","
                    + "\"result\":{\"cols\":[{\"name\":\"id\",\"decltype\":\"INTEGER\"},{\"name\":\"name\",\"decltype\":"
                    + "\"TEXT\"},{\"name\":\"balance\",\"decltype\":\"INTEGER\"}],\"rows\":[");
            try (ResultSet row = statement.executeQuery()) {
                for (String separator = "["; row.next(); separator = ",[") {
                    json.append(separator).append("{\"type\":\"integer\",\"value\":\"").append(row.getLong(1));
                    json.append("\"},{\"type\":\"text\",\"value\":\"").append(row.getString(2));
                    json.append("\"},{\"type\":\"integer\",\"value\":\"").append(row.getLong(3)).append("\"}]");
                }
            }
            json.append("],\"affected_row_count\":0,\"last_insert_rowid\":null,\"rows_read\":0,\"rows_written\":0,"
                    + "\"query_duration_ms\":0.123}}},{\"type\":\"ok\",\"response\":{\"type\":\"close\"}}]}");
            return json.toString().getBytes(StandardCharsets.UTF_8);
        }
    }
}
