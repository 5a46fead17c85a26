package net.quicsql.server;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.ScheduledReporter;
import com.codahale.metrics.graphite.Graphite;
import com.codahale.metrics.graphite.GraphiteReporter;
import com.codahale.metrics.graphite.GraphiteSender;
import com.codahale.metrics.graphite.GraphiteUDP;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.metrics.common.BaseReporterFactory;
import io.dropwizard.validation.PortRange;
import jakarta.validation.constraints.NotEmpty;

/**
 * The entry {@code type: graphite} of {@code metrics.reporters}: sends metrics to a Graphite server. Dropwizard's own module
 * for this has no release in the registries that fits. Not changed after it was read.
 */
@JsonTypeName("graphite")
public final class GraphiteReporterFactory extends BaseReporterFactory {
    private static final int DEFAULT_PORT = 2003;

    /** How metrics travel. */
    public enum Transport {
        TCP,
        UDP
    }

    @NotEmpty
    private String host = "localhost";

    @PortRange
    private int port = DEFAULT_PORT;

    private String prefix = "";
    private Transport transport = Transport.TCP;

    @JsonProperty
    public void setHost(String host) {
        this.host = host;
    }

    @JsonProperty
    public void setPort(int port) {
        this.port = port;
    }

    /** What each name sent begins with, a point in between. */
    @JsonProperty
    public void setPrefix(String prefix) {
        this.prefix = prefix;
    }

    @JsonProperty
    public void setTransport(Transport transport) {
        this.transport = transport;
    }

    @Override
    public ScheduledReporter build(MetricRegistry registry) {
        GraphiteSender sender = switch (transport) {
            case TCP -> new Graphite(host, port);
            case UDP -> new GraphiteUDP(host, port);
        };
        return GraphiteReporter.forRegistry(registry)
                .convertDurationsTo(getDurationUnit())
                .convertRatesTo(getRateUnit())
                .filter(getFilter())
                .prefixedWith(prefix)
                .disabledMetricAttributes(getDisabledAttributes())
                .build(sender);
    }
}
