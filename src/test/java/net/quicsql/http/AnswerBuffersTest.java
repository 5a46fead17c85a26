package net.quicsql.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import net.quicsql.json.JsonWriter;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.limits.MemoryShare;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerBuffersTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private final MemoryBudget memory = new MemoryBudget(3L * MIB);

    @Test
    void keepsASmallAnswerInMemoryWithoutAskingForIt() throws IOException {
        AnswerBuffers buffers = new AnswerBuffers(memory, directory.resolve("missing"));
        try (JsonWriter json = buffers.newWriter()) {
            for (int i = 0; i < 60; i++) {
                json.string("x".repeat(1000).getBytes(StandardCharsets.UTF_8));
            }
            assertThat(memory.held()).isZero();
            assertThat(json.handedOver()).isZero();
            assertThat(text(json)).hasSize(60 * 1002);
        }
    }

    /** Whatever is written and cut back, with and without memory to be had: the text is that of a plain writer. */
    @Test
    void writesWhatAPlainWriterWrites() throws IOException {
        Random random = new Random(20);
        for (int round = 0; round < 40; round++) {
            try (MemoryShare others = memory.share();
                    JsonWriter json = new AnswerBuffers(memory, directory).newWriter()) {
                // Then no buffer may grow, and no value is long enough to be counted.
                boolean little = round % 2 == 0;
                if (little) {
                    others.take(3L * MIB - 100_000);
                }
                JsonWriter plain = new JsonWriter();
                int mark = 0;
                for (int i = 0; i < 60; i++) {
                    byte[] value = value(random, little ? 60_000 : 400_000);
                    switch (random.nextInt(6)) {
                        case 0 -> both(json, plain, j -> j.base64(value, JsonWriter.Padding.PADDED));
                        case 1 -> both(json, plain, j -> j.base64(value, JsonWriter.Padding.UNPADDED));
                        case 2 -> both(json, plain, j -> j.string(new String(value, StandardCharsets.ISO_8859_1)));
                        case 3 -> both(json, plain, j -> j.integer(value.length).raw(value));
                        case 4 -> {
                            int to = mark;
                            both(json, plain, j -> j.truncate(to));
                        }
                        default -> both(json, plain, j -> j.string(value));
                    }
                    if (random.nextInt(3) == 0) {
                        mark = json.length();
                    }
                    assertThat(json.length()).isEqualTo(plain.length());
                }
                assertThat(text(json)).isEqualTo(text(plain));
            }
            assertThat(memory.held()).isZero();
        }
    }

    @Test
    void takesNoMoreThanAMebibyteForALargeAnswer() throws IOException {
        JsonWriter json = new AnswerBuffers(memory, directory).newWriter();
        byte[] value = new byte[MIB];
        Arrays.fill(value, (byte) 1);
        for (int i = 0; i < 8; i++) {
            // Six bytes each when escaped.
            json.string(value);
        }
        assertThat(json.length()).isEqualTo(8 * (6 * MIB + 2));
        assertThat(memory.held()).isLessThanOrEqualTo(MIB);
        assertThat(text(json)).hasSize(json.length());
        assertThat(files()).isZero();
        json.close();
        json.close();
        assertThat(memory.held()).isZero();
    }

    @Test
    void countsAValueWhileItIsWritten() {
        try (JsonWriter json = new AnswerBuffers(memory, directory).newWriter()) {
            json.raw('[');
            assertProblem(() -> json.string(new byte[3 * MIB + 1]));
            assertProblem(() -> json.base64(new byte[3 * MIB + 1], JsonWriter.Padding.PADDED));
            assertThat(json.length()).isEqualTo(1);
            json.string(new byte[MIB]);
        }
        assertThat(memory.held()).isZero();
    }

    @Test
    void saysThatTheDiskHasNoRoom() {
        try (JsonWriter json = new AnswerBuffers(memory, directory.resolve("missing")).newWriter()) {
            assertProblem(() -> json.string(new byte[MIB]));
        }
        assertThat(memory.held()).isZero();
    }

    @Test
    void passesOnWhatIsStreamed() throws IOException {
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        try (JsonWriter json = new AnswerBuffers(memory, directory.resolve("missing")).newWriter(passed::write)) {
            json.string(new byte[MIB]);
            assertThat(json.handedOver()).isEqualTo(passed.size()).isGreaterThan(5 * MIB);
            json.writeTo(passed);
            assertThat(passed.size()).isEqualTo(json.length()).isEqualTo(6 * MIB + 2);
            json.truncate(0);
            assertThat(json.length()).isZero();
        }
        assertThat(memory.held()).isZero();
    }

    private interface Change {
        void apply(JsonWriter json);
    }

    private static void both(JsonWriter one, JsonWriter other, Change change) {
        change.apply(one);
        change.apply(other);
    }

    private static byte[] value(Random random, int longest) {
        byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(longest) : random.nextInt(40_000)];
        if (random.nextBoolean()) {
            random.nextBytes(value);
        } else {
            Arrays.fill(value, (byte) 'x');
        }
        return value;
    }

    private static String text(JsonWriter json) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        json.writeTo(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }

    private static void assertProblem(Runnable write) {
        assertThatThrownBy(write::run)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.OVERLOADED));
    }
}
