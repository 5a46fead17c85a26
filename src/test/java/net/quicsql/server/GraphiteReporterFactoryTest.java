package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.ScheduledReporter;
import io.dropwizard.metrics.common.MetricsFactory;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import net.quicsql.testing.YamlText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GraphiteReporterFactoryTest {
    @Test
    @Timeout(10)
    void sendsMetricsToTheServerOfTheConfiguration() throws Exception {
        MetricRegistry registry = new MetricRegistry();
        registry.counter("requests").inc(7);
        try (ServerSocket graphite = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String yaml = """
                    reporters:
                      - type: graphite
                        host: 127.0.0.1
                        port: %d
                        prefix: quicsql.host1
                        transport: tcp
                    """.formatted(graphite.getLocalPort());
            try (ScheduledReporter reporter = parse(yaml).getReporters().get(0).build(registry)) {
                reporter.report();
                try (Socket connection = graphite.accept();
                        BufferedReader lines = new BufferedReader(
                                new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
                    assertThat(lines.readLine()).startsWith("quicsql.host1.requests.count 7 ");
                }
            }
        }
    }

    private static MetricsFactory parse(String yaml) throws Exception {
        return YamlText.parse(MetricsFactory.class, yaml);
    }
}
