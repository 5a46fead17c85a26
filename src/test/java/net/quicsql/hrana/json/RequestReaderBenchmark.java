package net.quicsql.hrana.json;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import net.quicsql.json.JsonInput;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Bodies of pipelines in JSON. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RequestReaderBenchmark {
    private static final String SELECT = "{\"sql\":\"SELECT id, name, balance FROM customers WHERE id = ?\","
            + "\"args\":[{\"type\":\"integer\",\"value\":\"4711\"}],\"want_rows\":true}";
    private static final String INSERT = "{\"stmt\":{\"sql\":\"INSERT INTO events(at, kind, payload) VALUES(?, ?, ?)\","
            + "\"args\":[{\"type\":\"integer\",\"value\":\"1700000000000\"},{\"type\":\"float\",\"value\":3.5},"
            + "{\"type\":\"text\",\"value\":\"some text\"}]}}";

    private final RequestReader reader = new RequestReader(new JsonInput(1 << 20));
    private final byte[] pointSelect =
            utf8("{\"baton\":null,\"requests\":[{\"type\":\"execute\",\"stmt\":" + SELECT + "},{\"type\":\"close\"}]}");
    private final byte[] batchOf100 = utf8("{\"requests\":[{\"type\":\"batch\",\"batch\":{\"steps\":["
            + String.join(",", Collections.nCopies(100, INSERT)) + "]}}]}");

    @Benchmark
    public Object pointSelect() {
        return reader.pipeline(pointSelect);
    }

    @Benchmark
    public Object batchOf100() {
        return reader.pipeline(batchOf100);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
