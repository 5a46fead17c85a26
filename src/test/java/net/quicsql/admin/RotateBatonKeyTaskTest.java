package net.quicsql.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import net.quicsql.session.BatonKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotateBatonKeyTaskTest {
    @TempDir
    Path folder;

    @Test
    void addsAKeyAndKeepsTheOldOne() throws Exception {
        BatonKeys keys = BatonKeys.open(folder, Clock.systemUTC(), Duration.ofHours(24));
        String before = Files.readString(folder.resolve("baton.key"));
        StringWriter output = new StringWriter();
        new RotateBatonKeyTask(keys).execute(Map.of(), new PrintWriter(output, true));

        assertThat(Files.readAllLines(folder.resolve("baton.key"))).hasSize(2);
        assertThat(Files.readString(folder.resolve("baton.key"))).endsWith(before);
        assertThat(output.toString()).contains("new key");
    }
}
