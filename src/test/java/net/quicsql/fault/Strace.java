package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.quicsql.testing.Await;

/**
 * The tool strace, attached to a running process to make its system calls fail or to write them down; closing it lets the
 * process go on by itself. One thread at a time.
 *
 * <p>An injection's {@code when} counts for each thread of the process by itself.
 */
final class Strace implements AutoCloseable {
    private static final String MISSING =
            "This test needs strace (Debian's package strace), which could not be run on this machine.";
    private static final String REFUSED =
            "This test needs the right to trace a process of the same user (in a container: --cap-add SYS_PTRACE);"
                    + " strace said: ";

    private final Process process;
    private final long traced;
    private final Path log;

    private Strace(Process process, long traced, Path log) {
        this.process = process;
        this.traced = traced;
        this.log = log;
    }

    /** The words to start a command with so that its system calls on some files are written down from its first on. */
    static List<String> recorder(Path log, String calls, List<Path> files) {
        requireInstalled();
        // -D: the command is the child, strace watches from aside and ends with it. -A: a restart goes on in the same
        // log.
        List<String> words =
                new ArrayList<>(List.of("strace", "-D", "-f", "--seccomp-bpf", "-A", "-o", log.toString()));
        words.addAll(List.of("-qq", "-e", "signal=none", "-ttt", "-T", "-y", "-xx", "-s", "1000000"));
        words.addAll(List.of("-e", "trace=" + calls));
        files.forEach(file -> words.addAll(List.of("-P", file.toString())));
        return words;
    }

    /** Makes calls on some files fail, as {@code fsync:error=EIO}. */
    static Strace inject(long pid, Path folder, String injection, Path... files) throws Exception {
        String calls = injection.substring(0, injection.indexOf(':'));
        List<String> options = new ArrayList<>(List.of("-e", "trace=" + calls, "-e", "inject=" + injection));
        for (Path file : files) {
            options.addAll(List.of("-P", file.toString()));
        }
        return attach(pid, folder, options.toArray(new String[0]));
    }

    /** Writes down calls on one file. */
    static Strace record(long pid, Path folder, Path file, String calls) throws Exception {
        return attach(pid, folder, "-qq", "-ttt", "-T", "-y", "-xx", "-P", file.toString(), "-e", "trace=" + calls);
    }

    private static Strace attach(long pid, Path folder, String... options) throws Exception {
        requireInstalled();
        Path log = Files.createTempFile(folder, "strace", ".log");
        Path errors = Files.createTempFile(folder, "strace", ".err");
        List<String> words = new ArrayList<>(List.of("strace", "-f", "-e", "signal=none", "-o", log.toString()));
        words.addAll(List.of(options));
        words.addAll(List.of("-p", Long.toString(pid)));
        Process process =
                new ProcessBuilder(words).redirectError(errors.toFile()).start();
        Strace strace = new Strace(process, pid, log);
        Await.until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError(REFUSED + Files.readString(errors).strip());
            }
            return tracers(pid).allMatch(tracer -> tracer == process.pid());
        });
        return strace;
    }

    /** What was written down until now. */
    List<String> lines() throws IOException {
        return Files.readAllLines(log);
    }

    /** The same as events. */
    List<DiskEvent> events() throws IOException {
        return DiskTrace.read(log);
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("strace did not let go of process " + traced);
        }
        assertThat(ProcessHandle.of(traced).map(ProcessHandle::isAlive))
                .as("the traced process goes on")
                .contains(true);
    }

    /** Who traces each thread of a process; 0 for nobody. */
    static Stream<Long> tracers(long pid) {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.map(Strace::tracer).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long tracer(Path task) {
        try {
            return Files.readAllLines(task.resolve("status")).stream()
                    .filter(line -> line.startsWith("TracerPid:"))
                    .mapToLong(line ->
                            Long.parseLong(line.substring("TracerPid:".length()).strip()))
                    .findFirst()
                    .orElse(0);
        } catch (IOException threadEnded) {
            return 0;
        }
    }

    private static void requireInstalled() {
        try {
            Process version =
                    new ProcessBuilder("strace", "-V").redirectErrorStream(true).start();
            version.getInputStream().readAllBytes();
            version.waitFor();
        } catch (IOException notThere) {
            throw new AssertionError(MISSING, notThere);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
