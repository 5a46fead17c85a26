package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.auth.Auth;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import net.quicsql.access.Principal;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application as the shipped configuration starts it, with a resource that only says who asks. */
class QuicsqlApplicationTest {
    private static final java.nio.file.Path SHIPPED =
            java.nio.file.Path.of(System.getProperty("quicsql.basedir", System.getProperty("user.dir")), "config.yml");

    @TempDir
    static java.nio.file.Path directory;

    private static DropwizardTestSupport<QuicsqlConfiguration> server;

    @BeforeAll
    static void start() throws Exception {
        server = new DropwizardTestSupport<>(
                WithWho.class,
                SHIPPED.toString(),
                ConfigOverride.config("server.applicationConnectors[0].port", "0"),
                ConfigOverride.config("server.adminConnectors[0].port", "0"),
                ConfigOverride.config("data_dir", directory.resolve("data").toString()),
                ConfigOverride.config("logging.level", "WARN"));
        server.before();
    }

    @AfterAll
    static void stop() {
        server.after();
    }

    /** The application with one resource and a mapper, in the places of those that the protocols bring. */
    public static final class WithWho extends QuicsqlApplication {
        @Override
        public void run(QuicsqlConfiguration configuration, Environment environment) throws IOException {
            super.run(configuration, environment);
            environment.jersey().register(new Who());
            environment.jersey().register(new Mapper());
        }
    }

    @Path("/")
    public static final class Who {
        @GET
        @Path("who")
        public String who(@Auth Principal principal) {
            return principal.name();
        }

        @GET
        @Path("public")
        public String everybody() {
            return "hello";
        }
    }

    public static final class Mapper implements ExceptionMapper<ProblemException> {
        @Override
        public Response toResponse(ProblemException exception) {
            return Response.status(exception.problem().code().status())
                    .entity(exception.problem().message())
                    .build();
        }
    }

    @Test
    void letsKnownTokensInAndNobodyElse() throws Exception {
        assertThat(get("/who", "Authorization", "Bearer dev-token").body()).isEqualTo("dev");
        assertThat(get("/who", "authorization", "bearer dev-reader").body()).isEqualTo("reader");
        assertThat(get("/public").body()).isEqualTo("hello");

        assertThat(get("/who").statusCode()).isEqualTo(401);
        assertThat(get("/who").body()).isEqualTo("authentication required: no token");
        assertThat(get("/who", "Authorization", "Bearer ").statusCode()).isEqualTo(401);
        assertThat(get("/who", "Authorization", "Bearer wrong").body())
                .isEqualTo("authentication required: unknown token");
        assertThat(get("/who", "Authorization", "Basic ZGV2OmRldi10b2tlbg==").statusCode())
                .isEqualTo(401);
        assertThat(get("/who", "Authorization", "Bearer dev-token", "Authorization", "Bearer dev-token")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void showsHealthAndMetricsOnTheAdminPort() throws Exception {
        assertThat(admin("/healthcheck").statusCode()).isEqualTo(200);
        assertThat(admin("/healthcheck").body()).contains("\"deadlocks\"");

        HttpResponse<String> metrics = admin("/prometheus");
        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(metrics.body()).contains("# TYPE ", "org_eclipse_jetty_");
        assertThat(admin("/metrics").body()).startsWith("{\"version\"");
    }

    @Test
    void compressesNothing() throws Exception {
        HttpResponse<String> answer = get("/public", "Accept-Encoding", "gzip");

        assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(answer.headers().firstValue("Server")).isEmpty();
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(server.getLocalPort(), path, headers);
    }

    private static HttpResponse<String> admin(String path) throws Exception {
        return send(server.getAdminPort(), path);
    }

    private static HttpResponse<String> send(int port, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }
}
