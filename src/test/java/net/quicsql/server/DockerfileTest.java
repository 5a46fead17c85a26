package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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
        Path settings = BASE.resolve("deploy/docker/config.yml");
        QuicsqlConfiguration configuration = new YamlConfigurationFactory<>(
                        QuicsqlConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(new FileConfigurationSourceProvider(), settings.toString());

        assertThat(configuration).isNotNull();
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
