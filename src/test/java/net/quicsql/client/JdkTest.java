package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkTest {
    @TempDir
    Path folder;

    @Test
    void findsOlderAndNewerOnesThatAServerCanBeStartedOnAndEachOnce() throws Exception {
        Path eight = installation("eight", "1.8.0_402");
        Path eleven = installation("eleven", "11.0.2");
        Path seventeen = installation("seventeen", "17.0.15");
        Path running = installation("running", "21.0.1");
        Path newest = installation("newest", "25");
        Path link = Files.createSymbolicLink(folder.resolve("link"), seventeen);
        Path none = Files.createDirectory(folder.resolve("none"));

        List<Jdk> jdks = Jdk.all(new Jdk(running, 21), List.of(newest, running, link, seventeen, eleven, eight, none));

        assertThat(jdks).containsExactly(new Jdk(seventeen, 17), new Jdk(running, 21), new Jdk(newest, 25));
    }

    @Test
    void findsTheRunningOne() throws Exception {
        assertThat(Jdk.all())
                .contains(Jdk.running())
                .allSatisfy(jdk -> assertThat(jdk.major()).isGreaterThanOrEqualTo(17));
    }

    private Path installation(String name, String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name)).toRealPath();
        Path java = Files.createFile(Files.createDirectory(home.resolve("bin")).resolve("java"));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }
}
