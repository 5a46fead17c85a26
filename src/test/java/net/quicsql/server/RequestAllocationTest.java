package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.quicsql.server.RequestAllocation.Measured;
import net.quicsql.testing.Allocation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a request may allocate from the first byte of its head to the last of its answer. Measured in bytes, so a slow or busy
 * machine changes nothing, and on one thread: over a socket Jetty hands a request from thread to thread, and which of them
 * has allocated what when its bytes are counted is a matter of luck.
 *
 * <p>The JVM that measures is a process of its own, with flags by which its figures are the same within a hundredth each time.
 * So a budget is what was measured on JDK 25, up to a fortieth more than on JDK 17, and no more than a twentieth on top:
 * hashing the token once more is 640 bytes, and seen by the smaller ones. Who makes a request cheaper lowers it, and who must raise it says why.
 */
class RequestAllocationTest {
    /** Its text, an array of 24 bytes; and room for its share of the buffers. */
    private static final long CURSOR_ROW = 30;

    @TempDir
    static Path folder;

    private static final Map<Measured, Long> BYTES = new EnumMap<>(Measured.class);

    @BeforeAll
    static void measure() throws Exception {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Allocation.SETTLED);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(RequestAllocation.class.getName(), folder.toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        // With another collector, as ZGC, references may be twice as long.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        for (String line : Files.readAllLines(folder.resolve(RequestAllocation.FIGURES))) {
            String[] parts = line.split(" ", 2);
            BYTES.put(Measured.valueOf(parts[0]), Long.valueOf(parts[1]));
        }
    }

    /**
     * About 5,000 bytes of each are what stands around the handlers: 2,750 that bare Jetty takes to read the same request
     * and send the same answer, 640 for the hash of the token, and the rest for headers, admission, metrics and bodies. The
     * pipeline's answer comes in parts, which are joined.
     */
    @ParameterizedTest
    @CsvSource(delimiter = ':', textBlock = """
            # Behind the door 2,250, of which a kilobyte or more is the JSON parser and its set of names
            QUERY_POINT_SELECT    :  7700
            # 3,150
            QUERY_INSERT          :  8600
            # 7,750: of each row its text, and the answer's buffer while it doubles
            QUERY_100_ROWS        : 13300
            # 4,000, and the answer once more
            PIPELINE_POINT_SELECT : 10050
            # 4,900
            PIPELINE_INSERT       : 10800
            # 38,200, most of it the answer's buffer while it doubles, and 10,400 for the answer once more
            PIPELINE_100_ROWS     : 56000
            # 10,500: the rows are kept until they are sent
            CURSOR_10_ROWS        : 16400
            """)
    void aRequestStaysWithinItsBudget(Measured request, long budget) {
        assertThat(BYTES.get(request)).isLessThanOrEqualTo(budget);
    }

    /** However many rows there are: nothing of a row is left when the next one comes. */
    @Test
    void aRowByCursorStaysWithinItsBudget() {
        long rows = BYTES.get(Measured.CURSOR_2000_ROWS) - BYTES.get(Measured.CURSOR_1000_ROWS);

        assertThat(rows).isLessThanOrEqualTo(CURSOR_ROW * 1_000);
    }
}
