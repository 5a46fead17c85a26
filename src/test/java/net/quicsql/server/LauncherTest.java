package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.quicsql.testing.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which flags {@code bin/quicsql} gives to which Java: a JVM that does not know a flag does not start, and no machine has all of
 * them. Here Java is a script that says what it was given, and the jar an empty file.
 */
final class LauncherTest {
    private static final Path LAUNCHER =
            Path.of(System.getProperty("quicsql.basedir", System.getProperty("user.dir")), "bin", "quicsql");

    private static final String JAVA = """
            #!/bin/sh
            [ "$1" != -version ] || { echo 'openjdk version "%s" 2026-01-20' >&2; exit; }
            printf '%%s\\n' "$@"
            """;

    private static final Instant BUILT = Instant.parse("2026-01-20T12:00:00Z");

    private static final String TRIM = "-XX:TrimNativeHeapInterval=10000";

    @TempDir
    Path folder;

    private Path launcher;
    private Path jar;

    private record Outcome(int status, List<String> output, List<String> errors) {}

    @BeforeEach
    void unpackADistribution() throws IOException {
        folder = folder.toRealPath();
        launcher = Files.createDirectories(folder.resolve("app/bin")).resolve("quicsql");
        Files.copy(LAUNCHER, launcher, StandardCopyOption.COPY_ATTRIBUTES);
        jar = made("app/lib/quicsql.jar", BUILT);
    }

    // ---- All of them

    @Test
    void theFlagsHaveAnOrderInWhichYoursWin() throws Exception {
        assertThat(flags("17.0.12", Map.of("QUICSQL_JAVA_OPTS", "-Xms1g  -Dpattern=*")))
                .containsExactly(
                        "-Xms48m",
                        "-XX:MaxRAMPercentage=50",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:-UsePerfData",
                        "-Dfile.encoding=UTF-8",
                        TRIM,
                        "-XX:+UseSerialGC",
                        "-Xmn24m",
                        "-Xms1g",
                        "-Dpattern=*",
                        "-jar",
                        jar.toString(),
                        "server",
                        "a config.yml");
    }

    @Test
    void withoutACommandTheJarIsAskedNevertheless() throws Exception {
        assertThat(run(java("17.0.12"), Map.of()).output()).endsWith("-jar", jar.toString());
    }

    // ---- What only some Javas know

    @ParameterizedTest
    @ValueSource(
            strings = {
                "17.0.12",
                "17.0.15.1",
                "17.0.20",
                "21.0.4",
                "21.0.10",
                "23",
                "23.0.1",
                "24",
                "25",
                "25.0.3",
                "26-ea"
            })
    void freedMemoryIsGivenBackWhereTheFlagIsKnown(String version) throws Exception {
        assertThat(flags(version, Map.of())).contains(TRIM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "17",
                "17.0.9",
                "17.0.8.1",
                "17.0.11",
                "17.0.11.0.101",
                "17.0.8-ea",
                "17-internal",
                "18.0.2.1",
                "19",
                "20",
                "21",
                "21-ea",
                "21.0.3",
                "22",
                "22.0.2"
            })
    void anOlderJavaIsNotGivenThatFlag(String version) throws Exception {
        assertThat(flags(version, Map.of())).doesNotContain(TRIM).contains("-XX:+UseSerialGC");
    }

    /** Oracle keeps them apart from OpenJDK's, so their numbers tell nothing. */
    @ParameterizedTest
    @CsvSource({"17.0.12,false", "21.0.4,false", "23,true", "25.0.3,true"})
    void nothingIsSupposedOfOraclesOwn17And21(String version, boolean trims) throws Exception {
        Path home = java(version);
        Path release = home.resolve("release");
        Files.writeString(release, Files.readString(release).replace("Nobody", "Oracle Corporation"));

        assertThat(run(home, Map.of(), "server").output().contains(TRIM)).isEqualTo(trims);
    }

    @ParameterizedTest
    @CsvSource({"17.0.12,false", "21.0.4,false", "23,false", "24,true", "25,true"})
    void theWarningAboutUnsafeIsSilencedWhereItIsGiven(String version, boolean silenced) throws Exception {
        assertThat(flags(version, Map.of()).contains("--sun-misc-unsafe-memory-access=allow"))
                .isEqualTo(silenced);
    }

