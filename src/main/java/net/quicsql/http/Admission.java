package net.quicsql.http;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.limits.ConcurrencyGate;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.RateLimiter;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.metrics.RefusalReason;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in or turns them away: to be asked when it is known who asks and for which database, and before the body is
 * read. Knows no Jersey, so every door can use it. Thread-safe.
 */
public final class Admission {
    private final @Nullable RateLimiter rate;
    private final @Nullable ConcurrencyGate gate;
    private final String rateRefusal;
    private final String gateRefusal;
    private final Function<DatabaseName, Optional<DatabaseMetrics>> metrics;

    /**
     * @param limits says what is limited at all
     * @param metrics where requests to a database are counted; empty for one that does not exist
     */
    public Admission(
            LimitsConfig limits, LongSupplier nanoClock, Function<DatabaseName, Optional<DatabaseMetrics>> metrics) {
        Integer perSecond = limits.maxRequestsPerSecondPerPrincipal();
        Integer burst = limits.maxRequestBurstPerPrincipal();
        Integer concurrent = limits.maxConcurrentRequestsPerDatabase();
        this.rate = perSecond == null ? null : new RateLimiter(perSecond, burst == null ? perSecond : burst, nanoClock);
        this.gate = concurrent == null ? null : new ConcurrencyGate(concurrent);
        this.rateRefusal = "too many requests: a principal may send " + perSecond + " a second ("
                + LimitsConfig.MAX_REQUESTS_PER_SECOND_PER_PRINCIPAL + "); nothing was run";
        this.gateRefusal = "too many requests at the same time: this database takes " + concurrent + " ("
                + LimitsConfig.MAX_CONCURRENT_REQUESTS_PER_DATABASE + "); nothing was run";
        this.metrics = requireNonNull(metrics, "metrics is null");
    }

    /** A request that was let in, until it is closed. Closed once. */
    @FunctionalInterface
    public interface Admitted extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Does the work of a request that may come in. It counts as done when the body of its answer is closed.
     *
     * @throws net.quicsql.problem.ProblemException RATE_LIMITED or OVERLOADED, and then no work was done
     */
    public Answer admit(Principal principal, DatabaseName database, Supplier<Answer> work) {
        Admitted admitted = enter(principal, database);
        boolean answered = false;
        try {
            Answer answer = work.get().thenClose(admitted::close);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                admitted.close();
            }
        }
    }

    /**
     * Lets a request in, which is to be closed when it is done.
     *
     * @throws net.quicsql.problem.ProblemException RATE_LIMITED or OVERLOADED
     */
    public Admitted enter(Principal principal, DatabaseName database) {
        DatabaseMetrics counted = metrics.apply(database).orElse(null);
        Optional<Duration> wait = rate == null ? Optional.empty() : rate.take(principal.name());
        if (wait.isPresent()) {
            refused(counted, RefusalReason.RATE);
            throw new Problem.RateLimited(wait.get(), rateRefusal).toException();
        }
        if (gate != null && !gate.enter(database)) {
            refused(counted, RefusalReason.CONCURRENCY);
            throw new Problem.Refused(ProblemCode.OVERLOADED, gateRefusal).toException();
        }
        if (counted != null) {
            counted.requestBegan();
        }
        return () -> ended(database, counted);
    }

    private void ended(DatabaseName database, @Nullable DatabaseMetrics counted) {
        if (gate != null) {
            gate.leave(database);
        }
        if (counted != null) {
            counted.requestEnded();
        }
    }

    private static void refused(@Nullable DatabaseMetrics counted, RefusalReason reason) {
        if (counted != null) {
            counted.requestRefused(reason);
        }
    }
}
