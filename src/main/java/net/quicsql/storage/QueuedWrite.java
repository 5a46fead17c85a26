package net.quicsql.storage;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A write that waits in line for the writer's turn and that whoever holds the turn may run together with its own: see
 * {@link WriterQueue#acquireOrJoin}. What has come of it is the subclass's; {@link #settle} publishes that to the thread
 * that waits.
 */
public abstract class QueuedWrite {
    private volatile @Nullable Thread waiting;
    private volatile boolean settled;

    /**
     * Whether this write and the one that leads a group may share a transaction. Asked before it is taken from the line, by
     * the leader's thread.
     */
    public abstract boolean mayShareWith(QueuedWrite leader);

    /** Tells the thread that waits that the write is done, or has failed. To be called once by whoever took it. */
    public final void settle() {
        settled = true;
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    final boolean isSettled() {
        return settled;
    }

    final void waitsIn(Thread thread) {
        waiting = thread;
    }
}
