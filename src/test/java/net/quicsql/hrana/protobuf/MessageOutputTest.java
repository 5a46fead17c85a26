package net.quicsql.hrana.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.Buffers;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageOutputTest {
    @TempDir
    Path directory;

    /** Trees of messages, with leaves of every size, written and wrapped in one go beside what the library makes of them. */
    @ParameterizedTest
    @ValueSource(longs = {200_000, 1_300_000, 1L << 30})
    void writesWhatTheLibraryWrites(long budget) throws IOException {
        Random random = new Random(budget);
        MemoryBudget memory = new MemoryBudget(budget);
        AnswerBuffers buffers = new AnswerBuffers(memory, directory);
        long most = 0;
        for (int round = 0; round < 150; round++) {
            try (MessageOutput output = new MessageOutput(buffers)) {
                ByteArrayOutputStream expected = new ByteArrayOutputStream();
                for (int i = 0; i < 3; i++) {
                    UnknownFieldSet.Builder tree = UnknownFieldSet.newBuilder();
                    long mark = output.mark();
                    long before = output.size();
                    write(output, tree, random, 4);
                    if (random.nextInt(3) == 0) {
                        output.truncate(mark);
                        assertThat(output.size()).isEqualTo(before);
                    } else if (random.nextBoolean()) {
                        output.wrap(mark, 1, 200_000);
                        UnknownFieldSet.newBuilder()
                                .addField(200_000, delimited(message(1, tree)))
                                .build()
                                .writeTo(expected);
                    } else {
                        output.wrapDelimited(mark, 7);
                        UnknownFieldSet.newBuilder()
                                .addField(7, delimited(tree.build().toByteString()))
                                .build()
                                .writeDelimitedTo(expected);
                    }
                }
                assertThat(output.size()).isEqualTo(expected.size());
                ByteArrayOutputStream written = new ByteArrayOutputStream();
                output.writeTo(written);
                assertThat(written.toByteArray()).isEqualTo(expected.toByteArray());
                most = Math.max(most, written.size());
            }
            assertThat(memory.held()).isZero();
        }
        assertThat(most).isGreaterThan(2_000_000);
    }

    @Test
    void isEmptyOnceItIsCutBack() throws IOException {
        try (MessageOutput output = new MessageOutput(Buffers.in(directory))) {
            for (int i = 0; i < 3; i++) {
                output.bytes(1, new byte[3_000_000]);
                output.wrap(0, 2, 3);
                output.truncate(0);
                assertThat(output.size()).isZero();
            }
            output.unsigned(1, 5);
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            output.writeTo(written);
            assertThat(written.toByteArray()).containsExactly(8, 5);
        }
    }

    @Test
    void needsNoFileForWhatIsSmall() {
        try (MessageOutput output = new MessageOutput(Buffers.in(directory.resolve("missing")))) {
            output.bytes(1, new byte[500_000]);
            output.wrap(0, 1);
            assertThatThrownBy(() -> output.bytes(1, new byte[2_000_000]))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.OVERLOADED));
        }
    }

    @Test
    void refusesAValueThatTheBudgetHasNoRoomFor() {
        MemoryBudget memory = new MemoryBudget(300_000);
        try (MessageOutput output = new MessageOutput(new AnswerBuffers(memory, directory))) {
            assertThatThrownBy(() -> output.bytes(1, new byte[400_000])).isInstanceOf(ProblemException.class);
            output.truncate(0);
            output.bytes(1, new byte[200_000]);
            assertThat(output.size()).isEqualTo(200_004);
        }
        assertThat(memory.held()).isZero();
    }

    /** The same fields to both, in order of their numbers, as the library writes them. */
    private static void write(MessageOutput output, UnknownFieldSet.Builder tree, Random random, int depth) {
        int fields = 1 + random.nextInt(4);
        for (int field = 1; field <= fields; field++) {
            if (depth > 0 && random.nextInt(3) > 0) {
                UnknownFieldSet.Builder inner = UnknownFieldSet.newBuilder();
                long mark = output.mark();
                write(output, inner, random, depth - 1);
                output.wrap(mark, field);
                tree.addField(field, delimited(inner.build().toByteString()));
            } else if (random.nextBoolean()) {
                long value = random.nextLong() >>> random.nextInt(64);
                output.unsigned(field, value);
                tree.addField(
                        field,
                        UnknownFieldSet.Field.newBuilder().addVarint(value).build());
            } else {
                // None that the budget would have to hold beside the buffer.
                byte[] value = new byte[random.nextInt(3) == 0 ? 60_000 : random.nextInt(1 << random.nextInt(16))];
                random.nextBytes(value);
                output.bytes(field, value);
                tree.addField(field, delimited(ByteString.copyFrom(value)));
            }
        }
    }

    private static ByteString message(int field, UnknownFieldSet.Builder content) {
        return UnknownFieldSet.newBuilder()
                .addField(field, delimited(content.build().toByteString()))
                .build()
                .toByteString();
    }

    private static UnknownFieldSet.Field delimited(ByteString content) {
        return UnknownFieldSet.Field.newBuilder().addLengthDelimited(content).build();
    }
}
