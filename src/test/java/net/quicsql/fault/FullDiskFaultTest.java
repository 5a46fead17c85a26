package net.quicsql.fault;

import static net.quicsql.wire.RunningServer.DEV;
import static net.quicsql.wire.RunningServer.json;
import static net.quicsql.wire.RunningServer.statement;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import net.quicsql.wire.RawHttp;
import net.quicsql.wire.RunningServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database on a disk that fills up and is made larger again, without a restart. Needs the right to mount. */
@Tag("fault")
class FullDiskFaultTest {
    private static final String INSERT = statement("INSERT INTO t(b) VALUES(zeroblob(50000))");
    private static final int MOST_INSERTS = 1_000;

    @TempDir
    Path folder;

    private Path disk;
    private RunningServer server;

    @BeforeEach
    void start() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString());
        // What else the server keeps lies on another disk.
        server = RunningServer.start(
                folder.resolve("data"),
                RunningServer.PRINCIPALS + "databases: {app: {file: " + disk.resolve("app.db") + "}, other: {}}\n");
        assertThat(server.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, b)").status())
                .isEqualTo(200);
    }

    @AfterEach
    void stop() throws Exception {
        try {
            if (server != null) {
                server.close();
            }
        } finally {
            command("umount", disk.toString());
        }
    }

    @Test
    void refusesWritesWhileTheDiskIsFullAndGoesOnWhenItIsNot() throws Exception {
        long kept = fill();

        RawHttp.Reply full = server.query(INSERT);
        assertThat(full.status()).as(full.body()).isEqualTo(507);
        assertThat(json(full).at("/error/code").asInt()).isEqualTo(13);
        assertThat(json(full).at("/error/message").asText()).isEqualTo("database or disk is full");
        RawHttp.Reply batch = server.query("{\"statements\":[" + INSERT + "," + INSERT + "]}");
        assertThat(batch.status()).as(batch.body()).isEqualTo(507);
        JsonNode inStream = pipeline(null, "INSERT INTO t(b) VALUES(zeroblob(50000))");
        assertThat(inStream.at("/results/0/error/code").asText()).isEqualTo("SQLITE_FULL");

        // Reads go on, and so does the other database.
        assertThat(count()).isEqualTo(kept);
        assertThat(server.post("/other/query", statement("CREATE TABLE t(a)"), DEV)
                        .status())
                .isEqualTo(200);

        command("mount", "-o", "remount,size=64m", disk.toString());
        assertThat(server.query(INSERT).status()).isEqualTo(200);
        assertThat(server.query("{\"statements\":[" + INSERT + "," + INSERT + "]}")
                        .status())
                .isEqualTo(200);
        assertThat(count()).isEqualTo(kept + 3);
        assertThat(server.sql("PRAGMA integrity_check").body()).contains("[[\"ok\"]]");
    }

    @Test
    void abortsATransactionThatTheFullDiskHasEnded() throws Exception {
        long kept = fill();
        JsonNode begun = pipeline(null, "BEGIN IMMEDIATE");
        String baton = begun.get("baton").asText();
        JsonNode answer = begun;
        for (int i = 0; i < MOST_INSERTS && answer.at("/results/0/error").isMissingNode(); i++) {
            answer = pipeline(baton, "INSERT INTO t(b) VALUES(zeroblob(50000))");
            baton = answer.get("baton").asText();
        }
        if (answer.at("/results/0/error").isMissingNode()) {
            answer = pipeline(baton, "COMMIT");
            baton = answer.get("baton").asText();
        }
        assertThat(answer.at("/results/0/error/code").asText()).isEqualTo("SQLITE_FULL");

        RawHttp.Reply state = server.post(
                "/app/v3/pipeline",
                "{\"baton\":" + RunningServer.quoted(baton) + ",\"requests\":[{\"type\":\"get_autocommit\"}]}",
                DEV);
        assertThat(json(state).at("/results/0/response/is_autocommit").asBoolean(true))
                .as(state.body())
                .isFalse();
        baton = json(state).get("baton").asText();
        assertThat(count()).isEqualTo(kept);

        JsonNode lost = pipeline(baton, "INSERT INTO t(b) VALUES(1)");
        assertThat(lost.at("/results/0/error/code").asText())
                .as(lost.toString())
                .isEqualTo("TRANSACTION_LOST");
        JsonNode healed = pipeline(lost.get("baton").asText(), "ROLLBACK");
        assertThat(healed.at("/results/0/type").asText()).isEqualTo("ok");
        JsonNode after = pipeline(healed.get("baton").asText(), "SELECT count(*) FROM t");
        assertThat(after.at("/results/0/response/result/rows/0/0/value").asLong())
                .isEqualTo(kept);

        command("mount", "-o", "remount,size=64m", disk.toString());
        assertThat(server.query(INSERT).status()).isEqualTo(200);
        assertThat(count()).isEqualTo(kept + 1);
    }

    @Test
    void refusesEvenADeleteWhileTheDiskIsFull() throws Exception {
        fill();
        RawHttp.Reply reply = server.sql("INSERT INTO t(b) VALUES(1)");
        for (int i = 0; i < MOST_INSERTS && reply.status() == 200; i++) {
            reply = server.sql("INSERT INTO t(b) VALUES(1)");
        }
        assertThat(reply.status()).as(reply.body()).isEqualTo(507);
        long kept = count();

        RawHttp.Reply delete = server.sql("DELETE FROM t WHERE id > 1");
        assertThat(delete.status()).as(delete.body()).isEqualTo(507);
        assertThat(count()).isEqualTo(kept);

        command("mount", "-o", "remount,size=64m", disk.toString());
        assertThat(server.sql("DELETE FROM t WHERE id > 1").status()).isEqualTo(200);
        assertThat(count()).isEqualTo(1);
    }

    /** Inserts until the disk is full and returns how many rows were acknowledged. */
    private long fill() throws IOException {
        for (int i = 0; i < MOST_INSERTS; i++) {
            RawHttp.Reply reply = server.query(INSERT);
            if (reply.status() != 200) {
                assertThat(reply.status()).as(reply.body()).isEqualTo(507);
                assertThat(count()).isEqualTo(i);
                return i;
            }
        }
        throw new AssertionError("the disk did not fill up");
    }

    private long count() throws IOException {
        RawHttp.Reply reply = server.sql("SELECT count(*) FROM t");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return json(reply).at("/rows/0/0").asLong();
    }

    private JsonNode pipeline(String baton, String sql) throws IOException {
        RawHttp.Reply reply = server.post(
                "/app/v2/pipeline",
                "{\"baton\":" + (baton == null ? "null" : RunningServer.quoted(baton))
                        + ",\"requests\":[{\"type\":\"execute\",\"stmt\":" + statement(sql) + "}]}",
                DEV);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return json(reply);
    }

    private static void command(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        if (process.exitValue() != 0) {
            throw new AssertionError("This test mounts a small disk, for which it must run as root with the right to"
                    + " mount (in a container: --cap-add SYS_ADMIN). Failed: " + String.join(" ", words) + ": " + said);
        }
    }
}
