package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.util.JarLocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import net.quicsql.storage.DataDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator reads when a command fails. */
class StartFailureTest {
    private static final Path SHIPPED =
            Path.of(System.getProperty("quicsql.basedir", System.getProperty("user.dir")), "config.yml");

    @TempDir
    Path directory;

    @Test
    void checksTheShippedConfiguration() {
        assertThat(command("check", SHIPPED.toString())).isEmpty();
    }

    @Test
    void takesAKeyWithoutAValueForLeftOut() throws Exception {
        String yaml = "databases:\n  app:\nstorage:\nlimits:\n  max_requests_per_second_per_principal:\n  lock_wait:\n";
        assertThat(command("check", file(yaml))).isEmpty();
    }

    @Test
    void saysInOnePlainLineWhatIsWrongWithAConfiguration() throws Exception {
        assertThat(command("server", file("limits: {lock_wait: 1s}")))
                .contains("* Failed to parse configuration at: limits; limits.lock_wait: must be greater than")
                .doesNotContain("Exception", "net.quicsql", "reference chain", "\tat ");
        assertThat(command("check", file("databases: {app: {mode: rx}}")))
                .contains("at: databases.app; mode: must be rw or ro")
                .doesNotContain("Exception", "net.quicsql", "\tat ");
        assertThat(command("server", file("limits: {lok_wait: 1s}")))
                .contains("Unrecognized field at: limits.lok_wait")
                .doesNotContain("\tat ");
        assertThat(command("server", "there-is-no-such.yml")).contains("there-is-no-such.yml");
    }

    @Test
    void doesNotServeWellKnownTokensToOthers() throws Exception {
        String config = Files.readString(SHIPPED)
                .replace("${QUICSQL_HOST:-127.0.0.1}", "0.0.0.0")
                .replace("${QUICSQL_PORT:-7775}", "0")
                .replace("${QUICSQL_ADMIN_PORT:-7776}", "0");

        assertThat(command("server", file(config)).strip())
                .startsWith("auth.principals.token_sha256 (dev): dev-token is a well-known token")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits: {statement_timeout: 5} | limits.statement_timeout; must be a duration with its unit, as",
                "limits: {max_query_body: 5} | limits.max_query_body; must be a size with its unit, as",
                "limits: {max_rows: 1.5} | limits.max_rows; must be a whole number",
                "limits: {max_rows: many} | limits.max_rows; must be a whole number",
                "limits: 5 | limits; must be a section of keys, each with its value",
                "limits: [5] | limits; must be a section of keys, each with its value",
                "databases: {app: 5} | databases.app; must be a section of keys, each with its value",
                "databases: 5 | databases; must be a section of keys, each with its value",
                "server: {maxThreads: many} | server.maxThreads; must be a whole number",
                "auth: {principals: 5} | auth.principals; must be a list",
                "{limits: {max_rows: 1}, limits: {max_rows: 2}} | Duplicate field 'limits'",
                "{limits: {max_rows: 1, max_rows: 2}} | Duplicate field 'max_rows'",
                "data_dir: ${QUICSQL_NO_SUCH} | data_dir: ${QUICSQL_NO_SUCH} names an environment variable that",
            })
    void saysWhatAValueMustBe(String yaml, String message) throws Exception {
        assertThat(command("check", file(yaml)))
                .contains(message)
                .doesNotContain("Cannot construct", "Cannot deserialize", "Cannot coerce", "`", "Creator", "\tat ")
                .doesNotContain("Source:", "net.quicsql");
    }

    @Test
    void saysWhichPortIsTakenAndLogsNoTrace() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Path log = directory.resolve("server.log");
            String yaml = """
                    data_dir: %s
                    logging: {appenders: [{type: file, currentLogFilename: %s, archive: false}]}
                    server:
                      applicationConnectors: [{type: http, port: %d}]
                      adminConnectors: [{type: http, port: 0}]
                    """.formatted(directory, log, taken.getLocalPort());

            assertThat(command("server", file(yaml)).strip())
                    .startsWith("cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": ")
                    .doesNotContain("\n");
            assertThat(log).content().isNotEmpty().doesNotContain("\tat ", "BindException", "Unable to start");
        }
    }

    @Test
    void saysThatTheDataDirectoryCannotBeHad() throws Exception {
        Path folder = directory.resolve("held");
        try (DataDirectory held = DataDirectory.open(folder)) {
            assertThat(command("server", file(withData(held.path()))).strip())
                    .isEqualTo("data_dir: another quicsql server is using " + held.path());
        }
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(command("server", file(withData(file))).strip()).isEqualTo("data_dir: " + file + " is no folder");
        assertThat(command("server", file(withData(file.resolve("below")))).strip())
                .startsWith("data_dir: " + file)
                .doesNotContain("\n");
    }

    @Test
    void saysThatTheConfigurationCannotBeRead() throws Exception {
        Path missing = directory.resolve("missing.yml");
        assertThat(command("server", missing.toString()).strip())
                .contains(missing + " not found")
                .doesNotContain("\n");
        assertThat(command("check", directory.toString()).strip())
                .contains(directory.toString(), "directory")
                .doesNotContain("\n");
    }

    @Test
    void wantsThreadsForMoreThanThoseWhoWait() throws Exception {
        String yaml =
                "{data_dir: '" + directory.resolve("few") + "', logging: {level: \"OFF\"}, server: {maxThreads: 100}}";
        assertThat(command("server", file(yaml)).strip())
                .startsWith(
                        "limits.max_waiting_requests: must be at most 75, three quarters of server.maxThreads (100)")
                .doesNotContain("\n");
    }

    private static String withData(Path folder) {
        return "{data_dir: '" + folder + "', logging: {level: \"OFF\"}}";
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "config", ".yml"), yaml)
                .toString();
    }

    /** What a command that fails prints to standard error; empty for one that works. */
    private static String command(String... arguments) {
        QuicsqlApplication application = new QuicsqlApplication();
        Bootstrap<QuicsqlConfiguration> bootstrap = new Bootstrap<>(application);
        application.addDefaultCommands(bootstrap);
        application.initialize(bootstrap);
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        new Cli(new JarLocation(QuicsqlApplication.class), bootstrap, new ByteArrayOutputStream(), errors)
                .run(arguments);
        return errors.toString(StandardCharsets.UTF_8);
    }
}
