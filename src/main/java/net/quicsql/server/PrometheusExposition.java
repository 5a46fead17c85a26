package net.quicsql.server;

import com.codahale.metrics.MetricFilter;
import com.codahale.metrics.MetricRegistry;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.quicsql.metrics.Latency;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.metrics.ServerMetrics.Family;
import net.quicsql.metrics.ServerMetrics.Series;
import net.quicsql.metrics.ServerMetrics.Value;

/**
 * Every metric in Prometheus's text format: ours with labels, those of the JVM, Jetty and the rest of the registry under
 * their own names. Thread-safe.
 */
final class PrometheusExposition {
    private static final String PREFIX = "quicsql_";
    private static final double[] BOUNDS = Latency.boundsInSeconds();

    private final ServerMetrics ours;
    private final MetricRegistry registry;
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.builder()
            .setIncludeCreatedTimestamps(false)
            .build();

    PrometheusExposition(MetricRegistry registry, ServerMetrics ours) {
        this.ours = ours;
        this.registry = registry;
    }

    String contentType() {
        return writer.getContentType();
    }

    void writeTo(OutputStream out) throws IOException {
        List<MetricSnapshot> all = new ArrayList<>();
        new DropwizardExports(registry, others()).collect().forEach(all::add);
        byFamily().forEach((family, series) -> all.add(snapshot(family, series)));
        writer.write(out, new MetricSnapshots(all));
    }

    /**
     * What is not ours, and of metrics that become one name in Prometheus's spelling the first only: the library would
     * refuse to tell any.
     */
    private static MetricFilter others() {
        Set<String> told = new HashSet<>();
        return (name, metric) -> !name.startsWith(ServerMetrics.PREFIX)
                && told.add(PrometheusNaming.prometheusName(PrometheusNaming.sanitizeMetricName(name)));
    }

    private Map<Family, List<Series>> byFamily() {
        Map<Family, List<Series>> families = new LinkedHashMap<>();
        for (Series one : ours.series()) {
            families.computeIfAbsent(one.family(), family -> new ArrayList<>()).add(one);
        }
        return families;
    }

    private static MetricSnapshot snapshot(Family family, List<Series> series) {
        String name = PREFIX + family.name();
        return switch (family.kind()) {
            case COUNTER -> {
                CounterSnapshot.Builder builder =
                        CounterSnapshot.builder().name(name).help(family.help());
                for (Series one : series) {
                    builder.dataPoint(new CounterDataPointSnapshot(number(one), labels(one), null, 0L));
                }
                yield builder.build();
            }
            case GAUGE -> {
                GaugeSnapshot.Builder builder =
                        GaugeSnapshot.builder().name(name).help(family.help());
                for (Series one : series) {
                    builder.dataPoint(new GaugeDataPointSnapshot(number(one), labels(one), null));
                }
                yield builder.build();
            }
            case HISTOGRAM -> {
                HistogramSnapshot.Builder builder =
                        HistogramSnapshot.builder().name(name).help(family.help());
                for (Series one : series) {
                    builder.dataPoint(buckets(one));
                }
                yield builder.build();
            }
        };
    }

    private static HistogramDataPointSnapshot buckets(Series one) {
        if (one.value() instanceof Value.Buckets buckets) {
            return new HistogramDataPointSnapshot(
                    ClassicHistogramBuckets.of(BOUNDS, buckets.latency().counts()),
                    buckets.latency().sumInSeconds(),
                    labels(one),
                    Exemplars.EMPTY,
                    0L);
        }
        throw new IllegalStateException(one.family().name() + " has no buckets");
    }

    private static double number(Series one) {
        if (one.value() instanceof Value.Count count) {
            return count.current().getAsLong();
        }
        throw new IllegalStateException(one.family().name() + " is no number");
    }

    private static Labels labels(Series one) {
        Labels labels = Labels.EMPTY;
        for (Map.Entry<String, String> label : one.labels().entrySet()) {
            labels = labels.add(label.getKey(), label.getValue());
        }
        return labels;
    }
}
