package net.quicsql.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    /** Prime to the length of a part, so that parts would end within characters. */
    private static final int MANY = 50_021;

    @Test
    void appendsAnotherWriter() {
        JsonWriter part = new JsonWriter().integer(1).raw(',').string("é");
        JsonWriter whole = new JsonWriter(1).raw('[').raw(part).raw(']').raw(new JsonWriter());
        assertThat(whole).hasToString("[1,\"é\"]");
        assertThat(part).hasToString("1,\"é\"");
    }

    @Test
    void spellsIntegersAsJavaDoes() {
        for (long power = 1; ; power *= 10) {
            for (long value = power - 2; value <= power + 2; value++) {
                assertThat(new JsonWriter(1).integer(value)).hasToString(Long.toString(value));
                assertThat(new JsonWriter(1).integer(-value)).hasToString(Long.toString(-value));
            }
            if (power > Long.MAX_VALUE / 10) {
                break;
            }
        }
        Random random = new Random(3);
        for (int round = 0; round < 50_000; round++) {
            long value = random.nextLong() >> random.nextInt(64);
            assertThat(new JsonWriter().integer(value)).hasToString(Long.toString(value));
        }
        assertThat(new JsonWriter().integer(Long.MIN_VALUE).raw(',').integer(Long.MAX_VALUE))
                .hasToString(Long.MIN_VALUE + "," + Long.MAX_VALUE);
    }

    @Test
    void spellsBytesAsItSpellsTheirText() {
        byte[] frequent = "\"\\\n\r\t\u0000\u0001\u001f\u007f !az".getBytes(StandardCharsets.UTF_8);
        byte[] other = "é€😀\u0080\u07ff\u0800\uffff".getBytes(StandardCharsets.UTF_8);
        Random random = new Random(11);
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            Arrays.fill(bytes, (byte) 'x');
            for (int i = random.nextInt(5); i > 0 && bytes.length > 0; i--) {
                int at = random.nextInt(bytes.length);
                switch (random.nextInt(3)) {
                    case 0 -> bytes[at] = frequent[random.nextInt(frequent.length)];
                    case 1 -> bytes[at] = (byte) random.nextInt(256);
                    default -> System.arraycopy(other, 0, bytes, at, Math.min(other.length, bytes.length - at));
                }
            }
            assertThat(new JsonWriter().string(bytes).toString())
                    .as(Arrays.toString(bytes))
                    .isEqualTo(new JsonWriter()
                            .string(new String(Utf8.wellFormed(bytes), StandardCharsets.UTF_8))
                            .toString());
        }
    }

    @Test
    void handsOverLongTextWithoutCuttingACharacter() throws IOException {
        byte[] euros = "€".repeat(MANY).getBytes(StandardCharsets.UTF_8);
        WholeCharacters taken = new WholeCharacters();
        JsonWriter json = new JsonWriter(taken);

        json.raw('[').string(euros).raw(']');

        assertThat(json.handedOver()).isPositive();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        json.writeTo(all);
        assertThat(all.toString(StandardCharsets.UTF_8)).isEqualTo("[\"" + "€".repeat(MANY) + "\"]");
    }

    /** Grants no memory, and takes nothing but whole characters. */
    private static final class WholeCharacters implements JsonOverflow {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

        @Override
        public boolean mayGrowTo(int bytes) {
            return false;
        }

        @Override
        public void take(byte[] bytes, int offset, int length) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
            } catch (CharacterCodingException e) {
                throw new AssertionError("a character was cut after " + taken.size() + " bytes", e);
            }
            taken.write(bytes, offset, length);
        }

        @Override
        public void truncate(long length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            taken.writeTo(out);
        }

        @Override
        public void beginValue(int bytes) {}

        @Override
        public void valueWritten(int bytes) {}

        @Override
        public void close() {}
    }
}
