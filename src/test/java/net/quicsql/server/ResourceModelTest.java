package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.dropwizard.auth.AuthValueFactoryProvider;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import net.quicsql.access.Principal;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.model.ModelValidationException;
import org.glassfish.jersey.server.model.Resource;
import org.junit.jupiter.api.Test;

/** What Jersey would find wrong with our resources, were it not told at the start to look for nothing ({@link JerseyFeatures}). */
final class ResourceModelTest {
    @Test
    void noTwoResourcesAnswerTheSame() {
        List<Class<?>> resources = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("net.quicsql").stream()
                        .filter(each -> each.isAnnotatedWith(Path.class))
                        .<Class<?>>map(JavaClass::reflect)
                        .toList();

        assertThat(resources).hasSizeGreaterThan(3);
        validate(resources);
    }

    @Test
    void wouldFindTwoThatDo() {
        assertThatThrownBy(() -> validate(List.of(One.class, Other.class)))
                .isInstanceOf(ModelValidationException.class)
                .hasMessageContaining("ambiguous");
    }

    private static void validate(List<Class<?>> resources) {
        ResourceConfig config = new ResourceConfig();
        config.register(new AuthValueFactoryProvider.Binder<>(Principal.class));
        resources.forEach(each -> config.registerResources(Resource.from(each)));
        ApplicationHandler validated = new ApplicationHandler(config);
        assertThat(validated.getConfiguration().getResources()).isNotEmpty();
    }

    @Path("/same")
    static final class One {
        @GET
        public String get() {
            return "";
        }
    }

    @Path("/same")
    static final class Other {
        @GET
        public String get() {
            return "";
        }
    }
}
