package net.quicsql.sql;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Texts as applications send them, scanned as they are the first time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SqlScannerBenchmark {
    private final String pointSelect = "SELECT id, name, balance FROM customers WHERE id = ?";
    private final String insert = "INSERT INTO events(at, kind, payload) VALUES(:at, :kind, :payload) RETURNING id";
    private final String report =
            "WITH recent AS (SELECT * FROM orders o WHERE o.at > date('now', '-7 days')) -- a week\n"
                    + "SELECT c.name, count(*) AS n, sum(r.total) FROM recent r JOIN customers c ON c.id = r.customer_id\n"
                    + "WHERE c.\"state\" <> 'closed' AND r.total BETWEEN ?1 AND ?2 GROUP BY c.name HAVING n > 3\n"
                    + "ORDER BY 3 DESC LIMIT 20 OFFSET ?3";
    private final String script = (insert + ";\n").repeat(100);

    @Benchmark
    public Script pointSelect() {
        return SqlScanner.scan(pointSelect);
    }

    @Benchmark
    public Script insert() {
        return SqlScanner.scan(insert);
    }

    @Benchmark
    public Script report() {
        return SqlScanner.scan(report);
    }

    @Benchmark
    public Script scriptOf100() {
        return SqlScanner.scan(script);
    }
}
