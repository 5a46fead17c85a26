package net.quicsql.query;

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

/** Bodies of {@code /query}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class QueryDecoderBenchmark {
    private static final String SELECT =
            "{\"sql\":\"SELECT id, name, balance FROM customers WHERE id = ?\",\"args\":[4711]}";
    private static final String INSERT =
            "{\"sql\":\"INSERT INTO events(at, kind, payload) VALUES(?, ?, ?)\",\"args\":[1700000000000,3,\"some text\"]}";

    private final QueryDecoder decoder = new QueryDecoder(new JsonInput(1 << 20));
    private final byte[] pointSelect = SELECT.getBytes(StandardCharsets.UTF_8);
    private final byte[] batchOf100 = ("{\"statements\":[" + String.join(",", Collections.nCopies(100, INSERT)) + "]}")
            .getBytes(StandardCharsets.UTF_8);

    @Benchmark
    public Object pointSelect() {
        return decoder.decode(pointSelect);
    }

    @Benchmark
    public Object batchOf100() {
        return decoder.decode(batchOf100);
    }
}
