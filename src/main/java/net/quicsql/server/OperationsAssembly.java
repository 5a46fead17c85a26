package net.quicsql.server;

import io.dropwizard.core.setup.Environment;
import net.quicsql.metrics.ServerMetrics;

/** Joins what an operator looks at: metrics, health, the lines at start. Immutable. */
final class OperationsAssembly {
    private static final String PROMETHEUS_PATH = "/prometheus";

    private final ServerMetrics metrics;

    private OperationsAssembly(ServerMetrics metrics) {
        this.metrics = metrics;
    }

    static OperationsAssembly assemble(QuicsqlConfiguration configuration, Environment environment) {
        ServerMetrics metrics = new ServerMetrics(environment.metrics());
        environment
                .admin()
                .addServlet(
                        "prometheus", new PrometheusServlet(new PrometheusExposition(environment.metrics(), metrics)))
                .addMapping(PROMETHEUS_PATH);
        environment
                .lifecycle()
                .addServerLifecycleListener(new ListeningMessage(configuration
                        .defaultDatabase()
                        .or(() -> configuration.databases().keySet().stream().findFirst())));
        return new OperationsAssembly(metrics);
    }

    ServerMetrics metrics() {
        return metrics;
    }

    /** Shows each database's state in the admin port's health check. */
    void watch(DatabaseHealth health, Environment environment) {
        environment.healthChecks().register(DatabasesHealthCheck.NAME, new DatabasesHealthCheck(health));
    }
}
