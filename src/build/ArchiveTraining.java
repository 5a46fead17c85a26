import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes the class archive: starts the packed server once through its launcher on free ports and a temporary folder, sends
 * the requests below, and ends it, whereupon the JVM writes down every class it loaded (from Java 25 on, a second JVM makes the
 * cache from what the first has written). Run as a single source file by the
 * build and by the image; it needs nothing but the JDK.
 *
 * <p>The server works without the archive, only slower to start. So this program ends with status 0 whatever happens, and
 * says in one line what did. An answer that is not as expected counts as a failure, so that what is asked stays true.
 *
 * <p>Arguments: the launcher, and the folder that holds the jar and gets the archive.
 */
public final class ArchiveTraining {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(10);
    private static final Duration MAKE_PATIENCE = Duration.ofSeconds(120);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    /** The first Java whose ahead-of-time cache knows profiles of methods too. */
    private static final int AOT_JAVA = 25;

    private static final String APPLICATION = "application";
    private static final String ADMIN = "admin";
    private static final String TOKEN = "training-token";

    private static final String EXECUTE = execute("select id, v from t where id = ?1", "1");
    private static final String CLOSE = "{\"type\":\"close\"}";
    private static final String BATCH = "{\"steps\":[{\"stmt\":{\"sql\":\"select id, v from t where id = 1\"}},"
            + "{\"condition\":{\"type\":\"ok\",\"step\":0},\"stmt\":{\"sql\":\"select 2\"}}]}";

    /** Enough to reach the code behind "the second time is different": kept connections, filled pools. */
    private static final int ROUNDS = 3;

    /**
     * The server's settings while it is trained: the keys of the shipped ones, because each section that is read and each
     * database that is opened brings classes of its own, but ports that nobody else uses.
     */
    private static final String SETTINGS = """
            data_dir: data
            default_database: app
            databases:
              app:
                kind: file
            auth:
              principals:
                - name: training
                  # training-token
                  token_sha256: 2dcabd71447e058a9b42a59a56fd70402d3079fd8ddd8086a94106005f17aa8b
                  grants:
                    "*": admin
            server:
              applicationConnectors:
                - type: http
                  bindHost: 127.0.0.1
                  port: 0
                  idleTimeout: 120s
                  minRequestDataPerSecond: 16B
                  httpCompliance: RFC9110
              adminConnectors:
                - type: http
                  bindHost: 127.0.0.1
                  port: 0
              minThreads: 8
              maxThreads: 1024
              shutdownGracePeriod: 10s
              gzip:
                enabled: false
              requestLog:
                appenders: []
            logging:
              level: INFO
              loggers:
                io.dropwizard: WARN
                org.eclipse.jetty: WARN
              appenders:
                - type: console
                  target: stderr
                  timeZone: system
                  logFormat: "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{0}: %msg%n%rEx"
            """;

