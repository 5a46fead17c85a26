package net.quicsql.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import net.quicsql.problem.ProblemCode;

/** Counts and times one operation on one database. Thread-safe; keep it rather than look it up. */
public final class OperationMetrics {
    private final Timer requests;
    private final Function<ErrorKind, Counter> errorCounters;
    private final ConcurrentHashMap<ErrorKind, Counter> errors = new ConcurrentHashMap<>();

    OperationMetrics(Timer requests, Function<ErrorKind, Counter> errorCounters) {
        this.requests = requests;
        this.errorCounters = errorCounters;
    }

    /** Counts one request, failed or not, that took this long. */
    public void finished(long nanos) {
        requests.update(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts one failure, besides {@link #finished}. */
    public void failed(ProblemCode code) {
        errors.computeIfAbsent(ErrorKind.of(code), errorCounters).inc();
    }
}
