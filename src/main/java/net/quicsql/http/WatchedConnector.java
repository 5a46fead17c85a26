package net.quicsql.http;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Takes connections that can be asked whether their client is still there, and closes those whose client does not take its
 * answer. Thread-safe, but for its settings, which belong before the start.
 */
public final class WatchedConnector extends ServerConnector {
    /** Looks in a window: it is passed by a tenth at most. */
    private static final int LOOKS_PER_WINDOW = 10;

    private Duration window = Duration.ZERO;
    private long minimumBytes;
    private volatile Scheduler.@Nullable Task nextLook;

    /** As {@link ServerConnector}'s, with -1 for Jetty's own choice of a number of threads. */
    public WatchedConnector(
            Server server,
            @Nullable Executor executor,
            Scheduler scheduler,
            ByteBufferPool bufferPool,
            int acceptors,
            int selectors,
            ConnectionFactory... factories) {
        super(server, executor, scheduler, bufferPool, acceptors, selectors, factories);
    }

    /**
     * Sets how slowly a client may take its answer.
     *
     * @param bytesPerSecond the least, while bytes wait to be taken
     * @param over the time that it is measured in
     */
    void requireResponseRate(long bytesPerSecond, Duration over) {
        window = over;
        minimumBytes = Math.max(1, bytesPerSecond * over.toMillis() / 1000);
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        WatchedEndPoint endPoint =
                new WatchedEndPoint(channel, selector, key, getScheduler(), getExecutor(), System::nanoTime);
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        if (!window.isZero()) {
            scheduleLook();
        }
    }

    @Override
    protected void doStop() throws Exception {
        Scheduler.Task next = nextLook;
        if (next != null) {
            next.cancel();
        }
        super.doStop();
    }

    private void scheduleLook() {
        long pause = Math.max(1, window.toMillis() / LOOKS_PER_WINDOW);
        nextLook = getScheduler().schedule(this::look, pause, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            for (EndPoint endPoint : getConnectedEndPoints()) {
                if (endPoint instanceof WatchedEndPoint watched) {
                    watched.closeIfTooSlow(window.toNanos(), minimumBytes);
                }
            }
        } finally {
            // The scheduler stops with the connector and takes nothing then.
            if (isRunning()) {
                scheduleLook();
            }
        }
    }
}
