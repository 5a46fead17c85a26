package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.quicsql.client.ClientExample.Outcome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples that users copy, one for each client, run as users are told to run them. */
@Tag("client")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ClientMatrixClientTest {
    private static final Path BASE = Path.of(System.getProperty("quicsql.basedir"));

    /** What every system has; the tools that an example must ask for are not among them. */
    private static final List<String> EVERYWHERE =
            List.of(("awk basename cat chmod cmp cp cut date dirname env expr false"
                            + " find grep head id ln ls mkdir mktemp mv od printf readlink rm sed sh sleep sort tail tee test touch"
                            + " tr true uname uniq wc xargs")
                    .split(" "));

    /** How a client may say that its token was refused. */
    private static final Pattern REFUSED = Pattern.compile(
            "authentication required|UNAUTHENTICATED|unauthori[sz]ed|\\b401\\b", Pattern.CASE_INSENSITIVE);

    @TempDir
    static Path folder;

    /** The lines of the first run, in the order of the examples. */
    private static final Map<String, String> LINES = new TreeMap<>();

    private static Path elsewhere;
    private static PackedServer server;

    @BeforeAll
    static void startServer() throws Exception {
        PythonEnvironment.get();
        elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        server = PackedServer.start(Jdk.running(), folder.resolve("server"), Map.of());
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server != null) {
            stopInOrder();
        }
    }

    static List<ClientExample> examples() throws IOException {
        return ClientExample.all();
    }

    @Order(1)
    @ParameterizedTest
    @MethodSource("examples")
    void passesItsChecks(ClientExample example) throws Exception {
        Map<Path, String> files = files();

        Outcome outcome = example.run(elsewhere, environment(PackedServer.TOKEN));

        assertThat(outcome.status()).as("%s: %s", example, outcome).isZero();
        assertThat(outcome.lastLine()).as("%s: %s", example, outcome).matches(example.success());
        // For whoever runs the build: which clients, in which versions.
        System.out.println(outcome.lastLine());
        LINES.put(example.name(), outcome.lastLine());
        assertThat(files()).as("files that git does not ignore").containsExactlyEntriesOf(files);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Order(2)
    @ParameterizedTest
    @MethodSource("examples")
    void saysThatItsTokenIsWrong(ClientExample example) throws Exception {
        Outcome outcome = example.run(elsewhere, environment("wrong"));

        assertThat(outcome.status()).as("%s: %s", example, outcome).isEqualTo(1);
        assertThat(outcome.output()).as(example.name()).doesNotContain("OK ");
        assertThat(outcome.output() + outcome.errors()).as(example.name()).containsPattern(REFUSED);
    }

    @Order(2)
    @ParameterizedTest
    @MethodSource("examples")
    void namesAToolThatIsMissing(ClientExample example) throws Exception {
        Path tools = toolsOfEverySystem("tools-" + example.name());
        Path called = folder.resolve("called-" + example.name());
        Pattern missing = Pattern.compile(
                Pattern.quote(example.name()) + ": (\\S+) is missing \\(Debian: ([^,)\n]+)[^)\n]*\\)\n");
        Map<String, String> environment = environment(tools);
        String gate = Files.readString(BASE.resolve(".ci/run"));
        Set<String> named = new TreeSet<>();

        Outcome outcome = example.run(elsewhere, environment);
        Matcher message = missing.matcher(outcome.errors());
        while (message.matches()) {
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.output()).isEmpty();
            assertThat(named.add(message.group(1))).as(outcome.errors()).isTrue();
            assertThat(gate.split("\\s+"))
                    .as("what .ci/run installs")
                    .contains(message.group(1) + ":" + message.group(2));
            assertThat(called).as("no tool is run before all are found").doesNotExist();
            // The next run finds a tool of this name, which does nothing but fail.
            writeTool(tools.resolve(message.group(1)), ": >" + called + "; exit 1");
            outcome = example.run(elsewhere, environment);
            message = missing.matcher(outcome.errors());
        }

        assertThat(named).as("%s: %s", example, outcome).isNotEmpty();
        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.output()).doesNotContain("OK ");
    }

    @Order(2)
    @ParameterizedTest
    @MethodSource("examples")
    void namesAToolThatIsTooOld(ClientExample example) throws Exception {
        Path tools = toolsOfEverySystem("old-tools-" + example.name());
        for (String tool : installedTools()) {
            writeTool(tools.resolve(tool), "echo 'tool version 0.9.1'; exit 1");
        }
        Pattern old = Pattern.compile(
                Pattern.quote(example.name()) + ": (\\S+) (\\d[.\\d]*) or newer is needed, found 0\\.9\\.1\n");
        String told = Files.readAllLines(BASE.resolve("CONTRIBUTING.md")).stream()
                .filter(line -> line.startsWith("| clients |"))
                .findFirst()
                .orElseThrow();
        Set<String> named = new TreeSet<>();

        Outcome outcome = example.run(elsewhere, environment(tools));
        Matcher message = old.matcher(outcome.errors());
        while (message.matches()) {
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.output()).isEmpty();
            assertThat(named.add(message.group(1))).as(outcome.errors()).isTrue();
            assertThat(told).as("what is said to be needed").containsPattern(" " + message.group(2) + "[ ;]");
            writeTool(tools.resolve(message.group(1)), "echo 'tool version 99.9'; exit 1");
            outcome = example.run(elsewhere, environment(tools));
            message = old.matcher(outcome.errors());
        }

        // Any curl will do.
        assertThat(named.isEmpty())
                .as("%s: %s", example, outcome)
                .isEqualTo(example.name().equals("curl"));
        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.output()).doesNotContain("OK ");
    }

    @Order(3)
    @Test
    void allRunOnceMoreOnTheTablesOfTheFirstRunAndOnTheNewestJava() throws Exception {
        List<Jdk> jdks = Jdk.all();
        stopInOrder();
        server = PackedServer.start(jdks.get(jdks.size() - 1), folder.resolve("server"), Map.of());

        Outcome outcome = ClientExample.command(
                List.of(
                        ClientExample.FOLDERS.resolveSibling("run-all.sh").toString(),
                        server.url(),
                        PackedServer.TOKEN),
                elsewhere,
                environment("wrong"));

        assertThat(outcome.status()).as("%s", outcome).isZero();
        assertThat(outcome.output().lines()).hasSameSizeAs(examples());
        assertThat(outcome.output().lines()).containsAll(LINES.values());
    }

    /** A folder with nothing but what every system has, for PATH. */
    private static Path toolsOfEverySystem(String name) throws IOException {
        Path tools = Files.createDirectory(folder.resolve(name));
        for (String tool : EVERYWHERE) {
            Path program = Stream.of("/usr/bin", "/bin")
                    .map(bin -> Path.of(bin, tool))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            writeTool(tools.resolve(tool), "exec " + program + " \"$@\"");
        }
        return tools;
    }

    /** The commands that the gate installs where they are missing. */
    private static List<String> installedTools() throws IOException {
        List<String> tools = Files.readAllLines(BASE.resolve(".ci/run")).stream()
                .dropWhile(line -> !line.equals("tools=("))
                .skip(1)
                .takeWhile(line -> !line.equals(")"))
                .flatMap(line -> Stream.of(line.strip().split(" ")))
                .map(tool -> tool.split(":")[0])
                .toList();
        assertThat(tools).contains("go", "cargo", "node");
        return tools;
    }

    private static Map<String, String> environment(Path tools) {
        return Map.of(
                "PATH", tools.toString(),
                "HOME", elsewhere.toString(),
                "QUICSQL_URL", server.url(),
                "QUICSQL_VENV", folder.resolve("no-venv").toString());
    }

    private static void writeTool(Path file, String commands) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + commands + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void stopInOrder() throws Exception {
        server.close();
        // Whatever clients do wrong is theirs; an error in the log is ours.
        assertThat(server.logText().lines().filter(line -> line.contains(" ERROR ")))
                .isEmpty();
        // Closed in order, a database is one file.
        assertThat(server.data().resolve("app.db")).exists();
        assertThat(server.data().resolve("app.db-wal")).doesNotExist();
    }

    private static Map<String, String> environment(String token) throws Exception {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("QUICSQL_URL", server.url());
        environment.put("QUICSQL_TOKEN", token);
        environment.put("QUICSQL_VENV", PythonEnvironment.get().folder().toString());
        environment.remove("QUICSQL_DATABASE");
        return environment;
    }

    /** Every file of the examples that git would see, with what a change of it changes. */
    private static Map<Path, String> files() throws IOException {
        Set<String> ignored = Files.readAllLines(BASE.resolve(".gitignore")).stream()
                .filter(line -> line.endsWith("/"))
                .map(line -> line.replace("/", ""))
                .collect(Collectors.toSet());
        Map<Path, String> files = new LinkedHashMap<>();
        try (Stream<Path> all = Files.walk(ClientExample.FOLDERS)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile).sorted()::iterator) {
                Path relative = ClientExample.FOLDERS.relativize(file);
                if (Stream.of(relative.toString().split("/")).noneMatch(ignored::contains)) {
                    files.put(relative, Files.size(file) + " bytes, " + Files.getLastModifiedTime(file));
                }
            }
        }
        return files;
    }
}
