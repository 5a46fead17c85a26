package net.quicsql.hrana.websocket;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import net.quicsql.http.RequestClients;
import net.quicsql.storage.Client;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which they came, on threads that it has only while there are any. Thread-safe.
 *
 * <p>Two locks meet here, in both orders. {@link #next} asks the gate under the lane's lock, and the gate locks the {@link
 * SocketOutput}; an answer that is sent at once tells so under the output's lock, and may call {@link #letGo}, which locks
 * the lane. They cannot wait for each other because whoever calls letGo under the output's lock ends a {@link #hold} of this
 * lane, and {@code next} looks at {@code held} before it asks the gate: as long as the lane is held, nobody asks. So letGo
 * must be called once for each hold, and the gate's own {@code later} on a thread that holds nothing.
 */
final class Lane {
    private static final Logger LOGGER = LoggerFactory.getLogger(Lane.class);

    private final Executor executor;
    private final RequestClients clients;
    private final Client client;
    private final Gate gate;

    // Guarded by this.
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private State state = State.IDLE;
    private boolean held;

    private enum State {
        IDLE,
        RUNNING,
        /** There is no thread until what holds the lane lets it go. */
        HELD
    }

    /** Says when a task may begin. */
    @FunctionalInterface
    interface Gate {
        /**
         * Whether a task may begin now.
         *
         * @param later called once, on a thread that holds nothing, when one may; not called where the answer is yes
         */
        boolean mayBegin(Runnable later);
    }

    /**
     * @param executor must run or keep what it is given
     * @param client whom the tasks work for
     */
    Lane(Executor executor, RequestClients clients, Client client, Gate gate) {
        this.gate = requireNonNull(gate, "gate is null");
        this.executor = requireNonNull(executor, "executor is null");
        this.clients = requireNonNull(clients, "clients is null");
        this.client = requireNonNull(client, "client is null");
    }

    void submit(Runnable task) {
        if (add(task)) {
            executor.execute(this::run);
        }
    }

    /** As {@link #submit}, but on the calling thread where nothing else is under way: for one thread that visits many lanes. */
    void submitHere(Runnable task) {
        if (add(task)) {
            run();
        }
    }

    /** Lets no further task begin until {@link #letGo}. To be called by the task that runs. */
    synchronized void hold() {
        held = true;
    }

    /** Ends a {@link #hold}, from any thread, perhaps before the task that began it has returned. */
    void letGo() {
        synchronized (this) {
            held = false;
            if (state != State.HELD) {
                return;
            }
            state = State.RUNNING;
        }
        executor.execute(this::run);
    }

    synchronized boolean isHeld() {
        return held;
    }

    /** Whether a thread is needed. */
    private synchronized boolean add(Runnable task) {
        tasks.add(task);
        if (state != State.IDLE) {
            return false;
        }
        state = State.RUNNING;
        return true;
    }

    private void run() {
        clients.begin(client);
        try {
            for (Runnable task = next(); task != null; task = next()) {
                run(task);
            }
        } finally {
            clients.end();
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // The tasks behind it must run: one of them closes the stream.
            LOGGER.error("a request of a WebSocket failed", e);
        }
    }

    private synchronized @Nullable Runnable next() {
        if (tasks.isEmpty()) {
            state = held ? State.HELD : State.IDLE;
            return null;
        }
        // In this order, or two threads may wait for each other: see above.
        if (held || !gate.mayBegin(this::letGo)) {
            state = State.HELD;
            return null;
        }
        state = State.RUNNING;
        return tasks.poll();
    }
}
