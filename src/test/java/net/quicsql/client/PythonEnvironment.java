package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Python with the packages that the examples and the tests pin, in a virtual environment under {@code target} that is made
 * once and kept
 * until the build is cleaned or a requirement changes. Without Python the tests fail: the clients are what the product is
 * for. Thread-safe.
 */
final class PythonEnvironment {
    private static final Path BASE = Path.of(System.getProperty("quicsql.basedir"));
    private static final Path FOLDER = BASE.resolve("target/python");
    private static final Path SCRIPTS = BASE.resolve("src/test/python");
    private static final Duration INSTALL = Duration.ofMinutes(5);
    private static final Duration SCRIPT = Duration.ofMinutes(5);

    private static PythonEnvironment instance;

    private PythonEnvironment() {}

    /** The environment, with everything installed. */
    static synchronized PythonEnvironment get() throws Exception {
        if (instance == null) {
            List<Path> requirements = requirements();
            StringBuilder wanted = new StringBuilder();
            for (Path file : requirements) {
                wanted.append(Files.readString(file));
            }
            Path stamp = FOLDER.resolve("installed");
            if (!Files.exists(stamp) || !Files.readString(stamp).contentEquals(wanted)) {
                install(requirements);
                Files.writeString(stamp, wanted);
            }
            instance = new PythonEnvironment();
        }
        return instance;
    }

    /** The virtual environment's folder. */
    Path folder() {
        return FOLDER;
    }

    /** Starts a script of {@code src/test/python} against a server; it ends by itself or fails the test. */
    Script start(PackedServer server, String token, String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                FOLDER.resolve("bin/python").toString(),
                "-B",
                SCRIPTS.resolve(name).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "QUICSQL_URL",
                        server.url(),
                        "QUICSQL_TOKEN",
                        token,
                        "QUICSQL_READER_TOKEN",
                        PackedServer.READER_TOKEN,
                        "PYTHONIOENCODING",
                        "utf-8"));
        return new Script(name, builder.start());
    }

    /** Runs a script of {@code src/test/python} to its end, which must be its line {@code OK}. */
    void run(PackedServer server, String token, String name, String... arguments) throws Exception {
        try (Script script = start(server, token, name, arguments)) {
            script.awaitSuccess();
        }
    }

    private static List<Path> requirements() throws IOException {
        try (Stream<Path> examples = Files.list(BASE.resolve("examples/clients"))) {
            return Stream.concat(examples, Stream.of(SCRIPTS))
                    .map(folder -> folder.resolve("requirements.txt"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    private static void install(List<Path> requirements) throws Exception {
        Files.createDirectories(FOLDER.getParent());
        command(
                "Python 3 with its module venv is needed to test the clients",
                List.of("python3", "-m", "venv", "--clear", FOLDER.toString()));
        List<String> pip = new ArrayList<>(
                List.of(FOLDER.resolve("bin/pip").toString(), "--disable-pip-version-check", "--quiet", "install"));
        for (Path file : requirements) {
            pip.addAll(List.of("-r", file.toString()));
        }
        command(
                "The client tests need the packages that requirements.txt of the examples and of src/test/python name",
                pip);
    }

    private static void command(String need, List<String> command) throws Exception {
        Path output = Files.createTempFile(FOLDER.getParent(), "python", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(INSTALL.toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(need + ", but " + command + (ended ? " failed:\n" : " took too long:\n")
                        + Files.readString(output));
            }
        } catch (IOException missing) {
            throw new AssertionError(need + ", but it cannot be started: " + missing.getMessage(), missing);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** A running script. One thread. */
    static final class Script implements AutoCloseable {
        private final String name;
        private final Process process;
        private final BufferedReader output;
        private final StringBuilder seen = new StringBuilder();

        private Script(String name, Process process) {
            this.name = name;
            this.process = process;
            this.output = process.inputReader(StandardCharsets.UTF_8);
            // A script that hangs is ended, and with it the wait for its next line.
            process.onExit()
                    .orTimeout(SCRIPT.toSeconds(), TimeUnit.SECONDS)
                    .exceptionally(late -> process.destroyForcibly());
        }

        /** Waits until the script says this line. */
        void awaitLine(String line) throws IOException {
            for (String next = output.readLine(); next != null; next = output.readLine()) {
                seen.append(next).append('\n');
                if (next.equals(line)) {
                    return;
                }
            }
            throw new AssertionError(name + " ended before it said " + line + ":\n" + seen);
        }

        /** Lets a script go on that waits for it. */
        void goOn() {
            try {
                OutputStream input = process.getOutputStream();
                input.write('\n');
                input.flush();
            } catch (IOException ended) {
                throw new UncheckedIOException(name + " no longer listens:\n" + seen, ended);
            }
        }

        /** Waits for the line {@code OK} with the script's name, and for its end. */
        void awaitSuccess() throws Exception {
            awaitLine("OK " + name.replace(".py", ""));
            assertThat(process.waitFor()).as("exit status of %s", name).isZero();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
