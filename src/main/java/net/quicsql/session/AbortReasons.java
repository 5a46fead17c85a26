package net.quicsql.session;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import net.quicsql.limits.LimitsConfig;
import org.jspecify.annotations.Nullable;

/** Which limit a stream's transaction or session state has passed. Asked by the holder of the claim alone. Immutable. */
final class AbortReasons {
    private final LimitsConfig limits;

    AbortReasons(LimitsConfig limits) {
        this.limits = requireNonNull(limits, "limits is null");
    }

    /** Why a stream on which no request works is to be ended; null where it may stay. */
    @Nullable
    Abort ofIdle(Session session, long now) {
        long idle = now - session.idleSinceNanos();
        Lease lease = session.lease();
        Abort file = ofFile(session);
        if (file != null) {
            return file;
        }
        if (lease == null || !lease.inTransaction()) {
            return past(Abort.Cause.SESSION_STATE, idle, limits.sessionStateIdleTimeout());
        }
        Abort abort = past(Abort.Cause.IDLE, idle, limits.txIdleTimeout());
        if (abort == null && isInTheWay(session, lease)) {
            abort = past(Abort.Cause.CONTENDED_IDLE, idle, limits.contendedIdleTimeout());
        }
        return abort != null ? abort : ofAge(session, now);
    }

    /**
     * Why a stream is to be ended whose connection is to a file that the server has let go of; null where it is not. What it
     * wrote nobody would find, and the file may not be opened anew before its last connection is back.
     */
    @Nullable
    Abort ofFile(Session session) {
        Lease lease = session.lease();
        if (lease == null || !lease.connection().isRetired()) {
            return null;
        }
        return Abort.of(lease.inTransaction() ? Abort.Cause.FILE_CLOSED : Abort.Cause.SESSION_STATE);
    }

    /** Why a stream's transaction is to be ended whether or not it is idle; null where it may go on. */
    @Nullable
    Abort ofAge(Session session, long now) {
        Lease lease = session.lease();
        if (lease == null || !lease.inTransaction()) {
            return null;
        }
        long age = now - lease.transactionStartedNanos();
        Abort abort = past(Abort.Cause.LIFETIME, age, limits.maxTxLifetime());
        if (abort == null && isInTheWay(session, lease)) {
            abort = past(Abort.Cause.CONTENDED_LIFETIME, age, limits.contendedTxLifetime());
        }
        if (abort == null && lease.mayHaveSnapshot() && session.database().wal().isPastAlarm()) {
            abort = past(Abort.Cause.OLD_SNAPSHOT, age, limits.contendedTxLifetime());
        }
        return abort;
    }

    private static boolean isInTheWay(Session session, Lease lease) {
        return lease.hasTurn() && session.database().writerQueue().isContended();
    }

    private static @Nullable Abort past(Abort.Cause cause, long nanos, Duration limit) {
        return nanos > limit.toNanos()
                ? new Abort(cause, limit.toMillis(), TimeUnit.NANOSECONDS.toMillis(nanos))
                : null;
    }
}
