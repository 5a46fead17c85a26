package net.quicsql.storage;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.limits.ClientLooks;
import net.quicsql.limits.WaitingRoom;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.SqliteCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows how large one database's write-ahead log is and draws the conclusions: past the alarm, who keeps an old snapshot is
 * ended and the operator is told; past the limit, writers wait. Thread-safe; measured by the checkpoints' thread alone.
 */
public final class WalWatch {
    /** As whom writers wait here. */
    private static final String HELD_BACK = "\0log";

    private static final Logger LOG = LoggerFactory.getLogger(WalWatch.class);
    private static final double MIB = 1 << 20;

    private final DatabaseName name;
    private final StorageConfig storage;
    private final ConnectionLimits limits;
    private final Supplier<DatabaseState> state;
    private final DatabaseMetrics metrics;
    private final LongSupplier nanoClock;
    private final WalGate gate = new WalGate();
    private volatile boolean pastAlarm;
    private volatile long bytes;
    private volatile long uncopiedBytes;

    WalWatch(
            DatabaseName name,
            StorageConfig storage,
            ConnectionLimits limits,
            Supplier<DatabaseState> state,
            DatabaseMetrics metrics,
            LongSupplier nanoClock) {
        this.name = requireNonNull(name, "name is null");
        this.storage = requireNonNull(storage, "storage is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.state = requireNonNull(state, "state is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
    }

    /** Whether the log is so large that nobody may keep an old snapshot. */
    public boolean isPastAlarm() {
        return pastAlarm;
    }

    /** What an operator should know of a log past its alarm; empty where all is well. */
    public Optional<String> warning() {
        return pastAlarm ? Optional.of(describe()) : Optional.empty();
    }

    /** Whether writers are held back. */
    public boolean isPastLimit() {
        return gate.isShut();
    }

    /**
     * Waits while the log is past its limit.
     *
     * @throws net.quicsql.problem.ProblemException SQL_BUSY once the wait has passed, or where too many wait already;
     *     CLIENT_GONE once the client has gone
     */
    void awaitRoom(long maxWaitNanos, WaitingRoom room, Client client) {
        if (!gate.isShut()) {
            return;
        }
        if (!room.enter(HELD_BACK)) {
            throw SqliteProblems.of(
                    SqliteCode.BUSY,
                    "database is locked: the write-ahead log is past storage.wal_limit, " + room.refusal());
        }
        boolean passed;
        try {
            passed = pass(maxWaitNanos, client);
        } finally {
            room.leave(HELD_BACK);
        }
        if (!passed) {
            throw SqliteProblems.of(
                    SqliteCode.BUSY,
                    String.format(
                            Locale.ROOT,
                            "database is locked: waited %.1f s (limits.lock_wait) for the write-ahead log to shrink"
                                    + " below storage.wal_limit: %s",
                            maxWaitNanos / 1e9,
                            describe()));
        }
    }

    private boolean pass(long maxWaitNanos, Client client) {
        long started = nanoClock.getAsLong();
        long left = maxWaitNanos;
        while (!gate.pass(Math.min(left, ClientLooks.PERIOD_NANOS))) {
            if (client.isGone()) {
                throw SqliteProblems.clientGone();
            }
            left = maxWaitNanos - (nanoClock.getAsLong() - started);
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
        }
        return true;
    }

    void measured(WalFrames frames, int pageBytes) {
        bytes = frames.bytes(pageBytes);
        uncopiedBytes = frames.uncopiedBytes(pageBytes);
        metrics.walUncopiedFrames(frames.uncopied());
        alarm(bytes >= storage.walAlarmBytes());
        limit(bytes >= storage.walLimitBytes());
    }

    /** Past the alarm, ends reads whose snapshot is too old. Transactions are the session reaper's to end. */
    void endOldReads() {
        if (!pastAlarm) {
            return;
        }
        long oldest = limits.snapshotLifetime().toNanos();
        int ended = state.get()
                .endReadsOlderThan(
                        oldest,
                        nanoClock.getAsLong(),
                        age -> new Problem.Refused(
                                ProblemCode.STATEMENT_TIMEOUT,
                                String.format(
                                        Locale.ROOT,
                                        "the statement was ended after %.1f s: its snapshot kept the write-ahead log, which is past"
                                                + " storage.wal_alarm, from being copied back (limits.contended_tx_lifetime is %.1f s)",
                                        age / 1e9,
                                        oldest / 1e9)));
        if (ended > 0) {
            LOG.warn("database {}: ended {} reads older than {} s: {}", name, ended, oldest / 1e9, describe());
        }
    }

    /** Lets all writers through, who then learn that the server stops. */
    void close() {
        gate.remove();
    }

    private void alarm(boolean past) {
        if (past != pastAlarm) {
            pastAlarm = past;
            metrics.walAlarm(past ? 1 : 0);
            if (past) {
                LOG.warn("database {}: past storage.wal_alarm: {}", name, describe());
            } else {
                LOG.info("database {}: the write-ahead log is below storage.wal_alarm again", name);
            }
        }
    }

    private void limit(boolean past) {
        if (past == gate.isShut()) {
            return;
        }
        if (past) {
            gate.shut();
            LOG.error("database {}: past storage.wal_limit, writers wait: {}", name, describe());
        } else {
            gate.open();
            LOG.info("database {}: the write-ahead log is below storage.wal_limit again, writers go on", name);
        }
    }

    private String describe() {
        OptionalLong oldest = state.get().oldestSnapshotNanos();
        return String.format(
                Locale.ROOT,
                "the write-ahead log holds %.1f MiB, of which %.1f MiB are not copied back; %s",
                bytes / MIB,
                uncopiedBytes / MIB,
                oldest.isPresent()
                        ? String.format(
                                Locale.ROOT,
                                "the oldest reader has been reading for %.1f s",
                                (nanoClock.getAsLong() - oldest.getAsLong()) / 1e9)
                        : "no reader here is in the way: checkpoints do not keep up, or another process reads");
    }
}
