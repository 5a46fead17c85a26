package net.quicsql.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that a request works on while another file takes the place of their database's, and is served. */
class ExchangedFileTest {
    @TempDir
    Path folder;

    private EngineFixture server;
    private Stream stream;

    @BeforeEach
    void start() throws SQLException {
        make("app.db", "old");
        server = new EngineFixture(folder);
        stream = server.engine().open(EngineFixture.APP, EngineFixture.DEV);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void aTransactionWritesNothingWhereNobodyWouldFindIt() throws Exception {
        server.run(stream, "BEGIN");
        assertThat(server.rows(stream, "SELECT v FROM t")).containsExactly("old");
        exchange();

        fails("INSERT INTO t VALUES('lost')", ProblemCode.SQL_IO_FAILED);

        fails("COMMIT", ProblemCode.SQL_IO_FAILED);
        release();
        fails("COMMIT", ProblemCode.TRANSACTION_LOST);
        isServed("INSERT INTO t VALUES('found')");
    }

    @Test
    void aSavepointThatIsATransactionIsNotReleased() throws Exception {
        server.run(stream, "SAVEPOINT s");
        assertThat(server.rows(stream, "SELECT v FROM t")).containsExactly("old");
        exchange();

        fails("INSERT INTO t VALUES('lost')", ProblemCode.SQL_IO_FAILED);
        // Nobody else waits for it, and a second try gets no further.
        server.query(EngineFixture.DEV, "INSERT INTO t VALUES('other')");
        fails("INSERT INTO t VALUES('lost')", ProblemCode.SQL_IO_FAILED);
        fails("RELEASE s", ProblemCode.SQL_IO_FAILED);

        release();
        fails("RELEASE s", ProblemCode.TRANSACTION_LOST);
        server.run(stream, "ROLLBACK");
        server.query(EngineFixture.DEV, "DELETE FROM t WHERE v = 'other'");
        isServed("INSERT INTO t VALUES('found')");
    }

    @Test
    void aTransactionThatHasWrittenIsNotCommitted() throws Exception {
        server.run(stream, "BEGIN IMMEDIATE");
        server.run(stream, "INSERT INTO t VALUES('lost')");
        Path other = make("other", "new");
        Files.move(other, folder.resolve("app.db"), StandardCopyOption.REPLACE_EXISTING);

        fails("COMMIT", ProblemCode.SQL_IO_FAILED);

        stream.release();
        Await.until(() -> {
            server.pass(Duration.ZERO);
            return serves("SELECT v FROM t");
        });
        assertThat(server.query(EngineFixture.DEV, "SELECT v FROM t")).containsExactly("new");
    }

    @Test
    void aStreamWithTemporaryObjectsIsAborted() throws Exception {
        server.run(stream, "CREATE TEMP TABLE mine(a)");
        exchange();

        fails("INSERT INTO t SELECT 'lost' FROM (SELECT count(*) FROM mine)", ProblemCode.SQL_IO_FAILED);

        release();
        fails("SELECT a FROM mine", ProblemCode.SESSION_STATE_LOST);
        server.run(stream, "ROLLBACK");
        isServed("INSERT INTO t VALUES('found')");
    }

    /** Ends the request and begins the next one. */
    private void release() {
        String baton = stream.release();
        stream = server.engine().resume(EngineFixture.APP, EngineFixture.DEV, baton);
    }

    private void exchange() throws Exception {
        Path other = make("other", "new");
        Files.move(other, folder.resolve("app.db"), StandardCopyOption.REPLACE_EXISTING);
        Await.until(() -> serves("SELECT v FROM t WHERE v = 'new'"));
        assertThat(server.query(EngineFixture.DEV, "SELECT v FROM t")).containsExactly("new");
    }

    private boolean serves(String sql) {
        try {
            return !server.query(EngineFixture.DEV, sql).isEmpty();
        } catch (ProblemException notYet) {
            return false;
        }
    }

    private void isServed(String insert) {
        server.run(stream, insert);
        assertThat(server.query(EngineFixture.DEV, "SELECT v FROM t ORDER BY rowid"))
                .containsExactly("new", "found");
        stream.close();
    }

    private void fails(String sql, ProblemCode code) {
        assertThatThrownBy(() -> server.rows(stream, sql))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).as(e.getMessage()).isEqualTo(code));
    }

    private Path make(String name, String value) throws SQLException {
        Path file = folder.resolve(name);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            connection.createStatement().execute("CREATE TABLE t AS SELECT '" + value + "' AS v");
        }
        return file;
    }
}
