package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.integer;
import static net.quicsql.wire.Requests.pipeline;
import static net.quicsql.wire.Requests.step;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batons: whose they are, how often they serve, and what a wrong one does. */
@ParameterizedClass
@MethodSource("net.quicsql.wire.Door#overHttp")
class BatonWireTest {
    private static final String SLOW = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c LIMIT 2000000)"
            + " SELECT count(*) FROM c";

    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    @RegisterExtension
    static final WireServer FORGETFUL = WireServer.with("baton_lifetime: 1s");

    private final HranaClient client;

    BatonWireTest(Door door) {
        client = SERVER.client(door);
    }

    @BeforeEach
    void makeTable() throws IOException {
        client.run("DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"baton\":null,", "{\"baton\":\"\",", "{"})
    void opensAStreamWithoutABaton(String start) throws IOException {
        HttpResponse<String> reply = client.post("v3/pipeline", start + "\"requests\":[" + GET_AUTOCOMMIT + "]}");
        Results results = new Results(HranaClient.JSON.readTree(reply.body()));
        assertThat(results.autocommit(0)).isTrue();
        assertThat(results.baton()).isNotEmpty();
    }

    @Test
    void changesTheBatonWithEachResponse() throws IOException {
        HranaStream stream = client.stream();
        Set<String> batons = new HashSet<>();
        for (String sql : List.of("SELECT 1", "BEGIN", "SELECT 2", "ROLLBACK", "SELECT 3")) {
            stream.run(sql);
            assertThat(batons.add(stream.baton())).isTrue();
        }
        stream.cursor(step("SELECT 4"));
        assertThat(batons.add(stream.baton())).isTrue();
    }

    @Test
    void refusesAReplayedBatonOfATransactionWithoutHurtingIt() throws IOException {
        HranaStream stream = client.stream().run("BEGIN");
        HranaStream replay = client.stream(stream.baton());
        stream.run("INSERT INTO t(v) VALUES(1)");
        assertThat(replay.refused(400)).isEqualTo("INVALID_BATON");
        stream.run("COMMIT");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    @Test
    void acceptsAnOlderBatonOfAParkedStream() throws IOException {
        HranaStream stream = client.stream().run("SELECT 1");
        HranaStream replay = client.stream(stream.baton());
        stream.run("SELECT 2");
        assertThat(replay.send(execute("SELECT 3")).rows(0)).containsExactly("3");
        assertThat(stream.send(execute("SELECT 4")).rows(0)).containsExactly("4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMMIT", "ROLLBACK"})
    void refusesABatonFromWithinATransactionThatItsClientHasEnded(String end) throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES(1)");
        HranaStream replay = client.stream(stream.baton());
        stream.run(end);
        assertThat(replay.refused(400)).isEqualTo("INVALID_BATON");
        stream.run("INSERT INTO t(v) VALUES(2)");
    }

    @Test
    void refusesABatonOfATransactionThatEndedWithItsStream() throws IOException {
        HranaStream stream = client.stream().run("BEGIN");
        HranaStream replay = client.stream(stream.baton());
        stream.close();
        assertThat(replay.refused(400)).isEqualTo("INVALID_BATON");
    }

    @Test
    void refusesForgedAndTruncatedBatons() throws IOException {
        HranaStream stream = client.stream().run("BEGIN");
        String baton = stream.baton();
        int middle = baton.length() / 2;
        char other = baton.charAt(middle) == 'A' ? 'B' : 'A';
        for (String forged : List.of(
                "x",
                "AAAA",
                " ",
                "not base64!",
                baton.substring(1),
                baton.substring(0, baton.length() - 4),
                baton + "AAAA",
                baton.substring(0, middle) + other + baton.substring(middle + 1),
                "A".repeat(100_000))) {
            assertThat(client.stream(forged).refused(400)).isEqualTo("INVALID_BATON");
        }
        stream.run("COMMIT");
    }

    @Test
    void refusesAnotherPrincipalsBatonWithoutBurningIt() throws IOException {
        HranaStream parked = client.stream().run("SELECT 1");
        HranaStream busy = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES(1)");
        for (String principal : new String[] {WireServer.READER, WireServer.GUEST}) {
            HranaClient thief = SERVER.client(WireServer.APP, principal);
            assertThat(thief.stream(parked.baton()).refused(403)).isEqualTo("ACCESS_DENIED");
            assertThat(thief.stream(busy.baton()).refused(403)).isEqualTo("ACCESS_DENIED");
        }
        parked.run("SELECT 1");
        busy.run("COMMIT");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    @Test
    void refusesAnotherDatabasesBatonWithoutBurningIt() throws IOException {
        HranaStream parked = client.stream().run("SELECT 1");
        HranaStream busy = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES(1)");
        HranaClient elsewhere = SERVER.client(WireServer.OTHER, WireServer.DEV);
        assertThat(elsewhere.stream(parked.baton()).refused(400)).isEqualTo("INVALID_BATON");
        assertThat(elsewhere.stream(busy.baton()).refused(400)).isEqualTo("INVALID_BATON");
        parked.run("SELECT 1");
        busy.run("COMMIT");
    }

    @Test
    void keepsTransactionsOfTwoDatabasesApart() throws IOException {
        HranaClient elsewhere = SERVER.client(WireServer.OTHER, WireServer.DEV);
        elsewhere.run("DROP TABLE IF EXISTS t; CREATE TABLE t(v)");
        HranaStream here = client.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES('here')");
        HranaStream there = elsewhere.stream().run("BEGIN IMMEDIATE", "INSERT INTO t(v) VALUES('there')");
        here.run("COMMIT");
        assertThat(there.isAutocommit()).isFalse();
        there.run("ROLLBACK");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("'here'");
        assertThat(elsewhere.rows("SELECT v FROM t")).isEmpty();
    }

    @Test
    void runsOneOfTwoOverlappingRequestsOfATransaction() throws Exception {
        HranaStream stream = client.stream().run("BEGIN");
        String body = pipeline(stream.baton(), execute(SLOW));
        CompletableFuture<HttpResponse<String>> first = postAsync(body);
        CompletableFuture<HttpResponse<String>> second = postAsync(body);
        assertThat(List.of(first.get().statusCode(), second.get().statusCode())).containsExactlyInAnyOrder(200, 400);
    }

    @Test
    void runsOneOfTwoOverlappingRequestsOfAParkedStream() throws Exception {
        HranaStream parked = client.stream().run("SELECT 1");
        HranaStream holder = client.stream().run("BEGIN IMMEDIATE");
        String body = pipeline(parked.baton(), execute("INSERT INTO t(v) VALUES(?)", integer(1)), CLOSE);
        // One of them waits for its turn to write for as long as the other is not refused.
        CompletableFuture<HttpResponse<String>> first = postAsync(body);
        CompletableFuture<HttpResponse<String>> second = postAsync(body);
        HttpResponse<?> refused =
                (HttpResponse<?>) CompletableFuture.anyOf(first, second).get();
        assertThat(refused.statusCode()).isEqualTo(400);
        holder.run("COMMIT");
        assertThat(List.of(first.get().statusCode(), second.get().statusCode())).containsExactlyInAnyOrder(200, 400);
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    @Test
    void refusesABatonThatIsTooOld() throws Exception {
        HranaClient visitor = FORGETFUL.client();
        String baton = visitor.stream().run("SELECT 1").baton();
        String body = pipeline(baton, GET_AUTOCOMMIT);
        Await.until(
                "the baton is refused", () -> visitor.post("v3/pipeline", body).statusCode() != 200);
        HttpResponse<String> refused = visitor.post("v3/pipeline", body);
        assertThat(HranaClient.refusal(refused, 400)).isEqualTo("INVALID_BATON");
        assertThat(refused.body()).contains("limits.baton_lifetime");
    }

    @Test
    void refusesABatonWithoutRunningWhatCameWithIt() throws IOException {
        assertThat(client.refusal(400, "forged", execute("INSERT INTO t(v) VALUES(1)")))
                .isEqualTo("INVALID_BATON");
        assertThat(client.rows("SELECT count(*) FROM t")).containsExactly("0");
    }

    @Test
    void refusesAMalformedBodyWithoutBurningItsBaton() throws IOException {
        HranaStream stream = client.stream().run("BEGIN", "INSERT INTO t(v) VALUES(1)");
        String body = pipeline(stream.baton(), "{\"type\":\"explode\"}");
        assertThat(HranaClient.refusal(client.post("v3/pipeline", body), 400)).isEqualTo("INVALID_REQUEST");
        stream.run("COMMIT");
        assertThat(client.rows("SELECT v FROM t")).containsExactly("1");
    }

    private CompletableFuture<HttpResponse<String>> postAsync(String body) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return client.post("v3/pipeline", body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
