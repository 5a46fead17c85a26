package net.quicsql.json;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Values as JSON: one call writes 100 of a kind. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class JsonWriterBenchmark {
    private static final int VALUES = 100;

    private final JsonWriter json = new JsonWriter(1 << 20);
    private final byte[] name = utf8("customer number 17");
    private final byte[] plain = utf8("plain text, as most of it is: ".repeat(70));
    private final byte[] quoted = utf8("a \"quoted\" word\nand a line's end\\ ".repeat(60));
    private final byte[] greek = utf8("κείμενο σε άλλη γραφή ".repeat(50));
    private final byte[] blob = new byte[2_000];

    @Benchmark
    public int integers() {
        json.truncate(0);
        for (int i = 0; i < VALUES; i++) {
            json.integer(i * 1_234_567L);
        }
        return json.length();
    }

    @Benchmark
    public int reals() {
        json.truncate(0);
        for (int i = 0; i < VALUES; i++) {
            json.real(i / 7.0);
        }
        return json.length();
    }

    @Benchmark
    public int names() {
        return strings(name);
    }

    @Benchmark
    public int longPlainTexts() {
        return strings(plain);
    }

    @Benchmark
    public int longQuotedTexts() {
        return strings(quoted);
    }

    @Benchmark
    public int longGreekTexts() {
        return strings(greek);
    }

    @Benchmark
    public int blobs() {
        json.truncate(0);
        for (int i = 0; i < VALUES; i++) {
            json.base64(blob, JsonWriter.Padding.PADDED);
        }
        return json.length();
    }

    private int strings(byte[] text) {
        json.truncate(0);
        for (int i = 0; i < VALUES; i++) {
            json.string(text);
        }
        return json.length();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
