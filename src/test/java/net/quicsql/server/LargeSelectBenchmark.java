package net.quicsql.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import net.quicsql.engine.EngineFixture;
import net.quicsql.hrana.CursorHandler;
import net.quicsql.hrana.HranaHandler;
import net.quicsql.hrana.HranaLimits;
import net.quicsql.hrana.PipelineHandler;
import net.quicsql.hrana.json.JsonEncoding;
import net.quicsql.http.Answer;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.Body;
import net.quicsql.http.Buffers;
import net.quicsql.json.JsonInput;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.query.QueryHandler;
import net.quicsql.query.QueryLimits;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * 100,000 rows of three columns, from the request's body to the last byte of the answer, HTTP left out; and the same rows
 * through JDBC as a program would read them, which makes no bytes of them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LargeSelectBenchmark {
    private static final String SELECT = "SELECT id, name, balance FROM t";
    private static final int ROWS = 100_000;

    private Path folder;
    private EngineFixture fixture;
    private QueryHandler query;
    private PipelineHandler pipeline;
    private CursorHandler cursor;
    private Connection plain;
    private PreparedStatement statement;

    @Setup
    public void open() throws IOException, SQLException {
        folder = Files.createTempDirectory("quicsql-benchmark-");
        fixture = new EngineFixture(folder);
        fixture.query(EngineFixture.DEV, "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, balance INTEGER)");
        fixture.query(
                EngineFixture.DEV,
                "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series LIMIT " + ROWS + ")"
                        + " INSERT INTO t SELECT n, 'customer number ' || n, n * 37 FROM series");
        AnswerBuffers buffers = Buffers.in(folder);
        HranaLimits limits = HranaLimits.of(LimitsConfig.defaults());
        JsonEncoding json = new JsonEncoding(limits.maxBodyBytes(), buffers);
        query = new QueryHandler(fixture.engine(), new JsonInput(1 << 20), QueryLimits.DEFAULT, buffers);
        pipeline = new PipelineHandler(fixture.engine(), json, limits);
        cursor = new CursorHandler(fixture.engine(), json, limits, buffers);
        plain = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("app.db"));
        statement = plain.prepareStatement(SELECT);
    }

    @TearDown
    public void close() throws Exception {
        plain.close();
        fixture.close();
        Folders.delete(folder);
    }

    /** The floor. */
    @Benchmark
    public void jdbc(Blackhole hole) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                hole.consume(rows.getLong(1));
                hole.consume(rows.getString(2));
                hole.consume(rows.getLong(3));
            }
        }
    }

    @Benchmark
    public long byQuery() throws IOException {
        return send(query.handle(utf8("{\"sql\":\"" + SELECT + "\"}"), EngineFixture.APP, EngineFixture.DEV, null));
    }

    @Benchmark
    public long byPipeline() throws IOException {
        return send(
                pipeline,
                utf8("{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + SELECT
                        + "\"}},{\"type\":\"close\"}]}"));
    }

    @Benchmark
    public long byCursor() throws IOException {
        return send(cursor, utf8("{\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"" + SELECT + "\"}}]}}"));
    }

    private static long send(HranaHandler handler, byte[] body) throws IOException {
        return send(handler.handle(body, EngineFixture.APP, EngineFixture.DEV));
    }

    private static long send(Answer answer) throws IOException {
        CountingOutput out = new CountingOutput();
        try (Body body = answer.body()) {
            body.writeTo(out);
        }
        if (out.bytes < ROWS * 10L) {
            throw new IllegalStateException("the answer has only " + out.bytes + " bytes");
        }
        return out.bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Throws bytes away and knows how many they were. */
    private static final class CountingOutput extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] b, int offset, int length) {
            bytes += length;
        }
    }
}
