package net.quicsql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatonCodecTest {
    private static final SessionId ID = new SessionId(Long.MIN_VALUE, 42);
    private static final Baton PLAIN = new Baton(ID, 1, 1_700_000_000, "app", "dev", false, false, null, null, null);

    @TempDir
    static Path folder;

    private BatonKeys keys;
    private BatonCodec codec;

    @BeforeEach
    void open() throws Exception {
        keys = BatonKeys.open(folder, new HandClock(), Duration.ofHours(24));
        codec = new BatonCodec(keys);
    }

    static Stream<Baton> batons() {
        String longest = "x".repeat(64);
        Stream<Baton> aborted = Arrays.stream(Abort.Cause.values())
                .map(cause -> new Baton(
                        ID,
                        7,
                        5,
                        longest,
                        longest,
                        true,
                        true,
                        false,
                        Long.MIN_VALUE,
                        new Abort(cause, 30_000, 31_234)));
        return Stream.concat(
                aborted,
                Stream.of(
                        PLAIN,
                        new Baton(
                                SessionId.random(),
                                Long.MAX_VALUE,
                                Long.MAX_VALUE,
                                "a",
                                "",
                                true,
                                false,
                                true,
                                0L,
                                null),
                        new Baton(ID, 2, 0, "app", "ädä", false, true, false, null, Abort.of(Abort.Cause.UNKNOWN)),
                        new Baton(ID, 3, -1, "app", "dev", true, false, null, Long.MAX_VALUE, null)));
    }

    @ParameterizedTest
    @MethodSource("batons")
    void readsBackWhatItWrote(Baton baton) {
        String text = codec.encode(baton);

        assertThat(text).matches("[A-Za-z0-9_-]+");
        assertThat(codec.decode(text)).contains(baton);
    }

    @ParameterizedTest
    @MethodSource("batons")
    void refusesABatonThatWasCutAnywhere(Baton baton) {
        String text = codec.encode(baton);
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        for (int length = 0; length < text.length(); length++) {
            assertThat(codec.decode(text.substring(0, length)))
                    .as("cut to " + length)
                    .isEmpty();
        }
        for (int length = 0; length < bytes.length; length++) {
            assertThat(codec.decode(encoded(Arrays.copyOf(bytes, length)))).isEmpty();
            assertThat(codec.decode(encoded(Arrays.copyOfRange(bytes, bytes.length - length, bytes.length))))
                    .isEmpty();
        }
        assertThat(codec.decode(encoded(Arrays.copyOf(bytes, bytes.length + 1))))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("batons")
    void refusesABatonWithAnyBitTurned(Baton baton) {
        byte[] bytes = Base64.getUrlDecoder().decode(codec.encode(baton));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(codec.decode(encoded(bytes))).as("bit " + bit).isEmpty();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(codec.decode(encoded(bytes))).contains(baton);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "xx", "%%%", "AAAA", "é", "AQ", "a b", "null", "\0"})
    void refusesWhatIsNoBaton(String text) {
        assertThat(codec.decode(text)).isEmpty();
        assertThat(codec.decode(text.repeat(2000))).isEmpty();
    }

    @Test
    void readsBatonsOfTheKeyBefore() throws Exception {
        String text = codec.encode(PLAIN);
        keys.rotate();

        assertThat(codec.decode(text)).contains(PLAIN);
        assertThat(codec.encode(PLAIN)).isNotEqualTo(text);
        BatonKeys read = BatonKeys.open(folder, new HandClock(), Duration.ofHours(24));
        assertThat(new BatonCodec(read).decode(text)).contains(PLAIN);
    }

    @Test
    void refusesBatonsOfAnotherServer(@TempDir Path other) throws Exception {
        BatonCodec stranger = new BatonCodec(BatonKeys.open(other, new HandClock(), Duration.ofHours(24)));
        assertThat(codec.decode(stranger.encode(PLAIN))).isEmpty();
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
