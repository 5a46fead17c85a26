package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The image cannot be built everywhere the tests run; what it takes from the tree can be checked everywhere. */
final class DockerfileTest {
    private static final Path BASE = Path.of(System.getProperty("quicsql.basedir", "."));
    private static final Pattern COPY = Pattern.compile("(?m)^COPY (?!.*--from)((?:--\\S+ )*)(.*) \\S+$");
    private static final Pattern IGNORED = Pattern.compile("(?m)^(?![#!])(\\S+)$");

    @Test
    void everyFileThatIsCopiedFromTheTreeIsThere() throws IOException {
        List<String> sources = COPY.matcher(dockerfile())
                .results()
                .map(match -> match.group(2))
                .flatMap(names -> List.of(names.split(" ")).stream())
                .toList();

        assertThat(sources).isNotEmpty().allSatisfy(source -> {
            assertThat(BASE.resolve(source)).exists();
            assertThat(ignored()).doesNotContain(source.replaceAll("/$", ""));
        });
    }

    @Test
    void theEntryPointIsTheLauncher() throws IOException {
        assertThat(dockerfile()).contains("ENTRYPOINT [\"/app/bin/quicsql\"]").contains("COPY bin/quicsql /app/bin/");
        assertThat(BASE.resolve("bin/quicsql")).isExecutable();
    }

    @Test
    void theHealthCheckNamesAClassThatExists() throws IOException {
        assertThat(dockerfile()).contains(HealthProbe.class.getName());
    }

    @Test
    void theSettingsOfTheImageAreValid() throws Exception {
        QuicsqlApplication application = new QuicsqlApplication();
        Bootstrap<QuicsqlConfiguration> bootstrap = new Bootstrap<>(application);
        application.initialize(bootstrap);
        QuicsqlConfiguration configuration = bootstrap
                .getConfigurationFactoryFactory()
                .create(
                        QuicsqlConfiguration.class,
                        bootstrap.getValidatorFactory().getValidator(),
                        bootstrap.getObjectMapper(),
                        "dw")
                .build(
                        bootstrap.getConfigurationSourceProvider(),
                        BASE.resolve("deploy/docker/config.yml").toString());

        assertThat(configuration.auth().principals())
                .as("the first start makes the token")
                .isEmpty();
        assertThat(configuration.dataDirectory())
                .isEqualTo(Path.of(System.getenv().getOrDefault("QUICSQL_DATA", "/data")));
        assertThat(configuration.getServerFactory())
                .isInstanceOfSatisfying(
                        DefaultServerFactory.class,
                        server -> assertThat(Stream.concat(
                                        server.getApplicationConnectors().stream(),
                                        server.getAdminConnectors().stream()))
                                .hasSize(2)
                                .allSatisfy(connector -> assertThat(connector)
                                        .isInstanceOfSatisfying(
                                                HttpConnectorFactory.class,
                                                http -> assertThat(http.getBindHost())
                                                        .isEqualTo("0.0.0.0"))));
    }

    private static String dockerfile() throws IOException {
        return Files.readString(BASE.resolve("Dockerfile"));
    }

    private static List<String> ignored() throws IOException {
        return IGNORED.matcher(Files.readString(BASE.resolve(".dockerignore")))
                .results()
                .map(MatchResult::group)
                .map(name -> name.replaceAll("/$", ""))
                .toList();
    }
}
