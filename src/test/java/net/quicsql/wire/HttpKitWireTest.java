package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import net.quicsql.http.Answer;
import net.quicsql.http.Body;
import net.quicsql.http.BodyReader;
import net.quicsql.http.HttpAssembly;
import net.quicsql.http.JerseyAnswers;
import net.quicsql.http.RequestClients;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(DropwizardExtensionsSupport.class)
class HttpKitWireTest {
    static final DropwizardAppExtension<Configuration> APP = new DropwizardAppExtension<>(
            MiniApplication.class,
            null,
            ConfigOverride.config("server.applicationConnectors[0].port", "0"),
            ConfigOverride.config("server.adminConnectors[0].port", "0"));

    @Test
    void tellsProblemsInThePlainEnvelope() throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "GET", "/app/fail/problem", "");

        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.header("Retry-After")).contains("1");
        assertThat(reply.body())
                .isEqualTo("{\"error\":{\"message\":\"slow down\",\"reason\":\"RATE_LIMITED\",\"retryable\":true}}\n");
    }

    @Test
    void tellsProblemsOnHranaPathsInTheirEnvelope() throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "GET", "/app/v3/fail", "");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.body())
                .isEqualTo(
                        "{\"error\":\"bad baton\",\"message\":\"bad baton\",\"code\":\"INVALID_BATON\",\"retryable\":false}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"runtime", "error", "server", "json"})
    void keepsInternalsToTheLog(String kind) throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "GET", "/app/fail/" + kind, "");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.body())
                .matches("\\{\"error\":\\{\"message\":\"internal error \\(id [0-9a-f-]{36}\\)\","
                        + "\"reason\":\"INTERNAL\",\"retryable\":false}}\n")
                .doesNotContain("secret");
    }

    @Test
    void answersUnknownPathsWithAHint() throws IOException {
        for (String path : new String[] {"/", "/app", "/nowhere/at/all", "/app/v3/nothing", "/v2"}) {
            RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "GET", path, "");
            assertThat(reply.status()).isEqualTo(404);
            assertEnvelope(reply);
        }
    }

    @ParameterizedTest
    @CsvSource({"PUT, /app/echo", "DELETE, /app/echo", "GET, /app/echo", "PATCH, /app/echo"})
    void answersWrongMethodsWithTheRightOne(String method, String path) throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), method, path, "");

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow")).contains("POST");
        assertThat(reply.body())
                .isEqualTo(
                        "{\"error\":{\"message\":\"use POST\",\"reason\":\"METHOD_NOT_ALLOWED\",\"retryable\":false}}\n");
    }

    @Test
    void answersHeadOfAWrongMethodWithoutABody() throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "HEAD", "/app/echo", "");

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void answersMethodsThatTheServerDoesNotKnow() throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "PROPFIND", "/app/echo", "");

        assertThat(reply.status()).isEqualTo(405);
        assertEnvelope(reply);
    }

    @Test
    void answersRefusedMediaTypes() throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "POST", "/app/picky", "x", "Content-Type: text/plain");

        assertThat(reply.status()).isEqualTo(415);
        assertEnvelope(reply);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app/echo", "//app/echo", "/app//echo", "///app////echo", "/app/echo/", "//app//echo//"})
    void dropsEmptySegments(String path) throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "POST", path + "?a=//b", "hello");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).contains("text/plain");
        assertThat(reply.header("Content-Length")).contains("9");
        assertThat(reply.body()).isEqualTo("app:hello");
    }

    @Test
    void leavesEncodedCharactersAlone() throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "POST", "//a%20b%41/echo", "x");

        assertThat(reply.body()).isEqualTo("a bA:x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "GET /app/echo HTTP/1.1\r\nConnection: close\r\n\r\n",
                "GET /a b/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /%ff%fe/v3/pipeline HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a%2Fb/query HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a/%2e%2e/v2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /../../etc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /;x//query HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a;p=1/query HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a\0b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /WEB-INF/web.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "POST /app/echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST /app/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "POST /app/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x y\r\nConnection: close\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
            })
    void answersMalformedRequestsInOurEnvelope(String request) throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), request);

        assertThat(reply.status()).isBetween(400, 505);
        assertEnvelope(reply);
    }

    @Test
    void answersHeadersAndUrisThatAreTooLong() throws IOException {
        String much = "x".repeat(20_000);
        RawHttp.Reply header = RawHttp.send(APP.getLocalPort(), "GET", "/", "", "X-Much: " + much);
        RawHttp.Reply uri = RawHttp.send(APP.getLocalPort(), "GET", "/v3/" + much, "");

        assertThat(header.status()).isEqualTo(431);
        assertEnvelope(header);
        assertThat(uri.status()).isEqualTo(414);
        assertEnvelope(uri);
    }

    @Test
    void answersWhatFiltersRefuseAndThrow() throws IOException {
        RawHttp.Reply refused = RawHttp.send(APP.getLocalPort(), "GET", "/app/v3/filtered", "", "Accept: text/html");
        RawHttp.Reply thrown = RawHttp.send(APP.getLocalPort(), "POST", "/thrown", "", "Accept: text/html");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body())
                .isEqualTo(
                        "{\"error\":\"forbidden\",\"message\":\"forbidden\",\"code\":\"ACCESS_DENIED\",\"retryable\":false}");
        assertThat(thrown.status()).isEqualTo(500);
        assertThat(thrown.body()).doesNotContain("secret");
        assertEnvelope(thrown);
    }

    @Test
    void answersOnTheAdminPortWithoutHtml() throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getAdminPort(), "GET", "/nowhere", "", "Accept: text/html");

        assertThat(reply.status()).isEqualTo(404);
        assertEnvelope(reply);
    }

    @Test
    void refusesBodiesThatEndEarly() throws IOException {
        RawHttp.Reply reply = RawHttp.send(
                APP.getLocalPort(),
                "POST /app/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                        + "3\r\nabc\r\nzz\r\n\r\n");

        assertThat(reply.status()).isEqualTo(400);
        assertEnvelope(reply);
    }

    @Test
    void refusesBodiesOverTheCapInEveryForm() throws IOException {
        String much = "x".repeat(101);
        RawHttp.Reply known = RawHttp.send(APP.getLocalPort(), "POST", "/app/echo", much);
        RawHttp.Reply chunked = RawHttp.send(
                APP.getLocalPort(),
                "POST /app/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                        + "65\r\n" + much + "\r\n0\r\n\r\n");

        assertThat(known.status()).isEqualTo(413);
        assertThat(known.body())
                .isEqualTo("{\"error\":{\"message\":\"the request body is larger than 100 bytes (test.cap)\","
                        + "\"reason\":\"BODY_TOO_LARGE\",\"retryable\":false}}\n");
        assertThat(chunked.status()).isEqualTo(413);
        assertThat(chunked.body()).isEqualTo(known.body());
    }

    @Test
    void neverEndsABrokenBodyAsIfItWereWhole() throws IOException {
        RawHttp.Reply reply = RawHttp.send(APP.getLocalPort(), "GET", "/app/fail/body", "");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).contains("xxx").doesNotContain("secret").doesNotEndWith("0\r\n\r\n");
    }

    @Test
    void closesTheBodyWhenTheClientLeft() throws Exception {
        try (java.net.Socket socket = new java.net.Socket("localhost", APP.getLocalPort())) {
            socket.getOutputStream()
                    .write("GET /app/endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isPositive();
        }

        assertThat(EndlessBody.CLOSED.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(EndlessBody.FAILURE.get()).isInstanceOf(IOException.class);
    }

    private static void assertEnvelope(RawHttp.Reply reply) {
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.body()).startsWith("{\"error\":");
        assertThat(reply.head() + reply.body())
                .doesNotContainIgnoringCase("<html")
                .doesNotContain("text/html");
    }

    public static final class MiniApplication extends Application<Configuration> {
        @Override
        public void run(Configuration configuration, Environment environment) {
            ((AbstractServerFactory) configuration.getServerFactory()).setRegisterDefaultExceptionMappers(false);
            HttpAssembly.install(environment, new RequestClients(), 1024, next -> next, servlets -> servlets);
            environment.jersey().register(new MiniResource());
            environment
                    .servlets()
                    .addFilter("refusing", new RefusingFilter())
                    .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
        }
    }

    @Path("/")
    public static final class MiniResource {
        @POST
        @Path("{database}/echo")
        public Response echo(
                @PathParam("database") String database,
                @jakarta.ws.rs.HeaderParam("Content-Length") Long length,
                InputStream in) {
            byte[] body = BodyReader.read(
                    in, length == null ? -1 : length, 100, "test.cap", new MemoryBudget(1 << 20).share());
            byte[] text = (database + ":" + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
            return JerseyAnswers.response(new Answer(200, Answer.TEXT, Map.of("X-Kind", "echo"), Body.of(text)));
        }

        @POST
        @Path("{database}/picky")
        @Consumes("application/json")
        public Response picky(InputStream in) {
            return Response.ok().build();
        }

        @GET
        @Path("{database}/v3/fail")
        public Response hrana() {
            throw new Problem.Refused(ProblemCode.INVALID_BATON, "bad baton").toException();
        }

        @GET
        @Path("{database}/endless")
        public Response endless() {
            return JerseyAnswers.response(Answer.of(200, Answer.TEXT, new EndlessBody()));
        }

        @GET
        @Path("{database}/fail/{kind}")
        public Response fail(@PathParam("kind") String kind) throws IOException {
            switch (kind) {
                case "problem" -> throw new Problem.Refused(ProblemCode.RATE_LIMITED, "slow down").toException();
                case "runtime" -> throw new IllegalStateException("secret");
                case "error" -> throw new AssertionError("secret");
                case "json" -> throw new com.fasterxml.jackson.core.JsonParseException(null, "secret");
                case "server" -> throw new jakarta.ws.rs.InternalServerErrorException("secret");
                default -> {
                    return JerseyAnswers.response(Answer.of(200, Answer.TEXT, new BrokenBody()));
                }
            }
        }
    }

    static final class RefusingFilter extends HttpFilter {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            if (request.getRequestURI().endsWith("/filtered")) {
                response.sendError(403, "secret");
            } else if (request.getRequestURI().endsWith("/thrown")) {
                throw new ServletException("secret");
            } else {
                chain.doFilter(request, response);
            }
        }
    }

    /** Fails by a fault of our own after a part was sent. */
    static final class BrokenBody implements Body {
        @Override
        public long length() {
            return UNKNOWN_LENGTH;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write("x".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
            out.flush();
            throw new IllegalStateException("secret");
        }
    }

    static final class EndlessBody implements Body {
        static final CountDownLatch CLOSED = new CountDownLatch(1);
        static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();

        @Override
        public long length() {
            return UNKNOWN_LENGTH;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            byte[] block = new byte[64 * 1024];
            try {
                while (true) {
                    out.write(block);
                    out.flush();
                }
            } catch (IOException e) {
                FAILURE.set(e);
                throw e;
            }
        }

        @Override
        public void close() {
            CLOSED.countDown();
        }
    }
}
