package net.quicsql.storage;

import java.util.concurrent.TimeUnit;

/**
 * Decides when one database's log is copied back, when that is worth the writer's turn, and when the file is emptied. Only
 * looks at what it is told. One thread at a time.
 */
final class CheckpointPolicy {
    /** So much that is not copied is worth a checkpoint: SQLite's own default of 1,000 pages of 4 KiB. */
    static final long COPY_BYTES = 4L << 20;

    /** A log of this size is to be begun anew, which takes the writer's turn while others write. */
    static final long ANEW_BYTES = 4 * COPY_BYTES;

    /** A checkpoint that held the turn for longer is told in the log, and followed by a pause. */
    static final long LONGEST_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /**
     * What is copied in the turn: so much as should take {@link #AIM_NANOS} by the speed of the latest checkpoint, and within
     * these bounds. A mebibyte is a matter of some milliseconds, most of them for the sync.
     */
    private static final long LEAST_IN_TURN_BYTES = 128L << 10;

    private static final long LITTLE_BYTES = 1L << 20;
    private static final long MOST_IN_TURN_BYTES = 8L << 20;
    private static final long AIM_NANOS = LONGEST_HOLD_NANOS / 4;

    /** After a long hold checkpoints take no more than a twentieth of the writers' time. */
    private static final int PAUSE_PER_HOLD = 20;

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long TURN_REFUSED_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A large log is copied once nobody has written for this long. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** And a small one: a database that is written to now and then need not be checkpointed after each time. */
    private static final long SMALL_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** A file of the usual size is kept for this long. */
    private static final long KEPT_NANOS = SMALL_IDLE_NANOS;

    private final long copyBytes;
    private final long anewBytes;
    private final long keptBytes;
    private long mostInTurnBytes = MOST_IN_TURN_BYTES;
    private long aimedBytes = LITTLE_BYTES;
    private long noTurnBeforeNanos;
    private WalStamp stamp = WalStamp.NONE;
    private long stampSinceNanos;

    /**
     * A policy for one log.
     *
     * @param alarmBytes where the alarm begins; checkpoints begin well below it
     * @param onDisk whether the file lies on a disk: to sync what is written over costs half of what a file costs that grows,
     *     so one of the usual size is kept for a while
     */
    CheckpointPolicy(long alarmBytes, boolean onDisk, long nowNanos) {
        copyBytes = Math.min(COPY_BYTES, alarmBytes / 8);
        anewBytes = Math.min(ANEW_BYTES, alarmBytes / 2);
        keptBytes = onDisk ? 2 * anewBytes : copyBytes;
        noTurnBeforeNanos = nowNanos;
        stampSinceNanos = nowNanos;
    }

    /** Notes what the file system says of the log, at each look. */
    void saw(WalStamp now, long nowNanos) {
        if (!now.equals(stamp)) {
            stamp = now;
            stampSinceNanos = nowNanos;
        }
    }

    /**
     * Whether nobody has written for so long that all of the log may be copied.
     *
     * @param bytes what the log holds; its file may be larger
     */
    boolean isIdle(long bytes, long nowNanos) {
        return nowNanos - stampSinceNanos > (bytes < copyBytes ? SMALL_IDLE_NANOS : IDLE_NANOS);
    }

    /** Whether nobody has written for so long that the log's file may be emptied. */
    boolean isForgotten(long nowNanos) {
        return nowNanos - stampSinceNanos > (stamp.bytes() < keptBytes ? KEPT_NANOS : IDLE_NANOS);
    }

    /** Whether SQLite is to be asked at all. */
    boolean isWorthALook(long nowNanos) {
        return stamp.bytes() >= copyBytes || stamp.bytes() > 0 && isForgotten(nowNanos);
    }

    boolean isWorthCopying(long bytes, long uncopiedBytes, long nowNanos) {
        return uncopiedBytes >= copyBytes
                || uncopiedBytes > 0 && (bytes >= anewBytes || isIdle(bytes, nowNanos) || isForgotten(nowNanos));
    }

    /** Whether so little is left that it may be copied in the turn. */
    boolean isLittle(long uncopiedBytes) {
        return uncopiedBytes <= Math.min(aimedBytes, mostInTurnBytes);
    }

    /** Whether what is left is worth the writer's turn now. */
    boolean mayTakeTurn(long bytes, long uncopiedBytes, long nowNanos) {
        return bytes >= anewBytes && isLittle(uncopiedBytes) && nowNanos - noTurnBeforeNanos >= 0;
    }

    /**
     * Whether to wait in the turn for those who still read from the log. One moment at which all of them are gone is enough,
     * but where reads overlap all the time it does not come by itself: the log has outgrown its size for want of it.
     */
    boolean mayWaitForReaders(long bytes) {
        return bytes >= 2 * anewBytes;
    }

    /** Notes how fast a checkpoint out of the turn was. */
    void copied(long copiedBytes, long nanos) {
        if (copiedBytes >= LITTLE_BYTES) {
            double bytesPerNano = (double) copiedBytes / Math.max(1, nanos);
            aimedBytes = Math.max(LITTLE_BYTES, (long) (AIM_NANOS * bytesPerNano));
        }
    }

    /** Notes for how long a checkpoint held the turn. */
    void held(long nanos, long nowNanos) {
        if (nanos > LONGEST_HOLD_NANOS) {
            mostInTurnBytes = Math.max(LEAST_IN_TURN_BYTES, mostInTurnBytes / 2);
            noTurnBeforeNanos = nowNanos + Math.min(LONGEST_PAUSE_NANOS, PAUSE_PER_HOLD * nanos);
        } else if (nanos < AIM_NANOS) {
            mostInTurnBytes = Math.min(MOST_IN_TURN_BYTES, mostInTurnBytes * 2);
        }
    }

    /** Notes that the turn was not to be had: somebody keeps it for long. */
    void turnRefused(long nowNanos) {
        noTurnBeforeNanos = nowNanos + TURN_REFUSED_PAUSE_NANOS;
    }
}
