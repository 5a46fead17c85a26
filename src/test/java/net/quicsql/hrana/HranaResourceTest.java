package net.quicsql.hrana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.auth.AuthDynamicFeature;
import io.dropwizard.auth.AuthValueFactoryProvider;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import io.dropwizard.testing.junit5.ResourceExtension;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.hrana.json.JsonEncoding;
import net.quicsql.http.Admission;
import net.quicsql.http.Buffers;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.ErrorEnvelopes;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(DropwizardExtensionsSupport.class)
class HranaResourceTest {
    private static final HranaLimits LIMITS = new HranaLimits(1_000, 10_000, 1_000, 10_000);
    private static final String EMPTY_PIPELINE = "{\"requests\":[]}";
    private static final String EMPTY_CURSOR = "{\"batch\":{\"steps\":[]}}";

    private final FakeStreams streams = new FakeStreams();
    private final ResourceExtension server = ResourceExtension.builder()
            .setRegisterDefaultExceptionMappers(false)
            .addResource(resource())
            .addProvider(new AuthDynamicFeature(new Anonymous()))
            .addProvider(new AuthValueFactoryProvider.Binder<>(Principal.class))
            .addProvider(new StatusMapper())
            .build();

    @ParameterizedTest
    @ValueSource(strings = {"/app/v2/pipeline", "/app/v3/pipeline", "/app/v3/pipeline/"})
    void runsPipelines(String path) {
        Response response = post(request(path), EMPTY_PIPELINE, "application/json");
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getHeaderString("Content-Type")).isEqualTo("application/json");
        assertThat(response.readEntity(String.class))
                .isEqualTo("{\"baton\":\"next\",\"base_url\":null,\"results\":[]}");
        assertThat(streams.log).containsExactly("open app null", "release");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/pipeline", "/v3/pipeline", "/v3/cursor"})
    void choosesTheDatabaseOfAPathWithoutOne(String path) {
        String body = path.endsWith("cursor") ? EMPTY_CURSOR : EMPTY_PIPELINE;
        assertThat(post(request(path), body, "application/json").getStatus()).isEqualTo(200);
        assertThat(post(request(path).header("x-namespace", "named"), body, "application/json")
                        .getStatus())
                .isEqualTo(200);
        assertThat(streams.log).containsExactly("open fallback null", "release", "open named null", "release");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v1/execute",
                "v1/batch",
                "v2/pipeline",
                "v3/pipeline",
                "v3/cursor",
                "v3-protobuf/pipeline",
                "v3-protobuf/cursor"
            })
    void hasEveryEndpointWithAndWithoutADatabaseAndByPostOnly(String endpoint) {
        String body = endpoint.endsWith("cursor") ? EMPTY_CURSOR : EMPTY_PIPELINE;
        for (String path : List.of("/" + endpoint, "/app/" + endpoint, "/app/" + endpoint + "/")) {
            assertThat(post(request(path), body, "image/png").getStatus())
                    .as(path)
                    .isEqualTo(200);
            Response options = request(path).options();
            assertThat(options.getStatus()).as(path).isEqualTo(405);
            assertThat(options.getHeaderString("Allow")).isEqualTo("POST");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app/v2/cursor", "/app/v1/pipeline", "/app/v3/pipeline/x", "/a/b/v3/pipeline", "/app/v4"})
    void hasNoOtherEndpoint(String path) {
        assertThat(post(request(path), EMPTY_PIPELINE, "application/json").getStatus())
                .isEqualTo(404);
    }

    @Test
    void mapsNoPathToNoHandler() {
        assertThatThrownBy(() -> new HranaEndpoints(Map.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void runsCursors() {
        Response response = post(request("/app/v3/cursor"), EMPTY_CURSOR, "application/json");
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getHeaderString("Content-Type")).isEqualTo("text/plain");
        assertThat(response.readEntity(String.class)).isEqualTo("{\"baton\":\"next\",\"base_url\":null}\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded", "image/png"
            })
    void takesAnyContentTypeAndAccept(String contentType) {
        Response response =
                post(request("/app/v3/pipeline").header("Accept", "image/png"), EMPTY_PIPELINE, contentType);
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getHeaderString("Content-Type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v2",
                "/v3",
                "/v3-protobuf",
                "/app/v1",
                "/app/v2",
                "/app/v3",
                "/app/v3-protobuf",
                "/no..such/v3/"
            })
    void answersProbesWithoutAskingWho(String path) {
        Response response = request(path).get();
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.readEntity(String.class)).isEmpty();
        assertThat(streams.log).isEmpty();
    }

    @Test
    void refusesBodiesOverTheCap() {
        String body = EMPTY_PIPELINE + " ".repeat(1_000);
        assertThat(post(request("/app/v3/pipeline"), body, "application/json").getStatus())
                .isEqualTo(413);
        assertThat(post(request("/app/v3/pipeline"), "{", "application/json").getStatus())
                .isEqualTo(400);
        assertThat(post(request("/v1/v3/pipeline"), EMPTY_PIPELINE, "application/json")
                        .getStatus())
                .isEqualTo(404);
    }

    private HranaResource resource() {
        JsonEncoding encoding = new JsonEncoding(1_000, Buffers.roomy());
        HranaHandler pipelines = new PipelineHandler(streams, encoding, LIMITS, () -> 0L);
        HranaHandler cursors = new CursorHandler(streams, encoding, LIMITS, Buffers.in(Path.of("missing")), () -> 0L);
        Map<String, HranaHandler> handlers = new HashMap<>();
        for (String path : HranaEndpoints.PATHS.split("\\|", -1)) {
            handlers.put(path, path.endsWith("cursor") ? cursors : pipelines);
        }
        return new HranaResource(new HranaDoor(
                new HranaEndpoints(handlers),
                new DatabaseSelector(new DatabaseName("fallback"), null),
                new Admission(LimitsConfig.defaults(), System::nanoTime, name -> Optional.empty()),
                LIMITS,
                Buffers.memory()));
    }

    private Invocation.Builder request(String path) {
        return server.target(path).request();
    }

    private static Response post(Invocation.Builder request, String body, String contentType) {
        return request.post(Entity.entity(body, contentType));
    }

    /** Lets everybody in, and fails where nobody should be asked. */
    private static final class Anonymous implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            assertThat(request.getMethod()).isEqualTo("POST");
            request.setSecurityContext(new SecurityContext() {
                @Override
                public Principal getUserPrincipal() {
                    return Principal.anonymous();
                }

                @Override
                public boolean isUserInRole(String role) {
                    return false;
                }

                @Override
                public boolean isSecure() {
                    return false;
                }

                @Override
                public String getAuthenticationScheme() {
                    return "";
                }
            });
        }
    }

    private static final class StatusMapper implements ExceptionMapper<ProblemException> {
        @Override
        public Response toResponse(ProblemException exception) {
            Response.ResponseBuilder response =
                    Response.status(exception.problem().code().status());
            ErrorEnvelopes.headers(exception.problem()).forEach(response::header);
            return response.build();
        }
    }
}
