package net.quicsql.server;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.dropwizard.configuration.BaseConfigurationFactory;
import io.dropwizard.configuration.ConfigurationFactory;
import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import jakarta.validation.Validator;

/**
 * Reads YAML without guessing: a key that stands twice and a fraction where a whole number belongs are refused, while
 * Dropwizard takes the last of the two and cuts the fraction off. Stateless.
 */
public final class StrictConfigurations<T> extends DefaultConfigurationFactoryFactory<T> {
    @Override
    public ConfigurationFactory<T> create(
            Class<T> type, Validator validator, ObjectMapper objectMapper, String propertyPrefix) {
        return new Strict<>(type, validator, configureObjectMapper(objectMapper.copy()), propertyPrefix);
    }

    @Override
    protected ObjectMapper configureObjectMapper(ObjectMapper objectMapper) {
        return super.configureObjectMapper(objectMapper).disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
    }

    private static final class Strict<T> extends BaseConfigurationFactory<T> {
        Strict(Class<T> type, Validator validator, ObjectMapper objectMapper, String propertyPrefix) {
            super(
                    YAMLFactory.builder()
                            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            // A factory that is built lacks this default: a key without a value would be an empty text.
                            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
                            .build(),
                    "YAML",
                    type,
                    validator,
                    objectMapper,
                    propertyPrefix);
        }
    }
}
