package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The packed jar as a process of its own, started by {@code bin/quicsql} with the shipped {@code config.yml} on free
 * ports of this machine, with its data in a folder of the test. Ports and data outlive a restart. Requests may be sent by
 * any thread; start and stop by one.
 */
public final class PackedServer implements AutoCloseable {
    public static final String TOKEN = "dev-token";
    public static final String READER_TOKEN = "dev-reader";

    private static final Path BASE = Path.of(System.getProperty("quicsql.basedir"));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(20);

    /** What a JVM that SIGTERM ended in order exits with: 128 and the signal's number. */
    private static final int ENDED_BY_SIGTERM = 128 + 15;

    private final Jdk jdk;
    private final Path folder;
    private final Map<String, String> settings;
    private final List<String> wrapper;
    private final List<String> flags;
    private final int port;
    private final int adminPort;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Process process;

    private PackedServer(Jdk jdk, Path folder, Map<String, String> settings, List<String> wrapper, List<String> flags)
            throws IOException {
        this.jdk = jdk;
        this.folder = Files.createDirectories(folder);
        this.settings = Map.copyOf(settings);
        this.wrapper = List.copyOf(wrapper);
        this.flags = List.copyOf(flags);
        try (ServerSocket one = free();
                ServerSocket other = free()) {
            port = one.getLocalPort();
            adminPort = other.getLocalPort();
        }
    }

    /**
     * A server that answers.
     *
     * @param folder where its data and its log go
     * @param settings what differs from the shipped configuration, by dotted keys: {@code limits.lock_wait}
     */
    public static PackedServer start(Jdk jdk, Path folder, Map<String, String> settings) throws Exception {
        return start(jdk, folder, settings, List.of());
    }

    /** As {@link #start(Jdk, Path, Map)}, with more flags for the JVM. */
    public static PackedServer startWithFlags(Jdk jdk, Path folder, Map<String, String> settings, String... flags)
            throws Exception {
        return started(new PackedServer(jdk, folder, settings, List.of(), List.of(flags)));
    }

    /**
     * As {@link #start(Jdk, Path, Map)}, by way of a command that runs the words that follow it in its own process, as
     * {@code prlimit} and {@code strace -D} do.
     */
    public static PackedServer start(Jdk jdk, Path folder, Map<String, String> settings, List<String> wrapper)
            throws Exception {
        return started(new PackedServer(jdk, folder, settings, wrapper, List.of()));
    }

    private static PackedServer started(PackedServer server) throws Exception {
        try {
            server.start();
        } catch (Throwable failure) {
            if (server.process != null) {
                server.process.destroyForcibly();
            }
            throw failure;
        }
        return server;
    }

    /** The address that clients are given. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The process that serves now. */
    public long pid() {
        return process.pid();
    }

    /** Bytes that the heap holds after everything was thrown away that nobody refers to. */
    public long liveHeapBytes() throws Exception {
        String histogram = classHistogram();
        // The last line: "Total", instances, bytes.
        String[] total =
                histogram.substring(histogram.lastIndexOf("Total")).trim().split("\\s+");
        return Long.parseLong(total[2]);
    }

    /** How many objects of a class are left then. */
    public long liveObjects(String className) throws Exception {
        return classHistogram()
                .lines()
                // A number, instances, bytes, the class, and perhaps its module.
                .map(line -> line.trim().split("\\s+"))
                .filter(columns -> columns.length > 3 && columns[3].equals(className))
                .mapToLong(columns -> Long.parseLong(columns[1]))
                .sum();
    }

    private String classHistogram() throws Exception {
        Process jcmd = new ProcessBuilder(
                        jdk.home().resolve("bin/jcmd").toString(), Long.toString(process.pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(answer).isZero();
        return answer;
    }

    /** File descriptors that the process has open, sockets included. */
    public long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return files.count();
        }
    }

