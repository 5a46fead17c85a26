package net.quicsql.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.auth.AuthDynamicFeature;
import io.dropwizard.auth.AuthValueFactoryProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.SecurityContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import net.quicsql.access.AccessLevel;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.http.Admission;
import net.quicsql.http.Buffers;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.HttpAssembly;
import net.quicsql.http.RequestClients;
import net.quicsql.json.JsonInput;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.wire.RawHttp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The query door on a real port, with a fake engine behind it. */
@ExtendWith(DropwizardExtensionsSupport.class)
class QueryWireTest {
    private static final int CAP = 1000;
    private static final String QUERY = "{\"sql\":\"select 1\"}";
    private static final String RESULT = "{\"columns\":[\"sql\",\"args\"],\"rows\":[[\"select 1\",0]],"
            + "\"rows_affected\":1,\"last_insert_id\":9}\n";

    static final DropwizardAppExtension<Configuration> APP = new DropwizardAppExtension<>(
            QueryApplication.class,
            null,
            ConfigOverride.config("server.applicationConnectors[0].port", "0"),
            ConfigOverride.config("server.adminConnectors[0].port", "0"));

    @ParameterizedTest
    @ValueSource(strings = {"/app/query", "//app//query", "/app/query/", "/app/query?x=1", "/query", "//query"})
    void answersOnEveryPathOfAQuery(String path) throws IOException {
        RawHttp.Reply reply = post(path, QUERY);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.header("Content-Length")).contains(Integer.toString(RESULT.length()));
        assertThat(reply.body()).isEqualTo(RESULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/json",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: nonsense",
                "Content-Type: a/b; c",
                "Content-Type:",
                "Accept: text/html",
                "Accept: nonsense",
            })
    void caresForNoMediaType(String header) throws IOException {
        RawHttp.Reply reply = post("/app/query", QUERY, header);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.body()).isEqualTo(RESULT);
    }

    @Test
    void takesTheDatabaseFromTheNamespaceHeader() throws IOException {
        assertThat(post("/query", QUERY, "x-namespace: secret").status()).isEqualTo(403);
        assertThat(post("/query", QUERY, "x-namespace: other").status()).isEqualTo(200);
    }

    @Test
    void inflatesBodiesAndCountsWhatComesOut() throws IOException {
        assertThat(gzipped(QUERY).body()).isEqualTo(RESULT);
        assertThat(gzipped("{\"sql\":\"select 1 " + " ".repeat(CAP) + "\"}").status())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no gzip at all", "\u001f\u008b\u0008\u0000 half of it"})
    void refusesABodyThatDoesNotInflate(String body) throws IOException {
        RawHttp.Reply reply = RawHttp.send(
                APP.getLocalPort(),
                "POST /app/query HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer x\r\n"
                        + "Content-Encoding: gzip\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).contains("could not be decoded").contains("\"INVALID_REQUEST\"");
    }

    @Test
    void checksMethodThenCredentialThenRightsThenSizeThenBody() throws IOException {
        String large = "x".repeat(CAP + 1);

        RawHttp.Reply method = RawHttp.send(APP.getLocalPort(), "PUT", "/secret/query", large);
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.header("Allow")).contains("POST");
        RawHttp.Reply credential = RawHttp.send(APP.getLocalPort(), "POST", "/secret/query", large);
        assertThat(credential.status()).isEqualTo(401);
        assertThat(credential.header("WWW-Authenticate")).contains("Bearer");
        assertThat(credential.body())
                .isEqualTo(
                        "{\"error\":{\"message\":\"authentication required\",\"reason\":\"UNAUTHENTICATED\",\"retryable\":false}}\n");
        assertThat(post("/secret/query", large).status()).isEqualTo(403);
        assertThat(post("/app/query", large).status()).isEqualTo(413);
        assertThat(post("/app/query", "x").status()).isEqualTo(400);
        assertThat(post("/v3/query", QUERY).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS"})
    void answersOtherMethodsWith405(String method) throws IOException {
        for (String path : new String[] {"/app/query", "/query"}) {
            RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), method, path, "");

            assertThat(reply.status()).isEqualTo(405);
            assertThat(reply.header("Allow")).contains("POST");
            assertThat(reply.body())
                    .isEqualTo(
                            "{\"error\":{\"message\":\"use POST\",\"reason\":\"METHOD_NOT_ALLOWED\",\"retryable\":false}}\n");
        }
    }

    @Test
    void answersHeadWith405AndNoBody() throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "HEAD", "/app/query", "");

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.body()).isEmpty();
    }

    private static RawHttp.Reply post(String path, String body, String... headers) throws IOException {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Authorization: Bearer x";
        return RawHttp.send(APP.getLocalPort(), "POST", path, body, all);
    }

    private static RawHttp.Reply gzipped(String body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body.getBytes(StandardCharsets.UTF_8));
        }
        return RawHttp.send(
                APP.getLocalPort(),
                "POST /app/query HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer x\r\n"
                        + "Content-Encoding: gzip\r\nContent-Length: " + bytes.size() + "\r\n\r\n"
                        + bytes.toString(StandardCharsets.ISO_8859_1));
    }

    public static final class QueryApplication extends Application<Configuration> {
        @Override
        public void run(Configuration configuration, Environment environment) {
            ((AbstractServerFactory) configuration.getServerFactory()).setRegisterDefaultExceptionMappers(false);
            HttpAssembly.install(environment, new RequestClients(), 1024, next -> next, servlets -> servlets);
            environment.jersey().register(new AuthDynamicFeature(new AnyBearerFilter()));
            environment.jersey().register(new AuthValueFactoryProvider.Binder<>(Principal.class));
            QueryHandler handler =
                    new QueryHandler(new FakeEngine(), new JsonInput(CAP), QueryLimits.DEFAULT, Buffers.roomy());
            DatabaseSelector selector = new DatabaseSelector(new DatabaseName("app"), null);
            environment
                    .jersey()
                    .register(new QueryResource(new QueryDoor(
                            handler,
                            selector,
                            new Admission(LimitsConfig.defaults(), System::nanoTime, name -> Optional.empty()),
                            CAP,
                            Buffers.memory())));
        }
    }

    /** Takes any credential for that of somebody who may use {@code app} and {@code other}. */
    static final class AnyBearerFilter implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            if (request.getHeaderString("Authorization") == null) {
                throw new Problem.Unauthenticated("authentication required").toException();
            }
            Principal principal =
                    new Principal("ann", Map.of("app", AccessLevel.READ_WRITE, "other", AccessLevel.READ_ONLY));
            request.setSecurityContext(new SecurityContext() {
                @Override
                public java.security.Principal getUserPrincipal() {
                    return principal;
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
                    return "Bearer";
                }
            });
        }
    }
}
