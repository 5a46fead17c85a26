package net.quicsql.server;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.guava.GuavaModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import io.dropwizard.jackson.AnnotationSensitivePropertyNamingStrategy;
import io.dropwizard.jackson.CaffeineModule;
import io.dropwizard.jackson.FuzzyEnumModule;
import io.dropwizard.jackson.GuavaExtrasModule;
import io.dropwizard.jackson.Jackson;

/** Makes an object mapper like Dropwizard's. Stateless. */
final class PlainObjectMapper {
    private PlainObjectMapper() {}

    /**
     * As {@link Jackson#newObjectMapper()}, but without Blackbird, which generates code for each class that is read. It pays
     * where many objects are; here the mapper reads the configuration, once.
     *
     * @param dropwizards one that Dropwizard has made, whose table of subtypes is kept: to read it takes a look at each
     */
    static ObjectMapper like(ObjectMapper dropwizards) {
        return new ObjectMapper()
                .registerModule(new GuavaModule())
                .registerModule(new GuavaExtrasModule())
                .registerModule(new CaffeineModule())
                .registerModule(new FuzzyEnumModule())
                .registerModule(new ParameterNamesModule())
                .registerModule(new Jdk8Module())
                .registerModule(new JavaTimeModule())
                .setPropertyNamingStrategy(new AnnotationSensitivePropertyNamingStrategy())
                .setSubtypeResolver(dropwizards.getSubtypeResolver())
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }
}
