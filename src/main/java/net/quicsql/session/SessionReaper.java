package net.quicsql.session;

import static java.util.Objects.requireNonNull;

import io.dropwizard.lifecycle.Managed;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import net.quicsql.limits.LimitsConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends transactions that are idle or open for too long, and session state that nobody asks for any more. A stream on which
 * a request works is left alone: its statements have a deadline of their own. Looks several times a second on a thread of
 * its own, and at the stop ends what is left.
 */
public final class SessionReaper implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(SessionReaper.class);

    /** A limit is passed by this much at most before it is felt. */
    private static final long PERIOD_MILLIS = 200;

    private static final long STOP_SECONDS = 5;

    private final SessionStore store;
    private final AbortReasons reasons;
    private final LongSupplier nanoClock;
    private @Nullable ScheduledExecutorService timer;

    public SessionReaper(SessionStore store, LimitsConfig limits, LongSupplier nanoClock) {
        this.store = requireNonNull(store, "store is null");
        this.reasons = new AbortReasons(limits);
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
    }

    @Override
    public void start() {
        timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "session-reaper");
            thread.setDaemon(true);
            return thread;
        });
        var unused = timer.scheduleWithFixedDelay(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends every stream in memory that no request works on. */
    @Override
    public void stop() throws InterruptedException {
        ScheduledExecutorService running = timer;
        if (running != null) {
            running.shutdown();
            if (!running.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the reaper of streams did not end within {} s", STOP_SECONDS);
            }
        }
        forEach(this::end);
    }

    /** Looks at every stream in memory once. */
    public void look() {
        forEach(this::look);
    }

    private void forEach(Consumer<Session> work) {
        for (Session session : store.live()) {
            try {
                work.accept(session);
            } catch (RuntimeException | Error e) {
                // One stream that cannot be ended must not keep the others from it, nor end the timer.
                LOG.error(
                        "a stream of database {} could not be ended",
                        session.database().name(),
                        e);
            }
        }
    }

    private void end(Session session) {
        if (session.claimIdle()) {
            store.end(session, Abort.of(Abort.Cause.UNKNOWN));
        }
    }

    private void look(Session session) {
        if (!session.claimIdle()) {
            return;
        }
        Abort abort = reasons.ofIdle(session, nanoClock.getAsLong());
        if (abort == null) {
            session.unclaim();
            return;
        }
        store.abort(session, abort);
    }
}
