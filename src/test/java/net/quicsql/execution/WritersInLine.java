package net.quicsql.execution;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.quicsql.engine.EngineFixture;
import net.quicsql.engine.Stream;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.Database;
import net.quicsql.storage.WriterTurn;
import net.quicsql.testing.Await;

/** Streams whose statements wait in line, in a known order, and are then let go at once. One thread at a time. */
final class WritersInLine implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EngineFixture fixture;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    WritersInLine(EngineFixture fixture) {
        this.fixture = fixture;
    }

    /** One statement on one stream. */
    record Write(Stream stream, String sql) {}

    Database database() {
        return fixture.databases().find(EngineFixture.APP).orElseThrow().open();
    }

    /** Runs the statements with all of them in line before the first one has the turn; gives what came of each. */
    List<String> together(List<Write> writes) throws Exception {
        Database database = database();
        List<Future<String>> answers = new ArrayList<>();
        try (WriterTurn turn = database.writerTurn("test", "a test that lets writers queue")) {
            for (Write write : writes) {
                int before = database.writerQueue().depth();
                Future<String> answer = threads.submit(() -> run(write));
                // One that fails before it gets there is no longer waited for.
                Await.until(() -> answer.isDone() || database.writerQueue().depth() > before);
                answers.add(answer);
            }
        }
        List<String> outcomes = new ArrayList<>();
        for (Future<String> answer : answers) {
            outcomes.add(answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        return outcomes;
    }

    /** Runs the statements one after the other. */
    List<String> oneByOne(List<Write> writes) {
        return writes.stream().map(this::run).toList();
    }

    private String run(Write write) {
        EngineFixture.TextRows rows = new EngineFixture.TextRows();
        try {
            StatementResult result = write.stream().execute(fixture.statement(write.sql()), rows);
            return rows.columns.stream().map(column -> column.name()).toList() + " " + rows.rows + " changes "
                    + result.changes() + " rowid " + result.lastInsertRowid();
        } catch (ProblemException e) {
            String code = e.problem() instanceof Problem.SqlFailed failed
                    ? failed.name()
                    : e.problem().code().name();
            return code + ": " + e.problem().message();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
