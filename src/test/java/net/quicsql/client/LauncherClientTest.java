package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.quicsql.testing.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/quicsql} promises to the one who calls it, run from elsewhere, as a real process. */
@Tag("client")
final class LauncherClientTest {
    private static final Path LAUNCHER = Path.of(System.getProperty("quicsql.basedir"), "bin", "quicsql");
    private static final String SETTINGS = "server: {applicationConnectors: [{type: http, port: 0}]}\n";

    private static final Pattern LISTENING = Pattern.compile("listening on (http://[^ ]+)");

    @TempDir
    Path folder;

    private record Outcome(int status, String output, String errors) {}

    @BeforeEach
    void writeSettings() throws IOException {
        Files.writeString(folder.resolve("config.yml"), SETTINGS);
    }

    @Test
    void aRelativePathIsRelativeToTheCaller() throws Exception {
        assertThat(run(LAUNCHER, Map.of(), "check", "config.yml").status()).isZero();
        assertThat(run(LAUNCHER, Map.of(), "check", "missing.yml").status()).isNotZero();
    }

    @Test
    void worksThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("quicsql"), LAUNCHER);

        try {
            assertThat(run(link, Map.of(), "check", "config.yml").status()).isZero();
        } finally {
            Files.delete(link);
        }
    }

    @Test
    void anOldJavaIsRefusedInOneLine() throws Exception {
        Path java = Files.createDirectories(folder.resolve("old/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

        Outcome outcome =
                run(LAUNCHER, Map.of("JAVA_HOME", folder.resolve("old").toString()), "check", "config.yml");

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.errors().lines()).singleElement().asString().contains("Java 17", "1.8.0_402");
    }

    @Test
    void addsTheCallersFlagsLast() throws Exception {
        Map<String, String> flags = Map.of("QUICSQL_JAVA_OPTS", "-XX:+UseG1GC -Xms16m -XX:+PrintFlagsFinal");

        Outcome outcome = run(LAUNCHER, flags, "check", "config.yml");

        assertThat(outcome.status()).isZero();
        assertThat(outcome.output())
                .containsPattern("bool UseG1GC += true")
                .containsPattern("InitialHeapSize += 16777216 ");
    }

    @Test
    void aDistributionRunsItsJarAndNeverBuilds() throws Exception {
        Path launcher = Files.createDirectories(folder.resolve("app/bin")).resolve("quicsql");
        Files.copy(LAUNCHER, launcher, StandardCopyOption.COPY_ATTRIBUTES);

        assertThat(run(launcher, Map.of(), "check", "config.yml").errors()).contains("lib/quicsql.jar");

        Path jar = Files.createDirectories(folder.resolve("app/lib")).resolve("quicsql.jar");
        Files.copy(Path.of(System.getProperty("quicsql.jar")), jar);
        assertThat(run(launcher, Map.of(), "check", "config.yml").status()).isZero();
    }

    /** Before the training asked for SQL it was 425 classes of the jar that the first answer had to parse. */
    @Test
    void theArchiveHoldsNearlyAllThatTheFirstAnswerNeeds() throws Exception {
        Path classes = folder.resolve("classes");
        Files.writeString(folder.resolve("config.yml"), """
                default_database: app
                databases: {app: {kind: file}}
                server:
                  applicationConnectors: [{type: http, port: 0}]
                  adminConnectors: [{type: http, port: 0}]
                """);
        ProcessBuilder builder = new ProcessBuilder(LAUNCHER.toString(), "server", "config.yml")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("QUICSQL_NO_BUILD", "yes");
        builder.environment().put("QUICSQL_JAVA_OPTS", "-Xlog:class+load:file=" + classes);
        Process server = builder.start();
        try {
            HttpRequest query = HttpRequest.newBuilder(URI.create(address(server) + "/app/query"))
                    .timeout(Duration.ofSeconds(30))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"sql\":\"select 1\"}"))
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(query, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            server.destroy();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            server.destroyForcibly();
        }

        List<String> loaded = Files.readAllLines(classes);
        assertThat(loaded)
                .filteredOn(line -> line.contains("shared objects file"))
                .hasSizeGreaterThan(5000);
        // Stopping loads some more.
        assertThat(loaded).filteredOn(line -> line.contains("source: file:")).hasSizeLessThan(120);
    }

    /** Where a server says that it listens; fails where its output ends before. */
    private static String address(Process server) throws IOException {
        BufferedReader lines = server.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                return listening.group(1);
            }
        }
        throw new AssertionError("the server ended before it listened");
    }

    private Outcome run(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(launcher.toString())
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // The jar under test is the one that was just built.
        builder.environment().put("QUICSQL_NO_BUILD", "yes");
        builder.environment().putAll(environment);
        int status = Programs.run(builder);
        return new Outcome(status, Files.readString(output), Files.readString(errors));
    }
}
