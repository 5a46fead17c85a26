package net.quicsql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatonKeysTest {
    private static final Duration LIFETIME = Duration.ofHours(24);

    @TempDir
    Path folder;

    private final HandClock clock = new HandClock();

    @Test
    void keepsItsKeyInAFileForItsOwnerAlone() throws Exception {
        BatonKeys made = open();
        Path file = folder.resolve("baton.key");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(open().current().number()).isEqualTo(made.current().number());
        assertThat(open().current().sign(new byte[9], 9))
                .isEqualTo(made.current().sign(new byte[9], 9));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void makesAnotherKeyInEachFolder() throws Exception {
        byte[] here = open().current().sign(new byte[1], 1);
        byte[] there = BatonKeys.open(Files.createDirectory(folder.resolve("other")), clock, LIFETIME)
                .current()
                .sign(new byte[1], 1);
        assertThat(here).isNotEqualTo(there);
    }

    @Test
    void keepsAnOldKeyForAsLongAsItsBatonsLive() throws Exception {
        BatonKeys keys = open();
        int first = keys.current().number();
        clock.pass(Duration.ofDays(30));
        keys.rotate();
        int second = keys.current().number();
        assertThat(second).isNotEqualTo(first);
        assertThat(keys.find(first)).isNotNull();
        assertThat(open().find(first)).isNotNull();
        assertThat(open().current().number()).isEqualTo(second);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("baton.key"))))
                .isEqualTo("rw-------");

        clock.pass(Duration.ofHours(23));
        keys.rotate();
        assertThat(keys.find(first)).as("its last baton is 23 hours old").isNotNull();
        clock.pass(Duration.ofHours(2));
        keys.rotate();
        assertThat(keys.find(first)).as("its last baton is 25 hours old").isNull();
        assertThat(keys.find(second)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "1 2",
                "1 2 !!!!",
                "x 2 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "1 x AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "1 2 AAAA",
                "1 2 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\ngarbage",
                "schlüssel",
            })
    void doesNotStartWithADamagedFile(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("baton.key"), content);

        assertThatThrownBy(this::open).isInstanceOf(IOException.class);
        assertThat(Files.readString(file)).isEqualTo(content);
    }

    @Test
    void doesNotStartWithAFileThatWasCutAnywhere() throws Exception {
        open();
        Path file = folder.resolve("baton.key");
        String whole = Files.readString(file).strip();
        for (int length = 0; length < whole.length() - 1; length++) {
            Files.writeString(file, whole.substring(0, length));
            assertThatThrownBy(this::open).as("cut after " + length).isInstanceOf(IOException.class);
        }
    }

    @Test
    void doesNotStartWhereTheFileCannotBeRead() throws Exception {
        Files.createDirectory(folder.resolve("baton.key"));
        assertThatThrownBy(this::open).isInstanceOf(IOException.class);
    }

    @Test
    void showsNoSecretInItsText() throws Exception {
        BatonKeys keys = open();
        assertThat(keys.current().toString()).isEqualTo("Key[" + keys.current().number() + "]");
    }

    private BatonKeys open() throws IOException {
        return BatonKeys.open(folder, clock, LIFETIME);
    }
}
