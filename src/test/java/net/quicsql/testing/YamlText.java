package net.quicsql.testing;

import com.fasterxml.jackson.databind.Module;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.quicsql.server.StrictConfigurations;

/** Reads configuration text the way the server reads its file, unknown keys refused. */
public final class YamlText {
    private YamlText() {}

    public static <T> T parse(Class<T> type, String yaml, Module... modules)
            throws IOException, ConfigurationException {
        return new StrictConfigurations<T>()
                .create(
                        type,
                        Validators.newValidator(),
                        Jackson.newObjectMapper().registerModules(modules),
                        "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test.yml");
    }
}
