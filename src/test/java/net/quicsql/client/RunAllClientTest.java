package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;
import net.quicsql.client.ClientExample.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code examples/run-all.sh} makes of examples that do well and of those that do not. */
@Tag("client")
final class RunAllClientTest {
    @TempDir
    Path folder;

    private Path script;

    @BeforeEach
    void copyScript() throws IOException {
        Path original = ClientExample.FOLDERS.resolveSibling("run-all.sh");
        script = Files.copy(original, folder.resolve("run-all.sh"), StandardCopyOption.COPY_ATTRIBUTES);
        example("alpha", "echo by the way; echo \"OK alpha, alpha 1.0: 3 checks passed\"");
    }

    @Test
    void printsTheLastLineOfEach() throws Exception {
        example("beta", "echo \"OK beta, library of beta v2: 1 checks passed\"");

        assertThat(run()).isEqualTo(new Outcome(0, """
                OK alpha, alpha 1.0: 3 checks passed
                OK beta, library of beta v2: 1 checks passed
                """, ""));
    }

    @Test
    void namesThoseThatFailedAndShowsWhatTheySaid() throws Exception {
        example("beta", "echo beta was here; echo expected 1, found 2 >&2; exit 1");
        example("gamma", "echo \"OK gamma, gamma 1: 1 checks passed\"");
        example("nothing", "echo \"OK nothing, nothing 1: 0 checks passed\"");
        example("other", "echo \"OK gamma, gamma 1: 1 checks passed\"");
        Files.createDirectory(folder.resolve("clients/unready"));
        Files.createFile(folder.resolve("clients/unready/run"));

        Outcome outcome = run();

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.output().lines())
                .containsExactly("OK alpha, alpha 1.0: 3 checks passed", "OK gamma, gamma 1: 1 checks passed");
        assertThat(outcome.errors())
                .contains("beta was here\nexpected 1, found 2\n", "clients/unready has no executable script named run")
                .endsWith("run-all.sh: failed: beta nothing other unready\n");
    }

    @Test
    void handsItsArgumentsOn() throws Exception {
        example("beta", "echo \"OK beta, $QUICSQL_URL $QUICSQL_TOKEN 1: 1 checks passed\"");

        assertThat(run("http://there:1", "secret").lastLine())
                .isEqualTo("OK beta, http://there:1 secret 1: 1 checks passed");
        assertThat(run().lastLine()).isEqualTo("OK beta, http://127.0.0.1:7775 dev-token 1: 1 checks passed");
        assertThat(run("one", "two", "three").errors()).isEqualTo("run-all.sh: usage: run-all.sh [BASE [TOKEN]]\n");
    }

    private void example(String name, String commands) throws IOException {
        Path run =
                Files.createDirectories(folder.resolve("clients").resolve(name)).resolve("run");
        Files.writeString(run, "#!/bin/sh\n" + commands + "\n");
        assertThat(run.toFile().setExecutable(true)).isTrue();
    }

    private Outcome run(String... arguments) throws Exception {
        return ClientExample.command(
                Stream.concat(Stream.of(script.toString()), Stream.of(arguments))
                        .toList(),
                folder,
                Map.of("PATH", System.getenv("PATH")));
    }
}
