package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import io.dropwizard.testing.DropwizardTestSupport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import net.quicsql.server.QuicsqlApplication;
import net.quicsql.server.QuicsqlConfiguration;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent past servlets and Jersey is answered, counted and logged as what goes through them, byte by byte. */
class BothWaysWireTest {
    private static final String QUERY = "{\"sql\":\"SELECT 1, 'a/b=c', x'00ff'\"}";
    private static final String PIPELINE =
            "{\"baton\":null,\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT 1\"}},{\"type\":\"close\"}]}";
    private static final String CURSOR = "{\"baton\":null,\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"%s\"}}]}}";
    private static final String ROWS = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
            + " SELECT i, hex(zeroblob(20)) FROM n";
    private static final String DEV = "Authorization: Bearer dev-token\r\n";

    @TempDir
    static Path folder;

    private static Way fast;
    private static Way jersey;

    @BeforeAll
    static void start() throws Exception {
        fast = new Way("fast", true, "", "");
        jersey = new Way("jersey", false, "", "");
    }

    @AfterAll
    static void stop() {
        fast.close();
        jersey.close();
    }

    static Stream<String> requests() {
        List<String> requests = new ArrayList<>();
        for (String path : List.of(
                "/app/query",
                "/query",
                "/app/query/",
                "//app//query",
                "/app/query?a=b",
                "/app/query;a=b",
                "/app;a=b/query",
                "/./app/query",
                "/app/../app/query",
                "/%61pp/query",
                "/app/qu%65ry",
                "/APP/query",
                "/nowhere/query",
                "/-/query",
                "/query/query",
                "/app/app/query",
                "/app/query/query",
                "http://localhost/app/query",
                "/app/v4/pipeline",
                "/app/v1/execute",
                "/app/v3-protobuf/pipeline")) {
            requests.add(post(path, DEV, QUERY));
        }
        for (String path : List.of("/app/v2/pipeline", "/app/v3/pipeline", "/v3/pipeline", "//v3//pipeline/")) {
            requests.add(post(path, DEV, PIPELINE));
            requests.add(post(path, DEV, "{"));
            requests.add(post(path, "", PIPELINE));
            requests.add(post(
                    path, "Authorization: Bearer dev-reader\r\n", PIPELINE.replace("SELECT 1", "CREATE TABLE t(x)")));
        }
        for (String body : List.of(
                "",
                "{",
                "[]",
                "\u00ff",
                "{\"sql\":\"SELEC\"}",
                "{\"sql\":\"BEGIN\"}",
                "{\"sql\":\"PRAGMA key = 1\"}",
                "{\"sql\":\"INSERT INTO nowhere VALUES (1)\"}",
                "{\"sql\":\"" + ROWS.formatted(3000) + "\"}",
                "{\"sql\":\"SELECT hex(zeroblob(3000000))\"}")) {
            requests.add(post("/app/query", DEV, body));
            requests.add(post("/app/query", DEV + "Prefer: a\r\nPrefer: status=strict\r\n", body));
        }
        for (String sql : List.of("SELECT 1", "SELEC", ROWS.formatted(3000), "CREATE TABLE IF NOT EXISTS t(x)")) {
            requests.add(post("/app/v3/cursor", DEV, CURSOR.formatted(sql)));
        }
        for (String headers : List.of(
                DEV + DEV,
                "Authorization: Basic eDp5\r\n",
                "Authorization: Bearer dev-reader\r\n",
                DEV + "x-namespace: app\r\n",
                DEV + "x-namespace: nowhere\r\n",
                DEV + "x-namespace: app\r\nx-namespace: app\r\n",
                DEV + "Content-Type: nonsense\r\n",
                DEV + "Content-Type: text/plain; charset=utf-16\r\n",
                DEV + "Accept: image/png\r\n",
                DEV + "Content-Encoding: gzip\r\n",
                DEV + "Content-Encoding: identity\r\n",
                DEV + "Accept-Encoding: gzip\r\n",
                DEV + "X-HTTP-Method-Override: GET\r\n",
                DEV + "Origin: http://example.com\r\n")) {
            requests.add(post("/query", headers, QUERY));
        }
        for (String method : List.of("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "post")) {
            for (String path : List.of("/app/query", "/app/v3/pipeline", "/app/v3/cursor")) {
                requests.add(post(path, DEV, QUERY).replaceFirst("^POST", method));
            }
        }
        String chunks =
                post("/app/query", DEV + "Transfer-Encoding: chunked\r\n", "").replace("Content-Length: 0\r\n", "");
        requests.add(chunks + "5\r\n{\"sql\r\n15\r\n\":\"SELECT 1, 'chunk'\"}\r\n0\r\n\r\n");
        requests.add(chunks + "0\r\n\r\n");
        requests.add(chunks + "nonsense\r\n");
        requests.add(post("/app/query", DEV, QUERY).replace("HTTP/1.1", "HTTP/1.0"));
        requests.add(post("/app/query", DEV, " ".repeat(9 * 1024 * 1024)));
        return requests.stream();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void answersTheSame(String request) throws IOException {
        RawHttp.Reply expected = RawHttp.send(jersey.port(), request);

        RawHttp.Reply reply = RawHttp.send(fast.port(), request);

        assertThat(head(reply)).isEqualTo(head(expected));
        assertThat(body(reply)).isEqualTo(body(expected));
    }

    @Test
    void countsTheSame() throws Exception {
        long before = fast.count("io.dropwizard.jetty.MutableServletContextHandler.post-requests");
        long answers = fast.count("io.dropwizard.jetty.MutableServletContextHandler.2xx-responses");
        long queries = fast.count("quicsql.app.query.request_duration_seconds");
        RawHttp.send(fast.port(), post("/app/query", DEV, QUERY));
        // Some names come with the first request.
        RawHttp.send(jersey.port(), post("/app/query", DEV, QUERY));

        Await.until(
                "the request is counted",
                () -> fast.count("io.dropwizard.jetty.MutableServletContextHandler.post-requests") == before + 1);
        assertThat(fast.count("io.dropwizard.jetty.MutableServletContextHandler.2xx-responses"))
                .isEqualTo(answers + 1);
        assertThat(fast.count("quicsql.app.query.request_duration_seconds")).isEqualTo(queries + 1);
        assertThat(fast.names()).isEqualTo(jersey.names());
    }

    @Test
    void logsTheSame() throws Exception {
        for (Way way : List.of(fast, jersey)) {
            RawHttp.send(way.port(), post("/app/query", DEV + "User-Agent: this test\r\n", QUERY));
            // A line is handed over after its answer, by whichever thread ends the request.
            way.logged("this test", 1);
            RawHttp.send(way.port(), post("/nowhere/query", DEV + "User-Agent: this test\r\n", QUERY));
        }

        assertThat(fast.logged("this test", 2)).isEqualTo(jersey.logged("this test", 2));
    }

    @Test
    void findsItsPathsBehindOthers() throws Exception {
        String paths = "  applicationContextPath: /context\n  rootPath: /root/*\n";
        try (Way way = new Way("prefixed", true, "", paths)) {
            RawHttp.Reply reply = RawHttp.send(way.port(), post("/context/root/app/query", DEV, QUERY));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(body(reply)).contains("a/b=c");
            assertThat(RawHttp.send(way.port(), post("/context/root/app/v3/pipeline", "", PIPELINE))
                            .body())
                    .contains("\"code\":\"UNAUTHENTICATED\"");
            for (String path :
                    List.of("/app/query", "/root/app/query", "/context/app/query", "/contextroot/app/query")) {
                assertThat(RawHttp.send(way.port(), post(path, DEV, QUERY)).status())
                        .as(path)
                        .isIn(404, 405);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"  allowedMethods: [GET, HEAD]\n", "  enableThreadNameFilter: true\n"})
    void leavesToServletsWhatIsSetForThem(String setting) throws Exception {
        try (Way asked = new Way("asked", true, "", setting);
                Way plain = new Way("plain", false, "", setting)) {
            RawHttp.Reply expected = RawHttp.send(plain.port(), post("/app/query", DEV, QUERY));
            assertThat(RawHttp.send(asked.port(), post("/app/query", DEV, QUERY))
                            .status())
                    .isEqualTo(expected.status());
            assertThat(expected.status()).isEqualTo(setting.contains("allowed") ? 405 : 200);
        }
    }

    @Test
    void inflatesAndDeflatesTheSameWhereThatIsSwitchedOn() throws Exception {
        String setting = "  gzip: {enabled: true, minimumEntitySize: 1B}\n";
        try (Way asked = new Way("gzipped", true, "", setting);
                Way plain = new Way("gzipped-jersey", false, "", setting)) {
            String rows = "{\"sql\":\"" + ROWS.formatted(3000) + "\"}";
            for (String request : List.of(
                    post("/app/query", DEV + "Content-Encoding: gzip\r\n", gzip(QUERY)),
                    post("/app/query", DEV + "Content-Encoding: gzip\r\n", "no gzip"),
                    post("/app/query", "Content-Encoding: gzip\r\n", "no gzip"),
                    post("/app/query", DEV + "Content-Encoding: gzip\r\n", gzip(" ".repeat(9 * 1024 * 1024))),
                    post("/app/query", DEV + "Accept-Encoding: gzip\r\n", rows),
                    post(
                            "/app/v3/cursor",
                            DEV + "Accept-Encoding: gzip\r\n",
                            CURSOR.formatted(ROWS.formatted(3000))))) {
                RawHttp.Reply expected = RawHttp.send(plain.port(), request);
                RawHttp.Reply reply = RawHttp.send(asked.port(), request);
                assertThat(reply.status()).isEqualTo(expected.status());
                assertThat(reply.header("Content-Encoding")).isEqualTo(expected.header("Content-Encoding"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsTheConnectionOfAClientThatWasToldToSend(boolean fastPath) throws Exception {
        Way way = fastPath ? fast : jersey;
        String head = post("/app/query", DEV + "Expect: 100-continue\r\n", "")
                .replace("Content-Length: 0\r\nConnection: close", "Content-Length: 1");
        try (RawConnection connection = new RawConnection(way.port()).send(head)) {
            assertThat(connection.head()).startsWith("HTTP/1.1 100");
            connection.send("{");
            assertThat(connection.answer()).contains("INVALID_JSON");
            connection.send(post("/app/query", DEV, QUERY));
            assertThat(connection.answer()).contains("a/b=c");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesEverythingBackWhenClientsLeaveInTheMiddleOfAnAnswer(boolean fastPath) throws Exception {
        Way way = fastPath ? fast : jersey;
        String large = "{\"sql\":\"SELECT hex(zeroblob(4000000))\"}";
        for (String request : List.of(
                post("/app/query", DEV, large),
                post("/app/v3/cursor", DEV, CURSOR.formatted(ROWS.formatted(100_000))))) {
            try (RawConnection connection = new RawConnection(way.port())) {
                connection.send(request.replace("Connection: close\r\n", ""));
                assertThat(connection.head()).startsWith("HTTP/1.1 200");
                Await.until("it is in flight", () -> way.level("quicsql.app.requests_in_flight") == 1);
                connection.reset();
            }
            Await.until("nothing is in flight", () -> way.level("quicsql.app.requests_in_flight") == 0);
        }
        assertThat(way.level("quicsql.buffered_bytes")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\r\n", "5\r\nab"})
    void tellsStrangersThatTheyAreStrangersWhateverTheySend(String body) throws Exception {
        String request = post("/app/query", "Transfer-Encoding: chunked\r\n", "")
                .replace("Content-Length: 0\r\nConnection: close\r\n", "");
        for (Way way : List.of(fast, jersey)) {
            try (RawConnection connection = new RawConnection(way.port()).send(request + body)) {
                connection.socket().shutdownOutput();
                assertThat(connection.head()).startsWith("HTTP/1.1 401").contains("Connection: close");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsTheRequestsOfClientsThatAreTooSlow(boolean fastPath) throws Exception {
        String connector = ", idleTimeout: 300ms, minRequestDataPerSecond: 1MiB";
        try (Way way = new Way("slow" + fastPath, fastPath, connector, "")) {
            try (RawConnection silent = new RawConnection(way.port())) {
                silent.send(announced(100_000));
                assertThat(silent.head()).startsWith("HTTP/1.1 408").contains("Connection: close");
            }
            try (RawConnection dripping = new RawConnection(way.port())) {
                dripping.socket().setTcpNoDelay(true);
                dripping.send(announced(100_000));
                // Bytes until there is an answer: with pauses the first of them would do.
                for (int i = 0; i < 50_000 && dripping.socket().getInputStream().available() == 0; i++) {
                    dripping.send(" ");
                    Thread.onSpinWait();
                }
                assertThat(dripping.head()).startsWith("HTTP/1.1 408").contains("Connection: close");
            }
        }
    }

    /** A request without its body. */
    private static String announced(int bytes) {
        return post("/app/query", DEV, "")
                .replace("Content-Length: 0\r\nConnection: close", "Content-Length: " + bytes);
    }

    private static String gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static String post(String path, String headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Content-Length: " + bytes.length
                + "\r\nConnection: close\r\n\r\n" + body;
    }

    /** Status and headers in some order, without the time, and without how a body that is streamed is put into frames. */
    private static String head(RawHttp.Reply reply) {
        boolean streamed =
                reply.header("Content-Type").filter("text/plain"::equals).isPresent();
        return reply.head()
                .lines()
                .map(line -> line.startsWith("HTTP/") ? line : line.toLowerCase(Locale.ROOT))
                .filter(line -> !line.startsWith("date:"))
                .filter(line ->
                        !streamed || !line.startsWith("content-length:") && !line.startsWith("transfer-encoding:"))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    /** The text without what is new in each answer: the cuts of chunks, batons, times, ids of errors. */
    private static String body(RawHttp.Reply reply) {
        String text = reply.header("Transfer-Encoding").isPresent() ? joined(reply.body()) : reply.body();
        return text.replaceAll("\"baton\":\"[^\"]+\"", "\"baton\":\"…\"")
                .replaceAll("\"(time|query_duration_ms)\":[0-9.e-]+", "\"$1\":…")
                .replaceAll("\\(id [0-9a-f-]{36}\\)", "(id …)");
    }

    private static String joined(String chunks) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (true) {
            int end = chunks.indexOf("\r\n", at);
            int length = Integer.parseInt(chunks.substring(at, end), 16);
            if (length == 0) {
                assertThat(chunks.substring(end)).isEqualTo("\r\n\r\n");
                return text.toString();
            }
            text.append(chunks, end + 2, end + 2 + length);
            at = end + 2 + length + 2;
        }
    }

    /** A server of one of the two ways. */
    private static final class Way implements AutoCloseable {
        private final DropwizardTestSupport<QuicsqlConfiguration> server;
        private final Path log;

        Way(String name, boolean fastPath, String connector, String paths) throws Exception {
            log = folder.resolve(name + ".log");
            Path file = Files.writeString(folder.resolve(name + ".yml"), """
                    data_dir: %s
                    default_database: app
                    databases: {app: {}}
                    http: {fast_path: %s}
                    server:
                      applicationConnectors: [{type: http, bindHost: 127.0.0.1, port: 0%s}]
                      adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]
                      requestLog: {appenders: [{type: file, archive: false, currentLogFilename: %s}]}
                    %slogging: {level: ERROR}
                    %s""".formatted(
                            folder.resolve(name), fastPath, connector, log, paths, RunningServer.PRINCIPALS));
            server = new DropwizardTestSupport<>(QuicsqlApplication.class, file.toString());
            server.before();
        }

        int port() {
            return server.getLocalPort();
        }

        long count(String name) {
            return server.getEnvironment().metrics().getMetrics().get(name) instanceof Counting counted
                    ? counted.getCount()
                    : 0;
        }

        long level(String name) {
            Metric metric = server.getEnvironment().metrics().getMetrics().get(name);
            return metric instanceof Gauge<?> gauge ? ((Number) gauge.getValue()).longValue() : count(name);
        }

        /** Names of all metrics but of those that have the port in them. */
        List<String> names() {
            return server.getEnvironment().metrics().getNames().stream()
                    .filter(name -> !name.startsWith("org.eclipse.jetty"))
                    .toList();
        }

        /** Lines of the access log that hold a text, without times. */
        List<String> logged(String text, int count) throws Exception {
            Await.until("the log is written", () -> lines(text).size() == count);
            return lines(text);
        }

        private List<String> lines(String text) throws IOException {
            return Files.readAllLines(log).stream()
                    .filter(line -> line.contains(text))
                    .map(line -> line.replaceAll("\\[[^]]*]", "[]").replaceAll(" \\d+$", ""))
                    .toList();
        }

        @Override
        public void close() {
            server.after();
        }
    }
}
