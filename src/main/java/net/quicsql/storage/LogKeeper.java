package net.quicsql.storage;

import java.util.function.LongSupplier;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one database's write-ahead log small: copies it back while others write, and begins it anew.
 *
 * <p>While others write, no checkpoint catches up with them, and a log that is not copied wholly is never begun anew. So it
 * is copied without the writer's turn until little is left, and that little in the turn; the next writer then begins the log
 * anew by itself. Where a reader's snapshot lets nothing more be copied the turn is not taken at all: it would gain nothing.
 *
 * <p>One thread at a time.
 */
final class LogKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogKeeper.class);

    /** Each round leaves what was written during it. Who writes faster than that is stopped by the limit. */
    private static final int MOST_ROUNDS = 8;

    private static final long TURN_WAIT_NANOS = 250_000_000L;

    /** Of the 50 ms that the turn may be held: long enough for short reads to end. */
    private static final int READERS_WAIT_MILLIS = 10;

    private final Database database;
    private final CheckpointPolicy policy;
    private final LongSupplier nanoClock;
    private @Nullable Maintenance maintenance;

    LogKeeper(Database database, long alarmBytes, LongSupplier nanoClock) {
        this.database = database;
        this.nanoClock = nanoClock;
        boolean onDisk = database.config().kind() == DatabaseKind.FILE;
        this.policy = new CheckpointPolicy(alarmBytes, onDisk, nanoClock.getAsLong());
    }

    /**
     * Looks at the log and does what it needs.
     *
     * @throws ProblemException or a JdbiException of a checkpoint that failed; the next look opens a new connection
     */
    void look() {
        boolean done = false;
        try {
            lookNow();
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    /** Copies the whole log back and empties it, as no reader is left. */
    void emptyAtClose() {
        try {
            maintenance().emptyAtClose();
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        Maintenance held = maintenance;
        maintenance = null;
        if (held != null) {
            held.close();
        }
    }

    private void lookNow() {
        WalStamp stamp = database.walStamp();
        database.metrics().walBytes(stamp.bytes());
        policy.saw(stamp, now());
        if (!policy.isWorthALook(now())) {
            database.wal().measured(WalFrames.NONE, 0);
            if (stamp.bytes() == 0) {
                // A database that nobody writes to needs none.
                close();
            }
            return;
        }
        WalFrames frames = maintenance().look();
        if (!frames.isKnown()) {
            return;
        }
        // Before the copying, which may take long.
        database.wal().measured(frames, pageBytes());
        database.wal().endOldReads();
        if (policy.isWorthCopying(bytes(frames), uncopiedBytes(frames), now())) {
            frames = copy(frames);
        }
        if (frames.isCopied() && (policy.isForgotten(now()) || database.wal().isPastLimit())) {
            frames = empty(frames);
        }
        database.wal().measured(frames, pageBytes());
        if (frames.log() == 0) {
            database.metrics().walBytes(database.walStamp().bytes());
            close();
        }
    }

    private WalFrames copy(WalFrames before) {
        WalFrames last = before;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            long started = now();
            WalFrames next = maintenance().copy();
            long nanos = now() - started;
            database.metrics().checkpointed(nanos);
            if (!next.isKnown()) {
                // Another process copies it.
                return last;
            }
            boolean anew = next.log() < last.log();
            boolean stuck = !anew && next.copied() <= last.copied();
            boolean outrun = next.uncopied() >= last.uncopied();
            if (anew || stuck) {
                return next;
            }
            policy.copied(uncopiedBytes(last), nanos);
            last = next;
            if (policy.mayTakeTurn(bytes(last), uncopiedBytes(last), now())) {
                last = finish(last);
            }
            if (last.isCopied() || outrun) {
                return last;
            }
        }
        return last;
    }

    private WalFrames finish(WalFrames left) {
        boolean patient = policy.mayWaitForReaders(bytes(left));
        return inTurn(
                left,
                TURN_WAIT_NANOS,
                () -> patient
                        ? maintenance().copyAndAwaitReaders(READERS_WAIT_MILLIS)
                        : maintenance().copy());
    }

    /** Empties the file at a moment when nobody writes or may write. */
    private WalFrames empty(WalFrames copied) {
        long wait = database.wal().isPastLimit() ? TURN_WAIT_NANOS : 0;
        return inTurn(copied, wait, () -> maintenance().empty());
    }

    private interface Work {
        WalFrames run();
    }

    /** Does something in the writer's turn, unless much was written before it was had. */
    private WalFrames inTurn(WalFrames before, long maxWaitNanos, Work work) {
        WriterTurn turn;
        try {
            turn = database.upkeepTurn("a checkpoint", maxWaitNanos);
        } catch (ProblemException e) {
            policy.turnRefused(now());
            return before;
        }
        long started = now();
        try {
            WalFrames there = maintenance().look();
            if (!there.isKnown()) {
                return before;
            }
            if (!policy.isLittle(uncopiedBytes(there) / 2)) {
                return there;
            }
            WalFrames done = work.run();
            return done.isKnown() ? done : there;
        } finally {
            turn.close();
            held(now() - started);
        }
    }

    private void held(long nanos) {
        database.metrics().checkpointHeldTurn(nanos);
        policy.held(nanos, now());
        if (nanos > CheckpointPolicy.LONGEST_HOLD_NANOS) {
            LOG.warn(
                    "database {}: a checkpoint kept the turn to write for {} ms; the next ones take less at a time",
                    database.name(),
                    nanos / 1_000_000);
        }
    }

    private Maintenance maintenance() {
        Maintenance current = maintenance;
        if (current == null) {
            current = Maintenance.open(database);
            maintenance = current;
        }
        return current;
    }

    private int pageBytes() {
        return maintenance().pageBytes();
    }

    private long bytes(WalFrames frames) {
        return frames.bytes(pageBytes());
    }

    private long uncopiedBytes(WalFrames frames) {
        return frames.uncopiedBytes(pageBytes());
    }

    private long now() {
        return nanoClock.getAsLong();
    }
}
