package net.quicsql.execution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.quicsql.engine.EngineFixture;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.RowDiscard;
import net.quicsql.sql.SqlScanner;
import net.quicsql.sql.SqlValue;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.ConnectionRole;
import net.quicsql.storage.EngineConnection;
import net.quicsql.testing.Folders;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Statements on a connection, their rows thrown away. The insert stays in a transaction, so the disk has no part in it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StatementRunnerBenchmark {
    private final StatementRunner runner = new StatementRunner(Duration.ofMinutes(1), System::nanoTime);
    private final Statement pointSelect = statement("SELECT id, name, balance FROM t WHERE id = ?", 4711);
    private final Statement hundredRows = statement("SELECT id, name, balance FROM t LIMIT ?", 100);
    private final Statement insert = statement("INSERT INTO filled(name, balance) VALUES('a name', ?)", 17);

    private Path folder;
    private EngineFixture fixture;
    private EngineConnection reader;
    private EngineConnection writer;

    @Setup
    public void open() throws IOException {
        folder = Files.createTempDirectory("quicsql-benchmark-");
        fixture = new EngineFixture(folder);
        fixture.query(EngineFixture.DEV, "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, balance INTEGER)");
        fixture.query(EngineFixture.DEV, "CREATE TABLE filled(id INTEGER PRIMARY KEY, name TEXT, balance INTEGER)");
        fixture.query(
                EngineFixture.DEV,
                "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series LIMIT 10000)"
                        + " INSERT INTO t SELECT n, 'name ' || n, n * 3 FROM series");
        var database = fixture.databases().find(EngineFixture.APP).orElseThrow().open();
        reader = database.borrowReader();
        writer = database.lease(ConnectionRole.WRITER);
        writer.beginImmediate();
    }

    @TearDown
    public void close() throws Exception {
        var database = fixture.databases().find(EngineFixture.APP).orElseThrow();
        writer.rollback();
        database.giveBackLease(writer);
        database.giveBackReader(reader);
        fixture.close();
        Folders.delete(folder);
    }

    @Benchmark
    public StatementResult pointSelect() {
        return runner.run(reader, pointSelect, RowDiscard.INSTANCE);
    }

    @Benchmark
    public StatementResult hundredRows() {
        return runner.run(reader, hundredRows, RowDiscard.INSTANCE);
    }

    @Benchmark
    public StatementResult insert() {
        return runner.run(writer, insert, RowDiscard.INSTANCE);
    }

    private static Statement statement(String sql, long argument) {
        return new Statement(
                SqlScanner.scan(sql).statements().get(0),
                new Arguments(List.of(new SqlValue.Integer(argument)), List.of()));
    }
}
