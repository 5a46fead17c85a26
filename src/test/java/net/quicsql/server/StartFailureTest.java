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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void saysWhichPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String yaml = """
                    data_dir: %s
                    logging: {level: "OFF"}
                    server:
                      applicationConnectors: [{type: http, port: %d}]
                      adminConnectors: [{type: http, port: 0}]
                    """.formatted(directory, taken.getLocalPort());

            assertThat(command("server", file(yaml)).strip())
                    .startsWith("cannot listen: ")
                    .doesNotContain("\n");
        }
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
