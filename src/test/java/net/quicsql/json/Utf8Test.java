package net.quicsql.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void agreesWithTheDecoderOfTheJdk() {
        Random random = new Random(7);
        byte[][] parts = {
            bytes("a"), bytes("abcdefghij"), bytes("é"), bytes("€"), bytes("😀"), {(byte) 0x80}, {(byte) 0xE2}
        };
        for (int round = 0; round < 50_000; round++) {
            ByteBuffer text = ByteBuffer.allocate(100);
            int count = random.nextInt(10);
            for (int i = 0; i < count; i++) {
                // Mostly well-formed, or all would end at its first byte.
                text.put(parts[random.nextInt(random.nextInt(4) == 0 ? parts.length : 5)]);
            }
            byte[] bytes = Arrays.copyOf(text.array(), text.position());
            int malformed = Utf8.firstMalformed(bytes);
            assertThat(malformed < 0).as(Arrays.toString(bytes)).isEqualTo(decodes(bytes));
            if (malformed >= 0) {
                assertThat(decodes(Arrays.copyOf(bytes, malformed))).isTrue();
            }
        }
    }

    @Test
    void findsABadByteAnywhere() {
        for (int length = 1; length < 40; length++) {
            for (int bad = 0; bad < length; bad++) {
                byte[] bytes = new byte[length];
                bytes[bad] = (byte) 0xFF;
                assertThat(Utf8.firstMalformed(bytes)).isEqualTo(bad);
            }
            assertThat(Utf8.firstMalformed(new byte[length])).isEqualTo(-1);
        }
        assertThat(Utf8.firstMalformed(new byte[0])).isEqualTo(-1);
    }

    @Test
    void repairsAsJsonTextsAreRepaired() {
        Random random = new Random(5);
        byte[] whole = bytes("plain é€😀 text");
        assertThat(Utf8.wellFormed(whole)).isSameAs(whole);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = whole.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            byte[] repaired = Utf8.wellFormed(bytes);
            assertThat(decodes(repaired)).as(Arrays.toString(bytes)).isTrue();
            assertThat(new JsonWriter().string(repaired).toString())
                    .isEqualTo(new JsonWriter().string(bytes).toString());
        }
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
