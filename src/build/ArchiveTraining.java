import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes the class archive: starts the packed server once through its launcher on free ports and a temporary folder, sends
 * the requests below, and ends it, whereupon the JVM writes down every class it loaded. Run as a single source file by the
 * build and by the image; it needs nothing but the JDK.
 *
 * <p>The server works without the archive, only slower to start. So this program ends with status 0 whatever happens, and
 * says in one line what did.
 *
 * <p>Arguments: the launcher, and the folder that holds the jar and gets the archive.
 */
public final class ArchiveTraining {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(10);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    /** Enough to reach the code behind "the second time is different": kept connections, filled pools. */
    private static final int ROUNDS = 3;

    /** The server's settings while it is trained: like a real one's, but ports that nobody else uses. */
    private static final String SETTINGS = """
            server:
              applicationConnectors:
                - type: http
                  bindHost: 127.0.0.1
                  port: 0
              adminConnectors:
                - type: http
                  bindHost: 127.0.0.1
                  port: 0
            """;

    /** What the server is asked: the requests whose classes should be there at once. An error status is an answer too. */
    private static final List<Request> REQUESTS = List.of(
            new Request("application", "GET", "/", ""),
            new Request("admin", "GET", "/healthcheck", ""),
            new Request("admin", "GET", "/metrics", ""));

    private static final Pattern STARTED = Pattern.compile("Started (application|admin)@.*\\{[^{}]*:(\\d+)}");

    private record Request(String connector, String method, String path, String body) {}

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
            ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "server", settings.toString())
                    .directory(work.toFile())
                    .redirectErrorStream(true);
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("QUICSQL_ARCHIVE", "train");
            builder.environment().put("QUICSQL_NO_BUILD", "yes");
            builder.environment().remove("QUICSQL_JAVA_OPTS");
            train(builder.start());
        } finally {
            delete(work);
        }
        return archives().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the JVM wrote none when the server ended"));
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
                    send(client, origins.get(request.connector()), request);
                }
            }
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

    /** Reads the server's output to its end on a thread of its own; completed when both connectors have said their port. */
    private CompletableFuture<Map<String, String>> ports(Process server) {
        CompletableFuture<Map<String, String>> result = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    Map<String, String> origins = new HashMap<>();
                    try (BufferedReader lines = server.inputReader()) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            remember(line);
                            Matcher started = STARTED.matcher(line);
                            if (started.find()) {
                                origins.put(started.group(1), "http://127.0.0.1:" + started.group(2));
                            }
                            if (origins.size() == 2) {
                                result.complete(origins);
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

    private static void send(HttpClient client, String origin, Request request)
            throws IOException, InterruptedException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(origin + request.path()))
                .timeout(REQUEST_PATIENCE)
                .header("Authorization", "Bearer dev-token");
        if (request.body().isEmpty()) {
            builder.method(request.method(), HttpRequest.BodyPublishers.noBody());
        } else {
            builder.header("Content-Type", "application/json")
                    .method(request.method(), HttpRequest.BodyPublishers.ofString(request.body()));
        }
        client.send(builder.build(), HttpResponse.BodyHandlers.discarding());
    }

    private List<Path> archives() throws IOException {
        String version = Optional.ofNullable(System.getProperty("java.version")).orElse("");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().equals("quicsql-" + version + ".jsa"))
                    .toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
