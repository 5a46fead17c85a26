package net.quicsql.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import net.quicsql.access.DatabaseName;
import net.quicsql.metrics.ServerMetrics.Series;
import net.quicsql.metrics.ServerMetrics.Value;
import net.quicsql.problem.ProblemCode;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
    private static final DatabaseName APP = new DatabaseName("app");

    private final MetricRegistry registry = new MetricRegistry();
    private final ServerMetrics metrics = new ServerMetrics(registry);

    @Test
    void countsAndTimesByDatabaseAndOperation() {
        OperationMetrics query = metrics.forDatabase(APP).operation(Operation.QUERY);
        query.finished(1_000_000);
        query.finished(2_000_000);
        query.failed(ProblemCode.SQL_CONSTRAINT);

        assertThat(registry.timer("quicsql.app.query.request_duration_seconds").getCount())
                .isEqualTo(2);
        assertThat(registry.counter("quicsql.app.query.errors.constraint").getCount())
                .isEqualTo(1);
        assertThat(number("errors", Map.of("database", "app", "operation", "query", "error", "constraint")))
                .isEqualTo(1);
    }

    @Test
    void tellsWhatADatabaseIsDoing() {
        DatabaseMetrics app = metrics.forDatabase(APP);
        app.streamOpened();
        app.streamOpened();
        app.streamClosed();
        app.transactionOpened();
        app.transactionClosed();
        app.transactionAborted();
        app.writerWaitBegan();
        app.writerWaitBegan();
        app.writerWaitEnded(5_000_000);
        app.readerWaited(6_000_000);
        app.checkpointed(7_000_000);
        app.walBytes(8192);
        app.walBytes(4096);
        app.checkpointHeldTurn(8_000_000);
        app.walUncopiedFrames(12);
        app.walAlarm(1);

        Map<String, String> label = Map.of("database", "app");
        assertThat(number("open_streams", label)).isEqualTo(1);
        assertThat(number("open_transactions", label)).isZero();
        assertThat(number("aborted_transactions", label)).isEqualTo(1);
        assertThat(number("writers_waiting", label)).isEqualTo(1);
        assertThat(number("wal_bytes", label)).isEqualTo(4096);
        assertThat(number("wal_uncopied_frames", label)).isEqualTo(12);
        assertThat(number("wal_alarm", label)).isEqualTo(1);
        assertThat(registry.timer("quicsql.app.checkpoint_turn_seconds").getCount())
                .isEqualTo(1);
        assertThat(registry.timer("quicsql.app.writer_wait_seconds").getCount()).isEqualTo(1);
        assertThat(registry.timer("quicsql.app.reader_wait_seconds").getCount()).isEqualTo(1);
        assertThat(registry.timer("quicsql.app.checkpoint_duration_seconds").getCount())
                .isEqualTo(1);
        assertThat(registry.getGauges().get("quicsql.app.wal_bytes").getValue()).isEqualTo(4096L);
    }

    @Test
    void handsOutTheSameMetricsForTheSameDatabase() {
        assertThat(metrics.forDatabase(APP)).isSameAs(metrics.forDatabase(new DatabaseName("app")));
        assertThat(metrics.forDatabase(APP).operation(Operation.CURSOR))
                .isSameAs(metrics.forDatabase(APP).operation(Operation.CURSOR));
        assertThat(metrics.forDatabase(new DatabaseName("App"))).isNotSameAs(metrics.forDatabase(APP));
    }

    @Test
    void forgetsADatabaseThatIsGoneAndNoOther() {
        DatabaseMetrics gone = metrics.forDatabase(APP);
        gone.operation(Operation.QUERY).finished(1);
        metrics.forDatabase(new DatabaseName("app.query"))
                .operation(Operation.QUERY)
                .finished(1);
        int both = registry.getMetrics().size();

        metrics.remove(APP);
        metrics.remove(APP);
        // A request that was running counts on.
        gone.operation(Operation.QUERY).finished(1);
        gone.operation(Operation.QUERY).failed(ProblemCode.INTERNAL);
        gone.operation(Operation.PIPELINE).finished(1);
        gone.streamClosed();

        assertThat(registry.getMetrics()).hasSize(both / 2);
        assertThat(registry.getNames()).allMatch(name -> name.startsWith("quicsql.app.query."));
        assertThat(metrics.series())
                .allMatch(one -> "app.query".equals(one.labels().get("database")));

        assertThat(metrics.forDatabase(APP)).isNotSameAs(gone);
        assertThat(registry.getNames()).contains("quicsql.app.open_streams");
    }

    private long number(String family, Map<String, String> labels) {
        Series found = metrics.series().stream()
                .filter(one ->
                        one.family().name().equals(family) && one.labels().equals(labels))
                .findFirst()
                .orElseThrow();
        return ((Value.Count) found.value()).current().getAsLong();
    }
}
