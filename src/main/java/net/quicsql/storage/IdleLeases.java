package net.quicsql.storage;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Connections that were leased and may be leased again, the latest returned first. Thread-safe. */
final class IdleLeases {
    private final int max;
    private final Deque<EngineConnection> idle = new ArrayDeque<>();
    private boolean closed;

    IdleLeases(int max) {
        this.max = max;
    }

    synchronized @Nullable EngineConnection poll() {
        return idle.poll();
    }

    /** Keeps a connection, or refuses it for want of room. */
    synchronized boolean offer(EngineConnection connection) {
        if (closed || idle.size() >= max) {
            return false;
        }
        idle.push(connection);
        return true;
    }

    synchronized void close() {
        closed = true;
        closeIdle();
    }

    /** Closes what is idle; others may be offered again. */
    synchronized void closeIdle() {
        idle.forEach(EngineConnection::close);
        idle.clear();
    }
}
