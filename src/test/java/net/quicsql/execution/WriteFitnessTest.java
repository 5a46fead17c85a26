package net.quicsql.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.quicsql.engine.EngineFixture;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowDiscard;
import net.quicsql.sql.RowSink;
import net.quicsql.storage.Database;
import net.quicsql.storage.WriterTurn;
import net.quicsql.testing.Await;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which writes may share a transaction, and what becomes of an answer that is lost after the COMMIT. */
final class WriteFitnessTest {
    private static final String INSERT = "INSERT INTO t (v) VALUES (1)";

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private EngineFixture fixture;
    private GroupCommit groups;
    private Database database;

    @BeforeEach
    void open() {
        fixture = new EngineFixture(folder);
        fixture.query(EngineFixture.DEV, "CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
        // A clock that stands still: no group closes for having taken too long.
        groups = new GroupCommit(new StatementRunner(Duration.ofDays(1), System::nanoTime), () -> 0, 1_000_000);
        database = fixture.databases().find(EngineFixture.APP).orElseThrow().open();
    }

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        fixture.close();
    }

    @Test
    void letsLongTextsGoAlone() {
        String longText = INSERT + ", (1)".repeat(GroupCommit.MAX_SHARED_CHARACTERS / 5);
        assertThat(write(longText).joins()).isFalse();
    }

    @Test
    void neverAsksForACommittedWriteAgain() throws Exception {
        RowSink full = new FullSink();
        AutocommitWrite alone = groups.write(fixture.statement(INSERT), full, true, 0);
        groups.lead(database, database.writerTurn("test", "a write"), alone);
        requireCommittedButUnanswered(alone::outcome);
        AutocommitWrite member = shared(INSERT + " RETURNING id", full);
        requireCommittedButUnanswered(member::outcome);
        assertThat(fixture.query(EngineFixture.DEV, "SELECT count(*) FROM t")).containsExactly("3");
    }

    @Test
    void undoesAWriteWhoseRowsFindNoRoomBeforeItsCommit() {
        AutocommitWrite alone = groups.write(fixture.statement(INSERT + " RETURNING id"), new FullSink(), true, 0);
        groups.lead(database, database.writerTurn("test", "a write"), alone);
        assertThatThrownBy(alone::outcome)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.OVERLOADED));
        assertThat(fixture.query(EngineFixture.DEV, "SELECT count(*) FROM t")).containsExactly("0");
    }

    private static void requireCommittedButUnanswered(ThrowingCallable outcome) {
        assertThatThrownBy(outcome).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.RESPONSE_TOO_LARGE);
            assertThat(e.problem().code().retryable()).isFalse();
            assertThat(e.problem().message()).contains("was committed");
        });
    }

    /** Runs a statement together with one more that waits in line. */
    private AutocommitWrite shared(String sql, RowSink sink) throws Exception {
        AutocommitWrite leader = groups.write(fixture.statement(sql), sink, true, 0);
        assertThat(isJoined(leader)).as("shared").isTrue();
        return leader;
    }

    /** Runs a write while another one waits in line; tells whether that one was taken along. */
    private boolean isJoined(AutocommitWrite leader) throws Exception {
        AutocommitWrite other = write("INSERT INTO t (v) VALUES (2)");
        WriterTurn turn = database.writerTurn("test", "a write");
        Future<Boolean> joined = threads.submit(() -> {
            WriterTurn own = database.writerTurn("test", "a write", other);
            if (own != null) {
                own.close();
            }
            return own == null;
        });
        Await.until(() -> database.writerQueue().depth() > 0);
        groups.lead(database, turn, leader);
        return joined.get(60, TimeUnit.SECONDS);
    }

    private AutocommitWrite write(String sql) {
        return groups.write(fixture.statement(sql), RowDiscard.INSTANCE, true, 0);
    }

    /** Has no room for anything. */
    private static final class FullSink extends EngineFixture.TextRows {
        @Override
        public void columns(List<Column> newColumns) {
            throw new Problem.Refused(ProblemCode.OVERLOADED, "no room").toException();
        }
    }
}
