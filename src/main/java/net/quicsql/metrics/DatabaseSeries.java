package net.quicsql.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import net.quicsql.access.DatabaseName;
import net.quicsql.metrics.ServerMetrics.Family;
import net.quicsql.metrics.ServerMetrics.Series;
import net.quicsql.metrics.ServerMetrics.Value;

/**
 * Puts the metrics of one database into the registry and takes them out again. Once retired it makes metrics that nobody
 * sees. Thread-safe; its lock is held for registering only, never for counting.
 */
final class DatabaseSeries {
    private static final String DATABASE = "database";
    private static final String OPERATION = "operation";
    private static final String ERROR = "error";
    private static final String REASON = "reason";

    private final MetricRegistry registry;
    private final String database;

    // Guarded by this.
    private final Map<String, Registered> registered = new HashMap<>();
    private boolean retired;

    private record Registered(Metric metric, Series series) {}

    DatabaseSeries(MetricRegistry registry, DatabaseName database) {
        this.registry = registry;
        this.database = database.value();
    }

    synchronized List<Series> all() {
        List<Series> all = new ArrayList<>(registered.size());
        registered.values().forEach(one -> all.add(one.series()));
        return all;
    }

    synchronized void retire() {
        retired = true;
        registered.keySet().forEach(registry::remove);
        registered.clear();
    }

    OperationMetrics operation(Operation operation) {
        String path = operation.label() + ".";
        return new OperationMetrics(
                timer(
                        path + ServerMetrics.REQUESTS.name(),
                        ServerMetrics.REQUESTS,
                        Map.of(DATABASE, database, OPERATION, operation.label())),
                kind -> counter(
                        path + ServerMetrics.ERRORS.name() + "." + kind.label(),
                        ServerMetrics.ERRORS,
                        Map.of(DATABASE, database, OPERATION, operation.label(), ERROR, kind.label())));
    }

    Counter counter(Family family) {
        return counter(family.name(), family, Map.of(DATABASE, database));
    }

    Counter counter(Family family, RefusalReason reason) {
        return counter(
                family.name() + "." + reason.label(), family, Map.of(DATABASE, database, REASON, reason.label()));
    }

    Timer timer(Family family) {
        return timer(family.name(), family, Map.of(DATABASE, database));
    }

    AtomicLong level(Family family) {
        AtomicLong level = new AtomicLong();
        Gauge<Long> gauge = level::get;
        register(family.name(), gauge, new Series(family, Map.of(DATABASE, database), new Value.Count(level::get)));
        return level;
    }

    private Counter counter(String name, Family family, Map<String, String> labels) {
        Counter counter = new Counter();
        return (Counter) register(name, counter, new Series(family, labels, new Value.Count(counter::getCount)));
    }

    private Timer timer(String name, Family family, Map<String, String> labels) {
        Latency latency = new Latency(System::nanoTime);
        return (Timer) register(name, new Timer(latency), new Series(family, labels, new Value.Buckets(latency)));
    }

    /** The metric of that name: this one, unless another thread was first. */
    private synchronized Metric register(String name, Metric metric, Series series) {
        if (retired) {
            return metric;
        }
        String path = ServerMetrics.PREFIX + database + "." + name;
        Registered known = registered.get(path);
        if (known != null) {
            return known.metric();
        }
        registered.put(path, new Registered(metric, series));
        return registry.register(path, metric);
    }
}
