package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.pipeline;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask, at which address, in which form; and how refusals look. */
class HranaEndpointWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with("max_hrana_body: 1MiB");

    @RegisterExtension
    static final WireServer OPEN = WireServer.open();

    private static final String SELECT = pipeline(null, execute("SELECT 42"), CLOSE);

    private final HranaClient client = SERVER.client();

    @ParameterizedTest
    @ValueSource(strings = {"/v2", "/v3", "/app/v2", "/app/v3", "/app/v3/", "/nowhere/v2"})
    void tellsAnybodyThatJsonIsSpoken(String path) throws IOException {
        HttpResponse<String> reply = client.send("GET", path, "");
        assertThat(reply.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"v2/pipeline, application/json", "v3/pipeline, application/json", "v3/cursor, text/plain"})
    void answersWithoutContentType(String endpoint, String answered) throws IOException {
        String body = endpoint.equals("v3/cursor") ? Requests.cursor(null, Requests.step("SELECT 42")) : SELECT;
        RawHttp.Reply reply = RawHttp.send(
                SERVER.port(), "POST", "/app/" + endpoint, body, "Authorization: Bearer " + WireServer.DEV);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).contains(answered);
        assertThat(reply.body()).contains("\"42\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "text/plain",
                "text/plain;charset=UTF-8",
                "application/x-www-form-urlencoded",
                "nonsense",
            })
    void answersAPipelineWithAnyContentType(String type) throws IOException {
        assertAnswers(client.post("v3/pipeline", SELECT, "Content-Type", type));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/x-protobuf", "nonsense"})
    void looksAtNoAcceptHeader(String type) throws IOException {
        assertAnswers(client.post("v3/pipeline", SELECT, "Accept", type));
    }

    @Test
    void takesAnEmptyTokenWhereNobodyIsAsked() throws IOException {
        RawHttp.Reply reply = RawHttp.send(OPEN.port(), "POST", "/app/v3/pipeline", SELECT, "Authorization: Bearer ");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(RawHttp.send(OPEN.port(), "POST", "/app/v3/pipeline", SELECT).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization: Bearer ", "Authorization: Bearer wrong", "Authorization: Basic x", "X: y"})
    void refusesWhoeverHasNoTokenOrTheWrongOne(String header) throws IOException {
        RawHttp.Reply reply = RawHttp.send(SERVER.port(), "POST", "/app/v3/pipeline", SELECT, header);
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.header("WWW-Authenticate")).contains("Bearer");
        assertThat(reply.body()).startsWith("{\"error\":\"").contains("\"code\":\"UNAUTHENTICATED\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer", "BEARER", "bEaReR"})
    void readsTheSchemeInAnyCase(String scheme) throws IOException {
        assertAnswers(client.post("v3/pipeline", SELECT, "Authorization", scheme + " " + WireServer.DEV));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/app/v3/pipeline",
                "/app/v3/pipeline/",
                "/app//v3/pipeline",
                "//app//v3//pipeline//",
                "/v3/pipeline",
                "//v3/pipeline",
                "/v2/pipeline",
                "/app/v2/pipeline",
                "/app/v3/pipeline?tls=0&x=//y",
            })
    void findsThePipelineAtEverySpellingOfItsPath(String path) throws IOException {
        RawHttp.Reply reply =
                RawHttp.send(SERVER.port(), "POST", path, SELECT, "Authorization: Bearer " + WireServer.DEV);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).contains("\"42\"");
    }

    @Test
    void takesTheDatabaseFromTheNamespaceHeaderWhereThePathNamesNone() throws IOException {
        SERVER.client(WireServer.OTHER, WireServer.DEV).run("CREATE TABLE only_here(x)");
        String body = pipeline(null, execute("SELECT count(*) FROM only_here"), CLOSE);
        String token = "Bearer " + WireServer.DEV;
        HttpResponse<String> named =
                client.send("POST", "/v3/pipeline", body, "Authorization", token, "x-namespace", WireServer.OTHER);
        assertThat(named.body()).contains("\"type\":\"integer\"");
        HttpResponse<String> byDefault = client.send("POST", "/v3/pipeline", body, "Authorization", token);
        assertThat(byDefault.body()).contains("no such table");
    }

    @ParameterizedTest
    @CsvSource({
        "nowhere, 404, UNKNOWN_DATABASE",
        "query, 404, INVALID_DATABASE_NAME",
        "v1, 404, ",
        "metrics, 404, INVALID_DATABASE_NAME",
        "..%2fapp, 400, ",
        ".hidden, 404, INVALID_DATABASE_NAME",
        "APP, 404, UNKNOWN_DATABASE",
    })
    void refusesUnknownAndReservedDatabases(String name, int status, String code) throws IOException {
        HttpResponse<String> reply = SERVER.client(name, WireServer.DEV).post("v3/pipeline", SELECT);
        String told = HranaClient.refusal(reply, status);
        if (code != null) {
            assertThat(told).isEqualTo(code);
        }
        assertAnswers(client.post("v3/pipeline", SELECT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"other", "nowhere"})
    void tellsNobodyWithoutRightsWhetherADatabaseExists(String name) throws IOException {
        HttpResponse<String> reply = SERVER.client(name, WireServer.GUEST).post("v3/pipeline", SELECT);
        assertThat(HranaClient.refusal(reply, 403)).isEqualTo("ACCESS_DENIED");
        assertThat(reply.body().replace(name, "")).doesNotContain("unknown");
    }

    @Test
    void answersGetAutocommitOnVersion2Too() throws IOException {
        HttpResponse<String> reply = client.post("v2/pipeline", pipeline(null, GET_AUTOCOMMIT, CLOSE));
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).contains("{\"type\":\"get_autocommit\",\"is_autocommit\":true}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "{",
                "[]",
                "null",
                "42",
                "{\"requests\":",
                "{\"requests\":[]} x",
                "{}",
                "{\"requests\":{}}",
                "{\"requests\":[42]}",
                "{\"requests\":[{}]}",
                "{\"requests\":[{\"type\":\"explode\"}]}",
                "{\"requests\":[{\"type\":\"execute\"}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":42}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT 1\",\"sql_id\":1}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT ?\",\"args\":[1]}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT ?\",\"args\":[{\"type\":\"date\"}]}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT ?\","
                        + "\"args\":[{\"type\":\"integer\",\"value\":\"9223372036854775808\"}]}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT ?\","
                        + "\"args\":[{\"type\":\"blob\",\"base64\":\"*\"}]}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT '\\ud800'\"}}]}",
                "{\"requests\":[{\"type\":\"store_sql\",\"sql_id\":4294967296,\"sql\":\"SELECT 1\"}]}",
                "{\"requests\":[],\"requests\":[]}",
                "{\"baton\":42,\"requests\":[]}",
            })
    void refusesMalformedBodiesAndAnswersTheNextRequest(String body) throws IOException {
        assertThat(HranaClient.refusal(client.post("v3/pipeline", body), 400))
                .isIn("INVALID_JSON", "INVALID_REQUEST", "SQL_INVALID_TEXT");
        assertAnswers(client.post("v3/pipeline", SELECT));
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 30_000})
    void refusesDeepNesting(int depth) throws IOException {
        String conditions =
                "{\"type\":\"not\",\"cond\":".repeat(depth) + "{\"type\":\"is_autocommit\"}" + "}".repeat(depth);
        String body = pipeline(null, Requests.batch(Requests.stepIf(conditions, "SELECT 1")));
        assertThat(HranaClient.refusal(client.post("v3/pipeline", body), 400)).isEqualTo("INVALID_JSON");
        String unknown = "{\"requests\":[],\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
        assertThat(HranaClient.refusal(client.post("v3/pipeline", unknown), 400))
                .isEqualTo("INVALID_JSON");
        assertAnswers(client.post("v3/pipeline", SELECT));
    }

    @Test
    void refusesBytesThatAreNoUnicode() throws IOException {
        RawHttp.Reply reply = RawHttp.send(
                SERVER.port(),
                "POST /app/v3/pipeline HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                        + WireServer.DEV
                        + "\r\nContent-Length: 26\r\n\r\n{\"requests\":[],\"x\":\"\u00ff\u00fe\u00c0\"}  ");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).contains("\"code\":\"INVALID_JSON\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "identity, gzip"})
    void refusesCompressedBodies(String encoding) throws IOException {
        for (String path : List.of("v2/pipeline", "v3/pipeline", "v3/cursor")) {
            HttpResponse<String> reply = client.post(path, SELECT, "Content-Encoding", encoding);
            assertThat(HranaClient.refusal(reply, 415)).isEqualTo("UNSUPPORTED_ENCODING");
        }
        assertAnswers(client.post("v3/pipeline", SELECT, "Content-Encoding", "Identity"));
    }

    @Test
    void refusesBodiesThatAreTooLarge() throws IOException {
        String body = pipeline(null, execute("SELECT '" + "x".repeat(1 << 20) + "'"));
        HttpResponse<String> reply = client.post("v3/pipeline", body);
        assertThat(HranaClient.refusal(reply, 413)).isEqualTo("BODY_TOO_LARGE");
        assertThat(reply.body()).contains("limits.max_hrana_body");
        assertThat(HranaClient.refusal(client.post("v3/cursor", body), 413)).isEqualTo("BODY_TOO_LARGE");
        assertAnswers(client.post("v3/pipeline", SELECT));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /app/v3/pipeline, 405, METHOD_NOT_ALLOWED",
        "OPTIONS, /app/v3/pipeline, 405, METHOD_NOT_ALLOWED",
        "OPTIONS, /v2/pipeline, 405, METHOD_NOT_ALLOWED",
        "OPTIONS, /app/v3/cursor, 405, METHOD_NOT_ALLOWED",
        "OPTIONS, /v3/cursor, 405, METHOD_NOT_ALLOWED",
        "DELETE, /app/v3/cursor, 405, METHOD_NOT_ALLOWED",
        "POST, /app/v3/nothing, 404, NOT_FOUND",
        "POST, /app/v2/cursor, 404, NOT_FOUND",
    })
    void refusesWrongMethodsAndPathsInAFormThatEveryClientReads(String method, String path, int status, String code)
            throws IOException {
        HttpResponse<String> reply = client.send(method, path, "", "Authorization", "Bearer " + WireServer.DEV);
        assertThat(HranaClient.refusal(reply, status)).isEqualTo(code);
        assertThat(reply.headers().allValues("Allow")).isEqualTo(status == 405 ? List.of("POST") : List.of());
    }

    /** Some clients read {@code error}, others {@code message} and {@code code}, and one of them of one media type only. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "v2/pipeline",
                "v3/pipeline",
                "v3/cursor",
                "v3-protobuf/pipeline",
                "v3-protobuf/cursor",
                "v1/execute",
                "v1/batch",
                "",
            })
    void tellsEveryRefusalInAFormThatEveryClientReads(String endpoint) throws IOException {
        String path = "/app/" + endpoint;
        String body = shortest(endpoint);
        String dev = "Bearer " + WireServer.DEV;
        String guest = "Bearer " + WireServer.GUEST;
        assertRefused(400, client.send("POST", path, "{", "Authorization", dev), "INVALID_JSON", "INVALID_PROTOBUF");
        assertRefused(401, client.send("POST", path, body), "UNAUTHENTICATED");
        assertRefused(403, client.send("POST", "/other/" + endpoint, body, "Authorization", guest), "ACCESS_DENIED");
        assertRefused(404, client.send("POST", "/nowhere/" + endpoint, body, "Authorization", dev), "UNKNOWN_DATABASE");
        assertRefused(405, client.send("DELETE", path, "", "Authorization", dev), "METHOD_NOT_ALLOWED");
        String tooLong = body + " ".repeat((1 << 20) + 1);
        assertRefused(413, client.send("POST", path, tooLong, "Authorization", dev), "BODY_TOO_LARGE");
        assertRefused(
                415,
                client.send("POST", path, body, "Authorization", dev, "Content-Encoding", "gzip"),
                "UNSUPPORTED_ENCODING");
        assertThat(client.send("POST", path, body, "Authorization", dev).statusCode())
                .isEqualTo(200);
    }

    /** The least that an endpoint answers. */
    private static String shortest(String endpoint) {
        return switch (endpoint) {
            case "v2/pipeline", "v3/pipeline" -> "{\"requests\":[]}";
            case "v3/cursor", "v1/batch" -> "{\"batch\":{\"steps\":[]}}";
            case "v3-protobuf/pipeline" -> "";
            case "v3-protobuf/cursor" -> "\u0012\u0000";
            case "v1/execute" -> "{\"stmt\":{\"sql\":\"SELECT 1\"}}";
            default -> "{\"statements\":[]}";
        };
    }

    private static void assertRefused(int status, HttpResponse<String> reply, String... codes) throws IOException {
        assertThat(HranaClient.refusal(reply, status)).isIn((Object[]) codes);
    }

    private static void assertAnswers(HttpResponse<String> reply) {
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(HranaClient.contentType(reply)).isEqualTo("application/json");
        assertThat(reply.body()).contains("\"42\"");
    }
}
