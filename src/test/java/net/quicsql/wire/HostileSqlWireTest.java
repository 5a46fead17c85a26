package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.GET_AUTOCOMMIT;
import static net.quicsql.wire.Requests.describe;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.sequence;
import static net.quicsql.wire.Requests.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SQL that is too deep, too long, too large or too much for SQLite, and many clients at once. */
class HostileSqlWireTest {
    @RegisterExtension
    static final WireServer SERVER =
            WireServer.with("max_sql_length: 1MiB", "max_value_size: 1MiB", "statement_timeout: 5s");

    private final HranaClient client = SERVER.client();

    static List<String> tooMuch() {
        return List.of(
                "SELECT 1" + "+1".repeat(400_000),
                "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000),
                "SELECT " + "(SELECT ".repeat(10_000) + "1" + ")".repeat(10_000),
                "SELECT 1" + " UNION ALL SELECT 1".repeat(40_000),
                "SELECT " + "1,".repeat(100_000) + "1",
                "SELECT '" + "x".repeat(1 << 20) + "'",
                "SELECT ?999999",
                "SELECT zeroblob(1048577)",
                "SELECT randomblob(2147483647)",
                "SELECT printf('%2000000d', 1)",
                "SELECT replace(hex(zeroblob(500000)), '0', 'xxxxxxxx')",
                // More than 32 bits of bytes: the driver's own functions would write over all memory.
                "SELECT replicate('xxxxxxxx', 536870913)",
                "SELECT padl('x', 4294967297)",
                "SELECT padr('x', 4294967297)",
                "SELECT padc('x', 4294967297)",
                "SELECT rightstr('x', -5)",
                "SELECT strfilter(hex(zeroblob(400000)), hex(zeroblob(400000)))",
                "SELECT charindex(hex(zeroblob(200000)) || 'b', hex(zeroblob(400000)))",
                "SELECT charindex(hex(zeroblob(200000)) || 'b', hex(zeroblob(400000)), 1)",
                "SELECT json('" + "[".repeat(100_000) + "]".repeat(100_000) + "')",
                "WITH RECURSIVE c(x) AS (VALUES('x') UNION ALL SELECT x || x FROM c) SELECT length(x) FROM c",
                "WITH a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a",
                "SELECT 'unterminated",
                "SELECT /* unterminated",
                "SELECT \"",
                "SELECT x'0",
                "SELECT \uFEFF");
    }

    @ParameterizedTest
    @MethodSource("tooMuch")
    void failsTheStatementAndAnswersTheNextRequest(String sql) throws IOException {
        HranaStream stream = client.stream();
        Results results = stream.send(execute(sql), describe(sql), sequence(sql), GET_AUTOCOMMIT);
        assertThat(results.code(0)).isNotIn("ok", "INTERNAL");
        assertThat(results.code(1)).isNotEqualTo("INTERNAL");
        assertThat(results.code(2)).isNotIn("ok", "INTERNAL");
        assertThat(results.autocommit(3)).isTrue();
        stream.run("BEGIN IMMEDIATE", "COMMIT").close();
    }

    @Test
    void failsAValueThatIsTooLarge() throws IOException {
        Results results = client.pipeline(
                null, execute("SELECT length(?)", text("x".repeat((1 << 20) + 1))), execute("SELECT 1"), CLOSE);
        assertThat(results.codes()).containsExactly("SQLITE_TOOBIG", "ok", "ok");
        assertThat(results.message(0))
                .isEqualTo("string or blob too big (limits.max_value_size, limits.max_sql_length)");
    }

    @Test
    void endsTriggersThatCallThemselves() throws IOException {
        client.run("CREATE TABLE loop(x); CREATE TRIGGER tr AFTER INSERT ON loop"
                + " BEGIN INSERT INTO loop VALUES(new.x + 1); END; PRAGMA recursive_triggers");
        Results results = client.pipeline(null, execute("INSERT INTO loop VALUES(1)"), execute("SELECT 1"), CLOSE);
        assertThat(results.code(1)).isEqualTo("ok");
    }

    @Test
    void losesNoInsertOfFiftyClients() throws Exception {
        client.run("CREATE TABLE many(client, number, UNIQUE(client, number))");
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            CompletableFuture<Void> done = new CompletableFuture<>();
            clients.add(done);
            new Thread(() -> {
                        try {
                            insert(number);
                            done.complete(null);
                        } catch (IOException | RuntimeException | AssertionError e) {
                            done.completeExceptionally(e);
                        }
                    })
                    .start();
        }
        for (CompletableFuture<Void> each : clients) {
            each.get();
        }
        assertThat(client.rows("SELECT count(*) FROM many")).containsExactly("1000");
    }

    /** Half of the clients insert in autocommit, half in transactions. */
    private void insert(int number) throws IOException {
        HranaStream stream = client.stream();
        for (int i = 0; i < 20; i++) {
            String insert = "INSERT INTO many VALUES(" + number + ", " + i + ")";
            if (number % 2 == 0) {
                stream.run(insert);
            } else {
                stream.run("BEGIN IMMEDIATE", insert, "COMMIT");
            }
        }
    }
}
