package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples that users copy, run as they are told to run them. */
@Tag("client")
final class ExamplesClientTest {
    private static final Path RUN_ALL = Path.of(System.getProperty("quicsql.basedir"), "examples", "run-all.sh");

    @TempDir
    Path folder;

    private record Outcome(int status, String output) {}

    static Stream<Jdk> jdks() throws Exception {
        return Jdk.all().stream();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void printTheirBalances(Jdk jdk) throws Exception {
        Path python = PythonEnvironment.get().folder();
        try (PackedServer server = PackedServer.start(jdk, folder, Map.of())) {
            Outcome first = run(Map.of("QUICSQL_VENV", python.toString()), server.url(), PackedServer.TOKEN);

            assertThat(first.output().lines())
                    .as(first.output())
                    .containsExactly(
                            "OK python-libsql ada=70,bob=130,carol=100",
                            "OK python-sqlalchemy ada=70,bob=130",
                            "OK python-stdlib ada=70,bob=130");
            assertThat(first.status()).isZero();

            // A second run finds the tables and rows of the first.
            Outcome second = run(Map.of("QUICSQL_VENV", python.toString()), server.url(), PackedServer.TOKEN);
            assertThat(second).isEqualTo(first);

            Outcome refused = run(Map.of("QUICSQL_VENV", python.toString()), server.url(), "wrong");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.output()).doesNotContain("OK ").contains("authentication required");
        }
    }

    @Test
    void sayInOneLineThatPythonIsMissing() throws Exception {
        // The tools that the script itself needs, and no python3 among them.
        Path tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : List.of("sh", "dirname")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/bin", tool));
        }

        Outcome outcome = run(Map.of(
                "PATH", tools.toString(), "QUICSQL_VENV", folder.resolve("none").toString()));

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.output().lines()).singleElement().asString().contains("python3 is missing");
    }

    private Outcome run(Map<String, String> environment, String... arguments) throws Exception {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(RUN_ALL.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.command().addAll(List.of(arguments));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(output));
    }
}
