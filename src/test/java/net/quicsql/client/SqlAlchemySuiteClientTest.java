package net.quicsql.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SQLAlchemy's own compliance suite for dialects, through {@code sqlite+libsql://}. What the dialect or its package cannot
 * do stands in {@code known_failures.txt}: each case there must fail, and every other one must pass.
 */
@Tag("client")
final class SqlAlchemySuiteClientTest {
    private static final Path SUITE =
            Path.of(System.getProperty("quicsql.basedir"), "src/test/python/sqlalchemy_suite");

    private static final Path PAGE =
            Path.of(System.getProperty("quicsql.basedir"), "docs/clients/python-sqlalchemy.md");

    private static final Pattern SUCCESS = Pattern.compile(
            "^OK sqlalchemy-suite, SQLAlchemy \\S+ / sqlalchemy-libsql \\S+: (\\d+) passed, (\\d+) known failures$",
            Pattern.MULTILINE);

    @TempDir
    Path folder;

    @Test
    void passesButForWhatTheDialectCannotDo() throws Exception {
        Path python = PythonEnvironment.get().folder().resolve("bin/python");
        // One of the suite's classes has a foreign key to a column that is not unique. SQLite takes that as long as it
        // does
        // not enforce foreign keys, which is its own default.
        Map<String, String> settings = Map.of("databases.app.foreign_keys", "off");
        try (PackedServer server = PackedServer.start(Jdk.running(), folder, settings)) {
            ClientExample.Outcome outcome = ClientExample.command(
                    List.of(python.toString(), "-B", "-m", "pytest", "-W", "ignore"),
                    SUITE,
                    Map.of(
                            "PATH", System.getenv("PATH"),
                            "QUICSQL_URL", server.url(),
                            "QUICSQL_TOKEN", PackedServer.TOKEN));

            assertThat(outcome.status()).as(outcome.output() + outcome.errors()).isZero();
            Matcher success = SUCCESS.matcher(outcome.output());
            assertThat(success.find()).as(outcome.output()).isTrue();
            // For whoever runs the build.
            System.out.println(success.group());
            // A suite that has come to skip what it ran before is none that succeeds; and the page tells the truth.
            assertThat(PAGE)
                    .content()
                    .contains(success.group(1) + " of its cases pass", "The " + success.group(2) + " that fail");
            assertThat(server.logText().lines().filter(line -> line.contains(" ERROR ")))
                    .isEmpty();
        }
    }
}
