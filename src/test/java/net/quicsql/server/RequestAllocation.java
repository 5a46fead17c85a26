package net.quicsql.server;

import io.dropwizard.testing.DropwizardTestSupport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.quicsql.testing.Allocation;
import net.quicsql.testing.DirectConnection;
import net.quicsql.wire.RunningServer;
import org.eclipse.jetty.server.Connector;

/**
 * A program that measures what requests allocate in a whole server: Jetty's and Dropwizard's handlers, the fast path with
 * its doors, SQLite, the answer. Not in it are the selector and the socket.
 */
final class RequestAllocation {
    static final String FIGURES = "figures";

    private static final String SETTINGS = """
            data_dir: %s
            databases: {app: {kind: file}}
            logging: {level: ERROR}
            server:
              applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]
              adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]
            """ + RunningServer.PRINCIPALS;

    private static final int ROWS = 2_000;

    private RequestAllocation() {}

    /** What is measured. */
    enum Measured {
        QUERY_POINT_SELECT(query("SELECT id, name, balance FROM t WHERE id = ?", 7)),
        QUERY_INSERT(query("INSERT INTO t(name, balance) VALUES('a name', ?)", 7)),
        QUERY_100_ROWS(query("SELECT id, name, balance FROM t LIMIT ?", 100)),
        PIPELINE_POINT_SELECT(pipeline("SELECT id, name, balance FROM t WHERE id = ?", 7)),
        PIPELINE_INSERT(pipeline("INSERT INTO t(name, balance) VALUES('a name', ?)", 7)),
        PIPELINE_100_ROWS(pipeline("SELECT id, name, balance FROM t LIMIT ?", 100)),
        CURSOR_10_ROWS(cursor("SELECT id, name, balance FROM t LIMIT ?", 10)),
        CURSOR_1000_ROWS(cursor("SELECT id, name, balance FROM t LIMIT ?", 1_000)),
        CURSOR_2000_ROWS(cursor("SELECT id, name, balance FROM t LIMIT ?", ROWS));

        private final byte[] request;

        Measured(byte[] request) {
            this.request = request;
        }
    }

    /** @param arguments a folder; in its file {@link #FIGURES} is a line {@code <request> <bytes>} for each in the end */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Path file = Files.writeString(folder.resolve("config.yml"), SETTINGS.formatted(folder.resolve("data")));
        DropwizardTestSupport<QuicsqlConfiguration> server =
                new DropwizardTestSupport<>(QuicsqlApplication.class, file.toString());
        server.before();
        try {
            Connector connector = connector(server);
            fill(new DirectConnection(connector));
            List<String> figures = new ArrayList<>();
            for (Measured each : Measured.values()) {
                figures.add(each + " " + measure(new DirectConnection(connector), each.request));
            }
            Files.write(folder.resolve(FIGURES), figures);
        } finally {
            server.after();
        }
    }

    private static Connector connector(DropwizardTestSupport<QuicsqlConfiguration> server) {
        return Arrays.stream(server.getEnvironment()
                        .getApplicationContext()
                        .getServer()
                        .getConnectors())
                .filter(connector -> "application".equals(connector.getName()))
                .findFirst()
                .orElseThrow();
    }

    private static void fill(DirectConnection connection) {
        answered(connection, query("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, balance INTEGER)"));
        answered(
                connection,
                query("WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series LIMIT " + ROWS + ")"
                        + " INSERT INTO t SELECT n, 'name ' || (n % 10), n * 3 FROM series"));
    }

    private static long measure(DirectConnection connection, byte[] request) {
        answered(connection, request);
        return Allocation.perRun(() -> connection.send(request));
    }

    /** A statement that fails is answered by 200 too, and costs what nobody wants to know. */
    private static void answered(DirectConnection connection, byte[] request) {
        connection.send(request);
        if (connection.answer().contains("\"error\"")) {
            throw new IllegalStateException(connection.answer());
        }
    }

    private static byte[] query(String sql, int... arguments) {
        return request("/app/query", "{\"sql\":\"" + sql + "\",\"args\":" + Arrays.toString(arguments) + "}");
    }

    private static byte[] pipeline(String sql, int argument) {
        return request(
                "/app/v2/pipeline",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":" + stmt(sql, argument) + "},{\"type\":\"close\"}]}");
    }

    private static byte[] cursor(String sql, int argument) {
        return request("/app/v3/cursor", "{\"batch\":{\"steps\":[{\"stmt\":" + stmt(sql, argument) + "}]}}");
    }

    private static String stmt(String sql, int argument) {
        return "{\"sql\":\"" + sql + "\",\"args\":[{\"type\":\"integer\",\"value\":\"" + argument + "\"}]}";
    }

    /** With the headers that clients send. */
    private static byte[] request(String path, String body) {
        String head = "POST " + path + " HTTP/1.1\r\n"
                + "Host: 127.0.0.1:7775\r\n"
                + "User-Agent: client/1.0\r\n"
                + "Accept: */*\r\n"
                + "Accept-Encoding: gzip, deflate\r\n"
                + RunningServer.DEV + "\r\n"
                + "Content-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }
}
