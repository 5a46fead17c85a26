package net.quicsql.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of {@code examples/clients}: a program that users copy, and its script {@code run}. Immutable.
 *
 * @param folder where it lives
 */
record ClientExample(Path folder) {
    /** All of them. */
    static final Path FOLDERS = Path.of(System.getProperty("quicsql.basedir"), "examples", "clients");

    /** The first run may have to fetch and compile what the client needs. */
    private static final Duration RUN = Duration.ofMinutes(8);

    /** How a run ended, and what it said. */
    record Outcome(int status, String output, String errors) {
        /** The last line of the standard output; empty where there is none. */
        String lastLine() {
            List<String> lines = output.lines().toList();
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        }
    }

    static List<ClientExample> all() throws IOException {
        try (Stream<Path> folders = Files.list(FOLDERS)) {
            return folders.filter(Files::isDirectory)
                    .sorted()
                    .map(ClientExample::new)
                    .toList();
        }
    }

    String name() {
        return folder.getFileName().toString();
    }

    Path script() {
        return folder.resolve("run");
    }

    /** The one form of the line that says that all is well. */
    Pattern success() {
        return Pattern.compile("OK " + Pattern.quote(name()) + ", \\S.* v?\\d\\S*: [1-9]\\d* checks passed");
    }

    /** Runs the script from another folder, as a user may. */
    Outcome run(Path from, Map<String, String> environment) throws Exception {
        return command(List.of(script().toString()), from, environment);
    }

    /** Runs a command to its end; its environment is exactly this one. */
    static Outcome command(List<String> command, Path from, Map<String, String> environment) throws Exception {
        Path output = Files.createTempFile("quicsql", ".out");
        Path errors = Files.createTempFile("quicsql", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(from.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(RUN.toSeconds(), TimeUnit.SECONDS);
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            Outcome outcome = new Outcome(process.exitValue(), Files.readString(output), Files.readString(errors));
            if (!ended) {
                throw new AssertionError(command + " did not end within " + RUN + ": " + outcome);
            }
            return outcome;
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
