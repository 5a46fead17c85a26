package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client is told about sending the same request again. */
class RetryWireTest {
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

    @RegisterExtension
    static final WireServer SERVER = WireServer.with(
            "lock_wait: 200ms",
            "contended_idle_timeout: 190ms",
            "statement_timeout: 300ms",
            "max_query_body: 1KiB",
            "max_value_size: 64KiB",
            "max_sql_length: 64KiB");

    private final HranaClient client = SERVER.client();

    @Test
    void asksNobodyToRepeatWhatWillFailAgain() throws IOException {
        client.run("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY)");
        hopeless(query("SELECT missing"), 200, "no such column: missing");
        hopeless(query(ENDLESS), 504, "(limits.statement_timeout); sent again it would end the same way");
        hopeless(query("SELECT zeroblob(100000)"), 200, "too big (limits.max_value_size, limits.max_sql_length)");
        hopeless(query("SELECT '" + "x".repeat(1024) + "'"), 413, "(limits.max_query_body)");
        HranaClient reader = SERVER.client(WireServer.APP, WireServer.READER);
        hopeless(
                reader.post("query", "{\"sql\":\"INSERT INTO t DEFAULT VALUES\"}"),
                403,
                "attempt to write a readonly database: this principal may only read it");
    }

    @Test
    void saysWhenALockMayBeFree() throws IOException {
        client.run("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY)");
        try (var other = SERVER.connect();
                var statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            HttpResponse<String> busy = query("INSERT INTO t DEFAULT VALUES");
            assertThat(busy.statusCode()).as(busy.body()).isEqualTo(503);
            assertThat(busy.headers().firstValue("Retry-After")).contains("1");
            assertThat(error(busy).get("retryable").booleanValue()).isTrue();
            statement.execute("ROLLBACK");
        } catch (java.sql.SQLException e) {
            throw new IOException(e);
        }
    }

    private HttpResponse<String> query(String sql) throws IOException {
        return client.post("query", "{\"sql\":" + Requests.quote(sql) + "}");
    }

    private static void hopeless(HttpResponse<String> reply, int status, String words) throws IOException {
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
        assertThat(reply.headers().firstValue("Retry-After")).isEmpty();
        assertThat(error(reply).get("retryable").booleanValue()).isFalse();
        assertThat(error(reply).get("message").textValue()).contains(words);
    }

    private static JsonNode error(HttpResponse<String> reply) throws IOException {
        return HranaClient.JSON.readTree(reply.body()).get("error");
    }
}
