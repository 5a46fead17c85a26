package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.module.blackbird.BlackbirdModule;
import io.dropwizard.jackson.Jackson;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlainObjectMapperTest {
    @Test
    void hasAllOfDropwizardsButTheModuleThatGeneratesCode() {
        ObjectMapper dropwizards = Jackson.newObjectMapper();
        Set<Object> expected = new HashSet<>(dropwizards.getRegisteredModuleIds());
        assertThat(expected.remove(new BlackbirdModule().getTypeId())).isTrue();

        ObjectMapper plain = PlainObjectMapper.like(dropwizards);

        assertThat(plain.getRegisteredModuleIds()).isEqualTo(expected);
        assertThat(plain.getSubtypeResolver()).isSameAs(dropwizards.getSubtypeResolver());
        assertThat(plain.getPropertyNamingStrategy()).hasSameClassAs(dropwizards.getPropertyNamingStrategy());
        assertThat(plain.getDeserializationConfig().getDeserializationFeatures())
                .isEqualTo(dropwizards.getDeserializationConfig().getDeserializationFeatures());
        assertThat(plain.getSerializationConfig().getSerializationFeatures())
                .isEqualTo(dropwizards.getSerializationConfig().getSerializationFeatures());
        for (com.fasterxml.jackson.databind.MapperFeature feature :
                com.fasterxml.jackson.databind.MapperFeature.values()) {
            assertThat(plain.isEnabled(feature)).as(feature.name()).isEqualTo(dropwizards.isEnabled(feature));
        }
    }
}
