package net.quicsql.wire;

import static net.quicsql.wire.Requests.execute;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicReference;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The limits on requests that are off unless configured. */
class AdmissionWireTest {
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";
    private static final String QUERY = "{\"sql\":\"SELECT 1\"}";

    @RegisterExtension
    static final WireServer NARROW = WireServer.with("max_concurrent_requests_per_database: 1");

    @RegisterExtension
    static final WireServer SLOW = WireServer.with("max_requests_per_second_per_principal: 1");

    @Test
    void countsACursorUntilItsReaderLeavesAndRefusesOthersInTheWordsOfTheirPaths() throws Exception {
        HranaClient client = NARROW.client();
        HranaStream stream = client.stream().run("SELECT 1");
        HttpResponse<InputStream> rows =
                client.post("v3/cursor", Requests.cursor(null, Requests.step(ENDLESS)), BodyHandlers.ofInputStream());
        assertThat(rows.statusCode()).isEqualTo(200);

        HttpResponse<String> query = client.post("query", QUERY);
        assertThat(query.statusCode()).isEqualTo(503);
        assertThat(query.headers().firstValue("Retry-After")).contains("1");
        assertThat(HranaClient.JSON.readTree(query.body()).at("/error/reason").textValue())
                .isEqualTo("OVERLOADED");
        HttpResponse<String> pipeline =
                client.post("v3/pipeline", Requests.pipeline(stream.baton(), execute("SELECT 1")));
        assertThat(HranaClient.refusal(pipeline, 503)).isEqualTo("OVERLOADED");
        assertThat(HranaClient.refusal(client.post("v3/cursor", Requests.cursor(null)), 503))
                .isEqualTo("OVERLOADED");

        // Another database, and questions without one, are not concerned.
        NARROW.client(WireServer.OTHER, WireServer.DEV).rows("SELECT 1");
        assertThat(client.send("GET", "/app/v3", "").statusCode()).isEqualTo(200);

        rows.body().close();
        Await.until(
                "the reader that left makes room",
                () -> client.post("query", QUERY).statusCode() == 200);
        assertThat(stream.send(execute("SELECT 2")).rows(0)).containsExactly("2");
    }

    @Test
    void saysWhenTheNextRequestMayComeBeforeItReadsTheBody() throws Exception {
        HranaClient client = SLOW.client();
        Await.until("the rate is passed", () -> client.post("query", QUERY).statusCode() == 429);

        HttpResponse<String> query = refused(client, "query");
        assertThat(query.headers().firstValue("Retry-After")).contains("1");
        assertThat(HranaClient.JSON.readTree(query.body()).at("/error/reason").textValue())
                .isEqualTo("RATE_LIMITED");
        assertThat(HranaClient.refusal(refused(client, "v2/pipeline"), 429)).isEqualTo("RATE_LIMITED");

        // Others have rates of their own, and a probe has none.
        SLOW.client(WireServer.APP, WireServer.READER).rows("SELECT 1");
        for (int i = 0; i < 5; i++) {
            assertThat(client.send("GET", "/app/v3", "").statusCode()).isEqualTo(200);
        }
        Await.until("time has passed", () -> client.post("query", QUERY).statusCode() == 200);
    }

    /** What nonsense gets that comes too early; what comes in time is told that it is nonsense. */
    private static HttpResponse<String> refused(HranaClient client, String path) throws Exception {
        AtomicReference<HttpResponse<String>> reply = new AtomicReference<>();
        Await.until("it came too early", () -> {
            reply.set(client.post(path, "no JSON"));
            return reply.get().statusCode() == 429;
        });
        return reply.get();
    }
}
