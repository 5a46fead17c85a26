package net.quicsql.metrics;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import net.quicsql.access.DatabaseName;

/**
 * Every metric of ours: its name, unit and labels. In the registry (and so in JMX and Graphite) a metric is called {@code
 * quicsql.<database>.<family>} or {@code quicsql.<database>.<operation>.<family>}, one of the whole server {@code
 * quicsql.<family>}; {@link #series} gives the same metrics
 * with labels, for Prometheus. Thread-safe.
 */
public final class ServerMetrics {
    /** What the name of every metric of ours in the registry begins with. */
    public static final String PREFIX = "quicsql.";

    static final Family REQUESTS = new Family(
            "request_duration_seconds", "Requests by how long they took, and the steps inside them", Kind.HISTOGRAM);
    static final Family ERRORS = new Family("errors", "Requests and steps that failed, by kind of error", Kind.COUNTER);
    static final Family REQUESTS_IN_FLIGHT =
            new Family("requests_in_flight", "Requests whose answers are not sent yet", Kind.GAUGE);
    static final Family REFUSED_REQUESTS =
            new Family("refused_requests", "Requests that were turned away unread, by reason", Kind.COUNTER);
    static final Family OPEN_STREAMS = new Family("open_streams", "Streams that take up memory", Kind.GAUGE);
    static final Family OPEN_TRANSACTIONS = new Family("open_transactions", "Streams in a transaction", Kind.GAUGE);
    static final Family ABORTED_TRANSACTIONS =
            new Family("aborted_transactions", "Transactions that the server ended", Kind.COUNTER);
    static final Family TRANSACTION_WAIT =
            new Family("transaction_wait_seconds", "Waits for a place for one more transaction", Kind.HISTOGRAM);
    static final Family TRANSACTIONS_WAITING =
            new Family("transactions_waiting", "Requests that wait for a place for their transaction", Kind.GAUGE);
    static final Family HANGUPS = new Family(
            "hangups", "Reads, waits and transactions that were ended because their client had gone", Kind.COUNTER);
    static final Family WRITER_WAIT = new Family("writer_wait_seconds", "Waits for the turn to write", Kind.HISTOGRAM);
    static final Family WRITERS_WAITING =
            new Family("writers_waiting", "Requests that wait for their turn to write", Kind.GAUGE);
    static final Family COMMITTED_WRITES =
            new Family("committed_writes", "Autocommit writes that were committed", Kind.COUNTER);
    static final Family WRITE_COMMITS =
            new Family("write_commits", "Commits of autocommit writes, each for one or for a group", Kind.COUNTER);
    static final Family READER_WAIT =
            new Family("reader_wait_seconds", "Waits for a connection to read on", Kind.HISTOGRAM);
    static final Family CHECKPOINTS =
            new Family("checkpoint_duration_seconds", "Checkpoints of the write-ahead log", Kind.HISTOGRAM);
    static final Family CHECKPOINT_TURNS =
            new Family("checkpoint_turn_seconds", "For how long checkpoints kept the turn to write", Kind.HISTOGRAM);
    static final Family WAL_UNCOPIED_FRAMES =
            new Family("wal_uncopied_frames", "Pages in the write-ahead log that are not copied back", Kind.GAUGE);
    static final Family WAL_ALARM =
            new Family("wal_alarm", "1 while the write-ahead log is past its alarm, else 0", Kind.GAUGE);
    static final Family WAL_BYTES = new Family("wal_bytes", "Size of the write-ahead log", Kind.GAUGE);

    /** Of the whole server, without a label. */
    static final Family BUFFERED_BYTES =
            new Family("buffered_bytes", "Heap that large request bodies and answers take up by our count", Kind.GAUGE);

    static final Family WEBSOCKETS = new Family("websockets", "WebSockets that are open", Kind.GAUGE);

    /** How a family is told to Prometheus. */
    public enum Kind {
        COUNTER,
        GAUGE,
        /** A {@link Timer}, with its buckets. */
        HISTOGRAM
    }

    /**
     * Metrics that measure the same thing.
     *
     * @param name without our prefix; ends with its unit where it has one, and without Prometheus's {@code _total}
     */
    public record Family(String name, String help, Kind kind) {}

    /**
     * One metric and what tells it from the others of its family.
     *
     * @param labels values by label name: {@code database}, {@code operation}, {@code error}, {@code reason}
     */
    public record Series(Family family, Map<String, String> labels, Value value) {}

    /** What a series counts. */
    public sealed interface Value {
        record Count(LongSupplier current) implements Value {}

        record Buckets(Latency latency) implements Value {}
    }

    private final MetricRegistry registry;
    private final List<Series> ofServer = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<DatabaseName, Entry> databases = new ConcurrentHashMap<>();

    private record Entry(DatabaseMetrics metrics, DatabaseSeries series) {}

    public ServerMetrics(MetricRegistry registry) {
        this.registry = registry;
    }

    /** The metrics of a database that exists, made at the first call. Keep them. */
    public DatabaseMetrics forDatabase(DatabaseName database) {
        return databases.computeIfAbsent(database, this::entry).metrics();
    }

    /** Forgets a database that is gone, with all its metrics; whoever still keeps them counts into the void. */
    public void remove(DatabaseName database) {
        Entry gone = databases.remove(database);
        if (gone != null) {
            gone.series().retire();
        }
    }

    /** Shows how many WebSockets are open. To be called once. */
    public void webSockets(LongSupplier current) {
        ofServer(WEBSOCKETS, current);
    }

    /** Shows how much heap large bodies and answers take. To be called once. */
    public void bufferedBytes(LongSupplier current) {
        ofServer(BUFFERED_BYTES, current);
    }

    private void ofServer(Family family, LongSupplier current) {
        Gauge<Long> gauge = current::getAsLong;
        registry.register(PREFIX + family.name(), gauge);
        ofServer.add(new Series(family, Map.of(), new Value.Count(current)));
    }

    /** All metrics of ours, as they are now. */
    public List<Series> series() {
        return Stream.concat(
                        ofServer.stream(), databases.values().stream().flatMap(entry -> entry.series().all().stream()))
                .toList();
    }

    private Entry entry(DatabaseName database) {
        DatabaseSeries series = new DatabaseSeries(registry, database);
        return new Entry(new DatabaseMetrics(series), series);
    }
}
