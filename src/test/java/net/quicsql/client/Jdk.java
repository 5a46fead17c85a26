package net.quicsql.client;

import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A Java installation that a server can be started on. Immutable.
 *
 * @param home its folder
 * @param major the number of its release: 17
 */
public record Jdk(Path home, int major) {
    /** The release that the jar is compiled for. */
    private static final int OLDEST = 17;

    private static final Path DEBIAN = Path.of("/usr/lib/jvm");

    /** The one that runs the tests. */
    public static Jdk running() {
        return new Jdk(
                Path.of(System.getProperty("java.home")), Runtime.version().feature());
    }

    /** The running one, and every other one of this machine that a server can be started on, oldest first. */
    public static List<Jdk> all() throws IOException {
        Jdk running = running();
        return all(running, likelyHomes(running));
    }

    /** The running one, and those of these folders that hold another one, oldest first. */
    static List<Jdk> all(Jdk running, List<Path> homes) throws IOException {
        Map<Path, Jdk> found = new LinkedHashMap<>();
        found.put(running.home.toRealPath(), running);
        for (Path home : homes) {
            int major = majorOf(home);
            if (major >= OLDEST) {
                Path real = home.toRealPath();
                found.putIfAbsent(real, new Jdk(real, major));
            }
        }
        List<Jdk> jdks = new ArrayList<>(found.values());
        jdks.sort(Comparator.comparingInt(Jdk::major));
        return jdks;
    }

    @Override
    public String toString() {
        return "Java " + major + " in " + home;
    }

    private static List<Path> likelyHomes(Jdk running) throws IOException {
        List<Path> homes = new ArrayList<>();
        addFolders(homes, running.home.getParent());
        String javaHome = System.getenv("JAVA_HOME");
        if (javaHome != null && !javaHome.isEmpty()) {
            homes.add(Path.of(javaHome));
            addFolders(homes, Path.of(javaHome).toAbsolutePath().getParent());
        }
        addFolders(homes, DEBIAN);
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path java = Path.of(folder, "java");
            if (Files.isExecutable(java)) {
                Path bin = java.toRealPath().getParent();
                homes.add(bin.resolveSibling("."));
            }
        }
        return homes;
    }

    private static void addFolders(List<Path> homes, Path parent) throws IOException {
        if (parent != null && Files.isDirectory(parent)) {
            try (Stream<Path> folders = Files.list(parent)) {
                folders.filter(Files::isDirectory).sorted().forEach(homes::add);
            }
        }
    }

    /** The release's number as the installation's own file tells it; 0 for what is no Java installation. */
    private static int majorOf(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isRegularFile(release)) {
            return 0;
        }
        Properties facts = new Properties();
        facts.load(new StringReader(Files.readString(release)));
        String version = facts.getProperty("JAVA_VERSION", "").replace("\"", "");
        // "1.8.0_402" is too old whatever its second number is.
        String major = version.split("[^0-9]", 2)[0];
        return major.isEmpty() ? 0 : Integer.parseInt(major);
    }
}