    // ---- The collector

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:+UseG1GC",
                "-Xmx1g -XX:+UseZGC -Dx=y",
                "-Xmx1g\n-XX:+UseParallelGC",
                "-XX:+UseSerialGC",
                "-XX:-UseSerialGC"
            })
    void yourCollectorTakesThePlaceOfOurs(String options) throws Exception {
        assertThat(flags("17.0.12", Map.of("QUICSQL_JAVA_OPTS", options)))
                .doesNotContain("-Xmn24m")
                .containsSequence(options.split("\\s+"))
                .filteredOn(flag -> flag.endsWith("SerialGC"))
                .hasSize(options.contains("SerialGC") ? 1 : 0);
    }

    /** Two of them, and the JVM does not start. */
    @ParameterizedTest
    @ValueSource(strings = {"JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"})
    void aCollectorInAVariableThatTheJvmReadsIsYoursToo(String variable) throws Exception {
        for (String flag : List.of("-XX:+UseG1GC", "'-XX:+UseG1GC'", "\"-XX:+UseG1GC\"")) {
            assertThat(flags("17.0.12", Map.of(variable, "-Dx=y " + flag)))
                    .as(flag)
                    .doesNotContain("-XX:+UseSerialGC", "-Xmn24m", "-XX:+UseG1GC");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xmn64m",
                "-XX:+UseNUMA -XX:ParallelGCThreads=2",
                "-XX:+UseStringDeduplication -Xlog:gc -XX:-UseG1GC",
                "-XX:+UseGCOverheadLimit",
                "-Dnote=-XX:+UseG1GC"
            })
    void whatOnlyLooksLikeACollectorLeavesOurs(String options) throws Exception {
        assertThat(flags("17.0.12", Map.of("QUICSQL_JAVA_OPTS", options)))
                .containsSequence("-XX:+UseSerialGC", "-Xmn24m", options.split(" ")[0]);
    }

    // ---- The class archive

    @ParameterizedTest
    @ValueSource(strings = {"17.0.12", "18", "21.0.4", "25"})
    void withoutAnArchiveThereIsNoneToRead(String version) throws Exception {
        assertThat(run(java(version), Map.of(), "check", "config.yml").output())
                .noneMatch(flag -> flag.contains("Archive") || flag.contains("AOT") || flag.startsWith("-Xlog"));
    }

    @ParameterizedTest
    @CsvSource({
        "17.0.11,-Xlog:cds*=off",
        "17.0.12,-Xlog:cds*=off",
        "21.0.3,-Xlog:cds*=off",
        "25,'-Xlog:cds*=off,aot*=off'"
    })
    void theArchiveOfThisVeryVersionIsRead(String version, String quiet) throws Exception {
        Path archive = made("app/lib/quicsql-" + version + ".jsa", BUILT.plusSeconds(1));
        made("app/lib/quicsql-17.0.1.jsa", BUILT.plusSeconds(1));

        assertThat(run(java(version), Map.of(), "check", "config.yml").output())
                .containsSequence("-XX:SharedArchiveFile=" + archive, quiet)
                .noneMatch(flag -> flag.contains("17.0.1.jsa"));
    }

    @ParameterizedTest
    @CsvSource({
        "20,-Xlog:cds*=off",
        "21.0.3,-Xlog:cds*=off",
        "22,-Xlog:cds*=off",
        "23,-Xlog:cds*=off",
        "25,'-Xlog:cds*=off,aot*=off'"
    })
    void aServerOnANewerJavaMakesAMissingArchive(String version, String quiet) throws Exception {
        assertThat(flags(version, Map.of()))
                .containsSequence(
                        "-XX:+AutoCreateSharedArchive",
                        "-XX:SharedArchiveFile=" + folder.resolve("app/lib/quicsql-" + version + ".jsa"),
                        quiet);
    }

    /** By itself the JVM writes one from 19 on only. */
    @ParameterizedTest
    @ValueSource(strings = {"17.0.12", "18"})
    void anOlderJavaMakesNone(String version) throws Exception {
        assertThat(flags(version, Map.of())).noneMatch(flag -> flag.contains("Archive"));
    }

    @Test
    void anArchiveThatIsOlderThanTheJarIsMadeAnew() throws Exception {
        Path old = made("app/lib/quicsql-20.jsa", BUILT.minusSeconds(1));

        assertThat(flags("20", Map.of())).contains("-XX:+AutoCreateSharedArchive");
        assertThat(old).doesNotExist();
    }

    @Test
    void theCacheOfJava25ComesBeforeAnArchive() throws Exception {
        made("app/lib/quicsql-25.jsa", BUILT.plusSeconds(1));
        Path cache = made("app/lib/quicsql-25.aot", BUILT.plusSeconds(1));

        assertThat(flags("25", Map.of()))
                .containsSequence("-XX:AOTCache=" + cache, "-Xlog:cds*=off,aot*=off")
                .noneMatch(flag -> flag.contains("Archive"));
    }

    @Test
    void aCacheThatIsOlderThanTheJarKeepsNoArchiveFromBeingMade() throws Exception {
        made("app/lib/quicsql-25.aot", BUILT.minusSeconds(1));

        assertThat(flags("25", Map.of()))
                .contains("-XX:+AutoCreateSharedArchive")
                .noneMatch(flag -> flag.contains("AOT"));
    }

    /** It would not start with the flag. */
    @Test
    void aCacheIsNothingForAnOlderJava() throws Exception {
        made("app/lib/quicsql-23.aot", BUILT.plusSeconds(1));

        assertThat(flags("23", Map.of())).noneMatch(flag -> flag.contains("AOT"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"17.0.12", "21.0.4", "25"})
    void theArchiveCanBeSwitchedOff(String version) throws Exception {
        made("app/lib/quicsql-" + version + ".jsa", BUILT.plusSeconds(1));
        made("app/lib/quicsql-" + version + ".aot", BUILT.plusSeconds(1));

        assertThat(flags(version, Map.of("QUICSQL_ARCHIVE", "off")))
                .noneMatch(flag -> flag.contains("Archive") || flag.contains("AOT") || flag.startsWith("-Xlog"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"17.0.12", "23"})
    void trainingWritesAnArchive(String version) throws Exception {
        assertThat(flags(version, Map.of("QUICSQL_ARCHIVE", "train")))
                .containsSequence(
                        "-XX:ArchiveClassesAtExit=" + folder.resolve("app/lib/quicsql-" + version + ".jsa"),
                        "-Xlog:cds*=off")
                .noneMatch(flag -> flag.contains("AOT"));
    }

    @Test
    void onJava25TrainingLeavesWhatTheCacheIsMadeOf() throws Exception {
        String training = "-XX:AOTConfiguration=" + folder.resolve("app/lib/quicsql-25.aot.training");

        assertThat(flags("25", Map.of("QUICSQL_ARCHIVE", "train")))
                .containsSequence("-XX:-AOTRecordTraining", "-XX:AOTMode=record", training)
                .noneMatch(flag -> flag.contains("Archive") || flag.contains("AOTCache"));
        assertThat(flags("25", Map.of("QUICSQL_ARCHIVE", "make")))
                .containsSequence(
                        "-XX:-AOTRecordTraining",
                        "-XX:AOTMode=create",
                        training,
                        "-XX:AOTCache=" + folder.resolve("app/lib/quicsql-25.aot"))
                .noneMatch(flag -> flag.contains("Archive"));
    }

    // ---- Which Java, and which jar

    @ParameterizedTest
    @ValueSource(strings = {"16", "11.0.22", "1.8.0_402"})
    void anOldJavaIsRefused(String version) throws Exception {
        Path home = java(version);

        assertThat(run(home, Map.of(), "check"))
                .isEqualTo(refusal("Java 17 or newer is needed, but " + home.resolve("bin/java") + " is " + version));
    }

    @Test
    void whatTellsNoVersionIsRefused() throws Exception {
        Path home = java("unknown");
        Files.delete(home.resolve("release"));

        assertThat(run(home, Map.of(), "check").errors())
                .singleElement()
                .asString()
                .startsWith("quicsql: Java 17 or newer is needed");
    }

    @ParameterizedTest
    @CsvSource({"17.0.11,false", "17.0.12,true", "17.0.4-ea,false", "21.0.4,true"})
    void aJavaWithoutAReleaseFileIsAskedForItsVersion(String version, boolean trims) throws Exception {
        Path home = java(version);
        Files.delete(home.resolve("release"));

        assertThat(run(home, Map.of(), "server").output().contains(TRIM)).isEqualTo(trims);
    }

    @Test
    void withoutAJavaHomeTheOneOnThePathIsTaken() throws Exception {
        Path link = Files.createDirectories(folder.resolve("usr/bin")).resolve("java");
        Files.createSymbolicLink(link, java("21.0.4").resolve("bin/java"));

        Outcome outcome = run(
                Map.of("PATH", link.getParent() + ":" + System.getenv("PATH"), "QUICSQL_ARCHIVE", "train"), "server");

        assertThat(outcome.output()).anyMatch(flag -> flag.endsWith("quicsql-21.0.4.jsa"));
    }

    @Test
    void aJavaHomeWithoutAJavaIsNamed() throws Exception {
        assertThat(run(folder, Map.of(), "check"))
                .isEqualTo(refusal(
                        "JAVA_HOME is " + folder + ", but there is no bin/java in it; Java 17 or newer is needed"));
    }

    @Test
    void aMissingJarIsNamed() throws Exception {
        Files.delete(jar);

        assertThat(run(java("17.0.12"), Map.of(), "check")).isEqualTo(refusal("there is no " + jar));
    }

    // ---- Help

    private List<String> flags(String version, Map<String, String> environment) throws Exception {
        Outcome outcome = run(java(version), environment, "server", "a config.yml");
        assertThat(outcome.errors()).isEmpty();
        assertThat(outcome.status()).isZero();
        return outcome.output();
    }

    private static Outcome refusal(String message) {
        return new Outcome(1, List.of(), List.of("quicsql: " + message));
    }

    private Outcome run(Path home, Map<String, String> environment, String... arguments) throws Exception {
        Map<String, String> all = new HashMap<>(environment);
        all.put("JAVA_HOME", home.toString());
        return run(all, arguments);
    }

    private Outcome run(Map<String, String> environment, String... arguments) throws Exception {
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
        builder.environment().keySet().retainAll(Set.of("PATH"));
        builder.environment().putAll(environment);
        int status = Programs.run(builder);
        return new Outcome(status, Files.readAllLines(output), Files.readAllLines(errors));
    }

    /** A Java of this version. */
    private Path java(String version) throws IOException {
        Path home = folder.resolve("java-" + version);
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, JAVA.formatted(version));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\nJAVA_VERSION_DATE=\"2026-01-20\"\n");
        return home;
    }

    private Path made(String name, Instant time) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
        return Files.setLastModifiedTime(file, FileTime.from(time));
    }
}
