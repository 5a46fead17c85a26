package net.quicsql.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.quicsql.engine.EngineFixture;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqliteCode;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;
import net.quicsql.storage.WriterTurn;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes of a lost group, run one by one, while the first of them makes the writer's connection unfit for the next. */
final class ReopenedWriterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Long enough for a small write on a busy disk: only the endless one may run into it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** A clock that stands still: no group takes too long to take one more along. */
    private final GroupCommit groups =
            new GroupCommit(new StatementRunner(TIMEOUT, System::nanoTime), () -> 0, 1_000_000);

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private EngineFixture fixture;
    private Database database;

    @BeforeEach
    void open() {
        fixture = new EngineFixture(folder);
        fixture.query(EngineFixture.DEV, "CREATE TABLE parent (id INTEGER PRIMARY KEY)");
        fixture.query(EngineFixture.DEV, "CREATE TABLE child (id INTEGER PRIMARY KEY, p REFERENCES parent(id))");
        database = fixture.databases().find(EngineFixture.APP).orElseThrow().open();
    }

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        fixture.close();
    }

    @Test
    void enforcesForeignKeysOnTheNewConnectionAsItsStreamDoes() throws Exception {
        Future<ProblemCode> onTheFailingDisk;
        Future<ProblemCode> next;
        Future<ProblemCode> endless;
        EngineConnection old;
        try (WriterTurn turn = database.writerTurn("test", "a test that lets writers queue")) {
            old = database.writer();
            onTheFailingDisk = queue("INSERT INTO child (p) VALUES (5) RETURNING id", new FailingDisk());
            next = queue("INSERT INTO child (p) VALUES (6)", new EngineFixture.TextRows());
            endless = queue(
                    "INSERT INTO child (p) WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n)"
                            + " SELECT i FROM n",
                    new EngineFixture.TextRows());
        }

        assertThat(outcome(endless)).isEqualTo(ProblemCode.STATEMENT_TIMEOUT);
        assertThat(outcome(onTheFailingDisk)).isEqualTo(ProblemCode.SQL_IO_FAILED);
        assertThat(outcome(next)).isNull();
        assertThat(fixture.query(EngineFixture.DEV, "SELECT p FROM child")).containsExactly("6");
        try (WriterTurn turn = database.writerTurn("test", "a look at the writer")) {
            assertThat(database.writer()).isNotSameAs(old);
        }
    }

    /** Puts a write in line whose stream has foreign keys off; what comes of it is the code of its failure, or null. */
    private Future<ProblemCode> queue(String sql, RowSink sink) throws Exception {
        int before = database.writerQueue().depth();
        Future<ProblemCode> failure = threads.submit(() -> {
            AutocommitWrite write = groups.write(fixture.statement(sql), sink, false, 0);
            WriterTurn turn = database.writerTurn("test", "a write", write);
            if (turn != null) {
                groups.lead(database, turn, write);
            }
            try {
                write.outcome();
                return null;
            } catch (ProblemException e) {
                return e.problem().code();
            }
        });
        Await.until(() -> database.writerQueue().depth() > before);
        return failure;
    }

    private static ProblemCode outcome(Future<ProblemCode> write) throws Exception {
        return write.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Fails, in SQLite's words, as soon as a statement has a row for it: in a group it would be asked too late. */
    private static final class FailingDisk extends EngineFixture.TextRows {
        @Override
        public void beginRow() {
            throw new Problem.SqlFailed(
                            ProblemCode.SQL_IO_FAILED,
                            SqliteCode.IOERR,
                            SqliteCode.IOERR,
                            "SQLITE_IOERR",
                            "disk I/O error")
                    .toException();
        }
    }
}