    /** The port that clients connect to. */
    public int port() {
        return port;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The folder of the database files. */
    public Path data() {
        return folder.resolve("data");
    }

    /** Starts the process again, on the same ports and the same data, and waits until it answers. */
    public void start() throws Exception {
        List<String> command = new ArrayList<>(wrapper);
        command.add(BASE.resolve("bin/quicsql").toString());
        command.add("server");
        command.add(BASE.resolve("config.yml").toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        Map<String, String> environment = builder.environment();
        environment.put("JAVA_HOME", jdk.home().toString());
        // The jar under test is the one that was just built.
        environment.put("QUICSQL_NO_BUILD", "yes");
        environment.put("QUICSQL_HOST", "127.0.0.1");
        environment.put("QUICSQL_PORT", Integer.toString(port));
        environment.put("QUICSQL_ADMIN_PORT", Integer.toString(adminPort));
        environment.put("QUICSQL_DATA", data().toString());
        environment.put(
                "QUICSQL_JAVA_OPTS",
                Stream.concat(
                                flags.stream(),
                                settings.entrySet().stream()
                                        .map(setting -> "-Ddw." + setting.getKey() + "=" + setting.getValue()))
                        .collect(Collectors.joining(" ")));
        process = builder.start();
        // Should this JVM be ended in the middle of a test.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        awaitAnswer();
    }

    /** Ends the process as a supervisor does, and checks that it ended in order. */
    public void stop() throws Exception {
        process.destroy();
        assertThat(process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS))
                .as("SIGTERM ends the server; its log:%n%s", logText())
                .isTrue();
        assertThat(process.exitValue())
                .as("exit status; the log:%n%s", logText())
                .isEqualTo(ENDED_BY_SIGTERM);
    }

    /** Ends the process without a chance to tidy up. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Everything that the server wrote since it was first started. */
    public String logText() {
        try {
            return Files.readString(log());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /**
     * Sends a body to a path and gives back the answer, whatever its status.
     *
     * @throws IOException there was none
     */
    public HttpResponse<String> post(String path, String token, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** The metrics of the admin port as Prometheus reads them. */
    public String metrics() throws IOException, InterruptedException {
        return admin("/prometheus").body();
    }

    /** The health check of the admin port, whatever its status. */
    public HttpResponse<String> health() throws IOException, InterruptedException {
        return admin("/healthcheck");
    }

    /** Runs a statement through {@code /app/query}; it must succeed. */
    public JsonNode query(String sql, Object... arguments) throws IOException, InterruptedException {
        String body = JSON.writeValueAsString(Map.of("sql", sql, "args", List.of(arguments)));
        HttpResponse<String> answer = post("/app/query", TOKEN, body);
        JsonNode result = JSON.readTree(answer.body());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(result.has("error")).as(answer.body()).isFalse();
        return result;
    }

    /** The one value of the one row of a query. */
    public JsonNode value(String sql) throws IOException, InterruptedException {
        return query(sql).at("/rows/0/0");
    }

    /** Stops the server if it runs. */
    @Override
    public void close() throws Exception {
        if (process.isAlive()) {
            try {
                stop();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Override
    public String toString() {
        return url() + " on " + jdk;
    }

    private void awaitAnswer() throws Exception {
        long deadline = System.nanoTime() + START.toNanos();
        while (!answers()) {
            assertThat(process.isAlive())
                    .as("the server runs; its log:%n%s", logText())
                    .isTrue();
            assertThat(System.nanoTime() - deadline)
                    .as("the server answers in %s; its log:%n%s", START, logText())
                    .isNegative();
            Thread.sleep(BETWEEN_QUESTIONS.toMillis());
        }
    }

    private boolean answers() throws InterruptedException {
        try {
            return post("/app/query", TOKEN, "{\"sql\":\"SELECT 1\"}").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private HttpResponse<String> admin(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + adminPort + path);
        return http.send(HttpRequest.newBuilder(uri).timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofString());
    }

    private Path log() {
        return folder.resolve("server.log");
    }

    private static ServerSocket free() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
