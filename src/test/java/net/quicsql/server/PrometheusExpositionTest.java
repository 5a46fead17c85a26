package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.quicsql.access.DatabaseName;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.metrics.Operation;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.problem.ProblemCode;
import org.junit.jupiter.api.Test;

class PrometheusExpositionTest {
    private final MetricRegistry registry = new MetricRegistry();
    private final ServerMetrics metrics = new ServerMetrics(registry);
    private final PrometheusExposition exposition = new PrometheusExposition(registry, metrics);

    @Test
    void tellsOurMetricsWithLabels() throws Exception {
        DatabaseMetrics app = metrics.forDatabase(new DatabaseName("app.v1"));
        app.operation(Operation.QUERY).finished(1_200_000);
        app.operation(Operation.QUERY).finished(70_000_000_000L);
        app.operation(Operation.QUERY).failed(ProblemCode.SQL_BUSY);
        app.walBytes(4096);
        app.transactionAborted();
        metrics.forDatabase(new DatabaseName("other")).streamOpened();

        assertThat(text().lines())
                .contains(
                        "# TYPE quicsql_request_duration_seconds histogram",
                        "quicsql_request_duration_seconds_bucket{database=\"app.v1\",operation=\"query\",le=\"0.001\"} 0",
                        "quicsql_request_duration_seconds_bucket{database=\"app.v1\",operation=\"query\",le=\"0.0015\"} 1",
                        "quicsql_request_duration_seconds_bucket{database=\"app.v1\",operation=\"query\",le=\"60.0\"} 1",
                        "quicsql_request_duration_seconds_bucket{database=\"app.v1\",operation=\"query\",le=\"+Inf\"} 2",
                        "quicsql_request_duration_seconds_count{database=\"app.v1\",operation=\"query\"} 2",
                        "quicsql_request_duration_seconds_sum{database=\"app.v1\",operation=\"query\"} 70.0012",
                        "# TYPE quicsql_errors_total counter",
                        "quicsql_errors_total{database=\"app.v1\",error=\"busy\",operation=\"query\"} 1.0",
                        "# TYPE quicsql_wal_bytes gauge",
                        "quicsql_wal_bytes{database=\"app.v1\"} 4096.0",
                        "quicsql_aborted_transactions_total{database=\"app.v1\"} 1.0",
                        "quicsql_open_streams{database=\"other\"} 1.0");
    }

    @Test
    void tellsTheRestOfTheRegistryUnderItsOwnNames() throws Exception {
        registry.counter("jvm.something").inc(3);
        // Both become one name in Prometheus's spelling: the others must be told all the same.
        registry.counter("a.b");
        registry.counter("a_b");

        assertThat(text()).contains("jvm_something_total 3.0").doesNotContain("quicsql_");
    }

    @Test
    void forgetsADatabaseThatIsGone() throws Exception {
        metrics.forDatabase(new DatabaseName("app")).streamOpened();
        assertThat(text()).contains("quicsql_open_streams{database=\"app\"} 1.0");

        metrics.remove(new DatabaseName("app"));
        assertThat(text()).doesNotContain("app");
    }

    private String text() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        exposition.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
