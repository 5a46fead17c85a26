package net.quicsql.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.testing.DropwizardTestSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.quicsql.server.QuicsqlApplication;
import net.quicsql.server.QuicsqlConfiguration;

/** The whole server on free ports of this machine, with its data in a folder of the test's. */
public final class RunningServer implements AutoCloseable {
    public static final String DEV = "Authorization: Bearer dev-token";
    public static final String READER = "Authorization: Bearer dev-reader";

    /** The principals {@code dev}, who may do everything, and {@code reader}, who may read everything. */
    public static final String PRINCIPALS = """
            auth:
              principals:
                - name: dev
                  token_sha256: c91cbbedf8c712e8e2b7517ddeca8fe4fde839ebd8339e0b2001363002b37712
                  grants: {"*": admin}
                - name: reader
                  token_sha256: 1a256e40044a8d4659e31789f5b9d9ad5f6448e0d53d6ebaff3a349e30ec13c9
                  grants: {"*": read-only}
            """;

    private static final String NETWORK = """
            data_dir: %s
            server:
              applicationConnectors:
                - {type: http, bindHost: 127.0.0.1, port: 0}
              adminConnectors:
                - {type: http, bindHost: 127.0.0.1, port: 0}
            logging: {level: ERROR}
            """ + ServedWay.SETTING + "\n";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DropwizardTestSupport<QuicsqlConfiguration> server;

    private RunningServer(DropwizardTestSupport<QuicsqlConfiguration> server) {
        this.server = server;
    }

    /**
     * Starts a server.
     *
     * @param data the data directory; the configuration is written beside it
     * @param settings YAML without {@code data_dir}, {@code server} and {@code logging}
     */
    public static RunningServer start(Path data, String settings) throws Exception {
        Path file = data.resolveSibling(data.getFileName() + ".yml");
        Files.writeString(file, NETWORK.formatted(data) + settings);
        DropwizardTestSupport<QuicsqlConfiguration> server =
                new DropwizardTestSupport<>(QuicsqlApplication.class, file.toString());
        server.before();
        return new RunningServer(server);
    }

    public int port() {
        return server.getLocalPort();
    }

    public RawHttp.Reply post(String path, String body, String... headers) throws IOException {
        return RawHttp.send(port(), "POST", path, body, headers);
    }

    /** A query of the principal dev on the database app. */
    public RawHttp.Reply query(String body) throws IOException {
        return post("/app/query", body, DEV);
    }

    /** A query of one statement without arguments, likewise. */
    public RawHttp.Reply sql(String sql) throws IOException {
        return query(statement(sql));
    }

    /** The body of a query of one statement without arguments. */
    public static String statement(String sql) {
        return "{\"sql\":" + quoted(sql) + "}";
    }

    /** A text as JSON has it. */
    public static String quoted(String text) {
        return JSON.valueToTree(text).toString();
    }

    public static JsonNode json(RawHttp.Reply reply) throws IOException {
        return JSON.readTree(reply.body());
    }

    /** The body of the health check on the admin port. */
    public RawHttp.Reply health() throws IOException {
        return RawHttp.send(server.getAdminPort(), "GET", "/healthcheck", "");
    }

    @Override
    public void close() {
        server.after();
    }
}
