package net.quicsql.hrana;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import net.quicsql.http.Buffers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CursorSpoolTest {
    @TempDir
    Path directory;

    @Test
    void keepsALittleInMemory() throws IOException {
        try (CursorSpool spool = new CursorSpool(10, 100, Buffers.in(directory.resolve("missing")))) {
            take(spool, "01234");
            take(spool, "56789");
            assertThat(spool.size()).isEqualTo(10);
            assertThat(text(spool)).isEqualTo("0123456789");
            assertThat(spool.isFull()).isFalse();
        }
    }

    @Test
    void keepsTheRestInAFile() throws IOException {
        StringBuilder all = new StringBuilder();
        try (CursorSpool spool = new CursorSpool(10, 1_000_000, Buffers.in(directory))) {
            for (int i = 0; i < 50_000; i++) {
                take(spool, i + "\n");
                all.append(i).append('\n');
            }
            assertThat(spool.size()).isEqualTo(all.length());
            assertThat(text(spool)).isEqualTo(all.toString());
            assertThat(text(spool)).isEqualTo(all.toString());
            assertThat(spool.isFull()).isFalse();
        }
    }

    @Test
    void leavesNoFileBehind() throws IOException {
        CursorSpool spool = new CursorSpool(1, 100, Buffers.in(directory));
        take(spool, "more than one byte");
        spool.close();
        spool.close();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void isFullAtItsLimitAndTakesTheRestNevertheless() throws IOException {
        try (CursorSpool spool = new CursorSpool(4, 10, Buffers.in(directory))) {
            take(spool, "012345678");
            assertThat(spool.isFull()).isFalse();
            take(spool, "9");
            assertThat(spool.isFull()).isTrue();
            take(spool, "end");
            assertThat(text(spool)).isEqualTo("0123456789end");
        }
    }

    @Test
    void isFullWhenItsFileFails() throws IOException {
        try (CursorSpool spool = new CursorSpool(4, 1000, Buffers.in(directory.resolve("missing")))) {
            take(spool, "0123");
            assertThat(spool.isFull()).isFalse();
            take(spool, "4567");
            assertThat(spool.isFull()).isTrue();
            take(spool, "end");
            assertThat(spool.size()).isEqualTo(11);
            assertThat(text(spool)).isEqualTo("01234567end");
        }
    }

    private static void take(CursorSpool spool, String text) {
        spool.take(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(CursorSpool spool) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        spool.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
