package net.quicsql.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import net.quicsql.storage.Client;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that can be asked whether its client has hung up while a request is answered: Jetty reads nothing then and
 * so would not learn it. To ask is to read ahead; what comes (the next request of a client that does not wait for answers)
 * is kept, in order, for Jetty's next {@link #fill}. Lies below TLS, where only bytes are seen. Thread-safe.
 *
 * <p>A client that shuts down its sending side cannot be told from one that left, and counts as one.
 */
final class WatchedEndPoint extends SocketChannelEndPoint implements Client {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedEndPoint.class);

    private static final int FIRST_EARLY_BYTES = 1024;
    /** Past this a client that sends ahead is not watched: what it sends is left to TCP to hold back. */
    static final int MAX_EARLY_BYTES = 64 * 1024;

    private final Executor executor;
    private final ResponsePace pace;
    /** Whether somebody is on the way to try to write; one is enough, however long the threads are busy. */
    private final AtomicBoolean nudged = new AtomicBoolean();

    private final Object reading = new Object();

    // Guarded by reading.
    /** What was read ahead, ready to be taken; null where there is nothing. */
    private @Nullable ByteBuffer early;

    private boolean ended;

    WatchedEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            Executor executor,
            LongSupplier nanoClock) {
        super(channel, selector, key, scheduler);
        this.executor = executor;
        this.pace = new ResponsePace(nanoClock);
    }

    /** Whether the client has closed the connection. Costs a system call. */
    @Override
    public boolean isGone() {
        synchronized (reading) {
            // Where Jetty waits for bytes the selector must see them, and Jetty will see the end.
            if (!ended && !isInputShutdown() && !isFillInterested()) {
                readAhead();
            }
            return ended || isInputShutdown();
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        synchronized (reading) {
            ByteBuffer kept = early;
            if (kept == null || isInputShutdown()) {
                return super.fill(buffer);
            }
            int position = BufferUtil.flipToFill(buffer);
            int filled = BufferUtil.put(kept, buffer);
            BufferUtil.flipToFlush(buffer, position);
            if (!kept.hasRemaining()) {
                early = null;
            }
            notIdle();
            return filled;
        }
    }

    /** The selector knows nothing of bytes that were read ahead: whoever waits for bytes is told of those at once. */
    @Override
    protected void needsFillInterest() {
        synchronized (reading) {
            if (early == null && !ended) {
                super.needsFillInterest();
                return;
            }
        }
        // Not on this thread, which may be in the middle of what would be called again.
        executor.execute(() -> getFillInterest().fillable());
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long offered = BufferUtil.remaining(buffers);
        boolean all = super.flush(buffers);
        if (all) {
            pace.flushed(offered);
        } else {
            pace.flushedInPart(offered - BufferUtil.remaining(buffers));
        }
        return all;
    }

    /**
     * Closes the connection if bytes have waited for the client for so long while too few were taken.
     *
     * @param minimumBytes the least to be taken in that time
     */
    void closeIfTooSlow(long windowNanos, long minimumBytes) {
        if (!pace.isWaiting()) {
            return;
        }
        if (pace.isTooSlow(windowNanos, minimumBytes)) {
            LOG.info(
                    "closed the connection of {}: it took less than {} bytes of its answer in {} s",
                    getRemoteSocketAddress(),
                    minimumBytes,
                    windowNanos / 1_000_000_000L);
            // Not on the thread of all timeouts: whoever waits to write gives back what he holds, files among it.
            // Nor behind such as wait, who may have all threads: where there is none, on one of its own.
            ThreadPool.executeImmediately(
                    executor, () -> close(new EofException("the client reads its answer too slowly")));
        } else if (!nudged.getAndSet(true)) {
            // The selector speaks up only once a third of the socket's buffer is free, which may be a megabyte: a slow
            // client that does read would look as if it did not.
            nudge();
        }
    }

    private void nudge() {
        try {
            executor.execute(() -> {
                nudged.set(false);
                getWriteFlusher().completeWrite();
            });
        } catch (RejectedExecutionException busy) {
            nudged.set(false);
        }
    }

    private void readAhead() {
        ByteBuffer room = early == null ? ByteBuffer.allocate(FIRST_EARLY_BYTES) : early.compact();
        try {
            int read = 1;
            while (read > 0) {
                if (!room.hasRemaining()) {
                    if (room.capacity() >= MAX_EARLY_BYTES) {
                        break;
                    }
                    room = ByteBuffer.allocate(2 * room.capacity()).put(room.flip());
                }
                read = getChannel().read(room);
            }
            ended = read < 0;
        } catch (IOException reset) {
            ended = true;
        }
        room.flip();
        early = room.hasRemaining() ? room : null;
    }
}