    /** What the server is asked: the requests whose classes should be there at once, with the statuses of their answers. */
    private static final List<Request> REQUESTS = List.of(
            new Request(APPLICATION, "GET", "/", "", 200),
            new Request(APPLICATION, "GET", "/health", "", 200),
            query("select 1"),
            query("create table if not exists t(id integer primary key, v)"),
            query("insert into t(v) values (?), (?), (?)", "\"text\", 1.5, null"),
            query("select id, v from t where id < ?", "4"),
            query("select no_such_column from t"),
            new Request(
                    APPLICATION,
                    "POST",
                    "/app/query",
                    "{\"statements\":[{\"sql\":\"insert into t(v) values (:v)\",\"args\":{\"v\":1}},"
                            + "{\"sql\":\"select count(*) from t\"}]}",
                    200),
            new Request(APPLICATION, "GET", "/app/v2", "", 200),
            new Request(APPLICATION, "GET", "/app/v3", "", 200),
            new Request(APPLICATION, "GET", "/app/v3-protobuf", "", 200),
            pipeline("v2", null, EXECUTE, CLOSE),
            pipeline(
                    "v3",
                    null,
                    "{\"type\":\"describe\",\"sql\":\"select id, v from t where id = ?\"}",
                    "{\"type\":\"sequence\",\"sql\":\"select 1; select 2\"}",
                    "{\"type\":\"store_sql\",\"sql_id\":1,\"sql\":\"select 1\"}",
                    "{\"type\":\"get_autocommit\"}",
                    "{\"type\":\"batch\",\"batch\":" + BATCH + "}",
                    CLOSE),
            new Request(APPLICATION, "POST", "/app/v3/cursor", "{\"baton\":null,\"batch\":" + BATCH + "}", 200),
            new Request(APPLICATION, "GET", "/app/dump", "", 200),
            new Request(ADMIN, "GET", "/healthcheck", "", 200),
            new Request(ADMIN, "GET", "/metrics", "", 200),
            new Request(ADMIN, "GET", "/prometheus", "", 200));

    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+) \\(admin (http://\\S+)\\)");
    private static final Pattern BATON = Pattern.compile("\"baton\":\"([^\"]+)\"");

    private record Request(String connector, String method, String path, String body, int status) {}

    private final Path launcher;
    private final Path folder;
    private final Deque<String> lastLines = new ArrayDeque<>();

    private ArchiveTraining(Path launcher, Path folder) {
        this.launcher = launcher;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws InterruptedException {
        ArchiveTraining training = new ArchiveTraining(
                Path.of(arguments[0]).toAbsolutePath(), Path.of(arguments[1]).toAbsolutePath());
        try {
            Path archive = training.run();
            System.out.printf("quicsql: class archive %s (%d MiB)%n", archive, Files.size(archive) >> 20);
        } catch (IOException | IllegalStateException failure) {
            System.out.println("quicsql: NO CLASS ARCHIVE, the server will start without it, only slower: " + failure);
            training.lastLines.forEach(line -> System.out.println("    " + line));
        }
    }

    private Path run() throws IOException, InterruptedException {
        for (Path stale : archives()) {
            Files.delete(stale);
        }
        Path work = Files.createTempDirectory("quicsql-training");
        try {
            Path settings = Files.writeString(work.resolve("config.yml"), SETTINGS);
            train(launch(work, "train", "server", settings.toString()));
            if (Runtime.version().feature() >= AOT_JAVA) {
                make(launch(work, "make"));
            }
        } finally {
            delete(work);
        }
        return archives().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the JVM wrote none when the server ended"));
    }

    private Process launch(Path work, String archive, String... arguments) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(launcher.toString()).directory(work.toFile()).redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("QUICSQL_ARCHIVE", archive);
        builder.environment().put("QUICSQL_NO_BUILD", "yes");
        builder.environment().remove("QUICSQL_JAVA_OPTS");
        return builder.start();
    }

    /** The second step of an ahead-of-time cache: a JVM that runs no program lays the classes out as they are linked. */
    private void make(Process maker) throws IOException, InterruptedException {
        boolean made = false;
        try {
            CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> readToEnd(maker));
            ended.get(MAKE_PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (maker.waitFor() != 0) {
                throw new IllegalStateException("the JVM that makes the cache ended with status " + maker.exitValue());
            }
            made = true;
        } catch (TimeoutException timeout) {
            throw new IllegalStateException("no cache was made within " + MAKE_PATIENCE.toSeconds() + " s");
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause().getMessage());
        } finally {
            maker.destroyForcibly();
            Files.deleteIfExists(folder.resolve(cacheName() + ".training"));
            if (!made) {
                // A part of one would keep the launcher from having another kind made.
                Files.deleteIfExists(folder.resolve(cacheName()));
            }
        }
    }

    private void readToEnd(Process process) {
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(this::remember);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void train(Process server) throws IOException, InterruptedException {
        try {
            Map<String, String> origins = ports(server).get(START_PATIENCE.toSeconds(), TimeUnit.SECONDS);
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(REQUEST_PATIENCE)
                    .build();
            for (int round = 0; round < ROUNDS; round++) {
                for (Request request : REQUESTS) {
                    send(client, origins, request);
                }
                transaction(client, origins);
            }
            socket(client, origins.get(APPLICATION));
            server.destroy();
            if (!server.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server did not stop within " + STOP_PATIENCE.toSeconds() + " s");
            }
        } catch (TimeoutException timeout) {
            throw new IllegalStateException("the server did not start within " + START_PATIENCE.toSeconds() + " s");
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause().getMessage());
        } finally {
            server.destroyForcibly();
        }
    }

    /** Reads the server's output to its end on a thread of its own; completed when it listens. */
    private CompletableFuture<Map<String, String>> ports(Process server) {
        CompletableFuture<Map<String, String>> result = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader lines = server.inputReader()) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            remember(line);
                            Matcher listening = LISTENING.matcher(line);
                            if (listening.find()) {
                                result.complete(Map.of(APPLICATION, listening.group(1), ADMIN, listening.group(2)));
                            }
                        }
                        result.completeExceptionally(new IOException("the server ended before it listened"));
                    } catch (IOException failure) {
                        result.completeExceptionally(failure);
                    }
                },
                "server-output");
        reader.setDaemon(true);
        reader.start();
        return result;
    }

    private synchronized void remember(String line) {
        lastLines.addLast(line);
        if (lastLines.size() > 20) {
            lastLines.removeFirst();
        }
    }

    private static String send(HttpClient client, Map<String, String> origins, Request request)
            throws IOException, InterruptedException {
        URI address = URI.create(origins.get(request.connector()) + request.path());
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(address).timeout(REQUEST_PATIENCE).header("Authorization", "Bearer " + TOKEN);
        if (request.body().isEmpty()) {
            builder.method(request.method(), HttpRequest.BodyPublishers.noBody());
        } else {
            builder.header("Content-Type", "application/json")
                    .method(request.method(), HttpRequest.BodyPublishers.ofString(request.body()));
        }
        HttpResponse<String> answer = client.send(builder.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != request.status()) {
            throw new IllegalStateException(
                    request.method() + " " + request.path() + " was answered " + answer.statusCode());
        }
        return answer.body();
    }

    /** A transaction of three requests, so that a stream parks and is found again. */
    private static void transaction(HttpClient client, Map<String, String> origins)
            throws IOException, InterruptedException {
        String begun = send(client, origins, pipeline("v2", null, execute("begin immediate", null)));
        String written =
                send(client, origins, pipeline("v2", baton(begun), execute("insert into t(v) values (?)", "2")));
        send(client, origins, pipeline("v2", baton(written), execute("commit", null), CLOSE));
    }

    private static String baton(String answer) {
        Matcher baton = BATON.matcher(answer);
        if (!baton.find()) {
            throw new IllegalStateException("an answer has no baton: " + answer);
        }
        return baton.group(1);
    }

    private static void socket(HttpClient client, String origin)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<String> messages = List.of(
                "{\"type\":\"hello\",\"jwt\":\"" + TOKEN + "\"}",
                "{\"type\":\"request\",\"request_id\":1,\"request\":{\"type\":\"open_stream\",\"stream_id\":1}}",
                "{\"type\":\"request\",\"request_id\":2,\"request\":{\"type\":\"execute\",\"stream_id\":1,"
                        + "\"stmt\":{\"sql\":\"select 1\"}}}",
                "{\"type\":\"request\",\"request_id\":3,\"request\":{\"type\":\"close_stream\",\"stream_id\":1}}");
        CountDownLatch answers = new CountDownLatch(messages.size());
        WebSocket socket = client.newWebSocketBuilder()
                .subprotocols("hrana3")
                .connectTimeout(REQUEST_PATIENCE)
                .buildAsync(URI.create(origin.replaceFirst("^http", "ws") + "/app/"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                        if (last) {
                            answers.countDown();
                        }
                        from.request(1);
                        return null;
                    }
                })
                .get(REQUEST_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        for (String message : messages) {
            socket.sendText(message, true).get(REQUEST_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        if (!answers.await(REQUEST_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("a WebSocket was not answered");
        }
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(REQUEST_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static Request query(String sql) {
        return query(sql, "");
    }

    private static Request query(String sql, String arguments) {
        String body = "{\"sql\":\"" + sql + "\",\"args\":[" + arguments + "]}";
        return new Request(APPLICATION, "POST", "/app/query", body, 200);
    }

    /** @param baton null for a new stream */
    private static Request pipeline(String version, String baton, String... requests) {
        String body = "{\"baton\":" + (baton == null ? "null" : "\"" + baton + "\"") + ",\"requests\":["
                + String.join(",", requests) + "]}";
        return new Request(APPLICATION, "POST", "/app/" + version + "/pipeline", body, 200);
    }

    /** @param argument an integer to bind; null for none */
    private static String execute(String sql, String argument) {
        String arguments = argument == null ? "" : "{\"type\":\"integer\",\"value\":\"" + argument + "\"}";
        return "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\",\"args\":[" + arguments + "]}}";
    }

    private List<Path> archives() throws IOException {
        Set<String> names = Set.of(cacheName(), baseName() + ".jsa");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> names.contains(file.getFileName().toString()))
                    .toList();
        }
    }

    private static String cacheName() {
        return baseName() + ".aot";
    }

    private static String baseName() {
        return "quicsql-"
                + Optional.ofNullable(System.getProperty("java.version")).orElse("");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
