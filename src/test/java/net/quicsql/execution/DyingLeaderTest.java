package net.quicsql.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import net.quicsql.engine.EngineFixture;
import net.quicsql.sql.RowDiscard;
import net.quicsql.storage.Database;
import net.quicsql.storage.WriterTurn;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thread that dies of something nobody thought of while it runs a group of writes: at its first look at the clock, at its
 * second, and so on until it gets through. Whoever is told of success finds the row, and nobody waits for ever.
 */
final class DyingLeaderTest {
    private static final int WRITERS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final FailingClock clock = new FailingClock();
    private EngineFixture fixture;
    private GroupCommit groups;
    private Database database;

    @BeforeEach
    void open() {
        fixture = new EngineFixture(folder);
        fixture.query(EngineFixture.DEV, "CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
        groups = new GroupCommit(new StatementRunner(Duration.ofSeconds(30), clock), clock, 1_000_000);
        database = fixture.databases().find(EngineFixture.APP).orElseThrow().open();
    }

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        fixture.close();
    }

    @Test
    void neverAcknowledgesWhatIsUndone() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        int looks = 0;
        boolean died = true;
        while (died) {
            looks++;
            clock.failAtLook(looks);
            acknowledged.addAll(together("look " + looks));
            died = clock.hasFailed();
            assertThat(rows("SELECT v FROM t ORDER BY id"))
                    .as("death at look %d", looks)
                    .containsAll(acknowledged);
            clock.failAtLook(Integer.MAX_VALUE);
            acknowledged.addAll(together("after look " + looks));
            assertThat(rows("SELECT v FROM t ORDER BY id"))
                    .as("after look %d", looks)
                    .containsAll(acknowledged);
        }
        assertThat(looks).as("looks of one group").isGreaterThan(2 * WRITERS);
        assertThat(rows("SELECT count(*) - count(DISTINCT v) FROM t")).containsExactly("0");
    }

    /** Lets writes queue behind a turn, then gives it back; answers the values of those that succeeded. */
    private List<String> together(String name) throws Exception {
        List<String> values = new ArrayList<>();
        List<Future<Boolean>> outcomes = new ArrayList<>();
        try (WriterTurn turn = database.writerTurn("test", "a test that lets writers queue")) {
            for (int i = 0; i < WRITERS; i++) {
                String value = name + " of " + i;
                int before = database.writerQueue().depth();
                values.add(value);
                outcomes.add(threads.submit(() -> insert(value)));
                Await.until(() -> database.writerQueue().depth() > before);
            }
        }
        List<String> acknowledged = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            if (outcomes.get(i).get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                acknowledged.add(values.get(i));
            }
        }
        return acknowledged;
    }

    private boolean insert(String value) {
        AutocommitWrite write = groups.write(
                fixture.statement("INSERT INTO t (v) VALUES ('" + value + "')"), RowDiscard.INSTANCE, true, 0);
        try {
            WriterTurn turn = database.writerTurn("test", "a write", write);
            if (turn != null) {
                groups.lead(database, turn, write);
            }
            return write.outcome().changes() == 1;
        } catch (RuntimeException | StackOverflowError failed) {
            return false;
        }
    }

    private List<String> rows(String sql) {
        return fixture.query(EngineFixture.DEV, sql);
    }

    /** A clock whose reader dies at a given look. Thread-safe. */
    private static final class FailingClock implements LongSupplier {
        private int left = Integer.MAX_VALUE;
        private boolean failed;

        synchronized void failAtLook(int look) {
            left = look;
            failed = false;
        }

        synchronized boolean hasFailed() {
            return failed;
        }

        @Override
        public synchronized long getAsLong() {
            left--;
            if (left == 0) {
                failed = true;
                throw new StackOverflowError("for the test");
            }
            return System.nanoTime();
        }
    }
}
