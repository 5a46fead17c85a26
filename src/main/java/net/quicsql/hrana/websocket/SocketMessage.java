package net.quicsql.hrana.websocket;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.BodyReader;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.MemoryShare;

/**
 * The message that is being received, within its limit and the memory budget. What is past the limit is thrown away up to
 * the message's end: a client that sends first and reads then would see a broken connection instead of the reason. Thread-safe,
 * for a connection may break while a part is added; parts are added by one thread at a time.
 *
 * <p>Small messages cost the budget nothing while few of them wait for their answers.
 */
final class SocketMessage {
    private static final int FIRST_BYTES = 8 * 1024;
    private static final byte[] NOTHING = {};

    /** How much of a refused message is read and thrown away. */
    private static final long MOST_DISCARDED_BYTES = 32L * 1024 * 1024;

    private final int maxBytes;
    private final AnswerBuffers buffers;

    private byte[] bytes = NOTHING;
    private int length;
    private MemoryShare share;
    private State state = State.INCOMPLETE;
    private String refusal = "";
    private boolean dropped;
    private long discarded;
    /** Bytes of messages that were handed over and are still needed. */
    private long pending;
    /** Bytes of all messages. */
    private long received;
    /** What {@link #received} was when the unfinished message began; -1 between messages. */
    private long began = -1;
    /** What {@link #began} and {@link #received} were when it was last asked whether the message is stuck. */
    private long lookedAt = -1;

    private long lookedReceived;

    /** How far it is. */
    enum State {
        INCOMPLETE,
        COMPLETE,
        TOO_LARGE,
        NO_MEMORY
    }

    SocketMessage(int maxBytes, AnswerBuffers buffers) {
        this.maxBytes = maxBytes;
        this.buffers = buffers;
        this.share = buffers.share();
    }

    /**
     * Adds a part. Refusals are told with the last one.
     *
     * @param last whether the message ends with it
     * @param most the most bytes of a message now, where that is less than at other times
     */
    synchronized State add(ByteBuffer part, boolean last, int most) {
        if (dropped) {
            return State.INCOMPLETE;
        }
        int count = part.remaining();
        if (began < 0) {
            began = received;
        }
        received += count;
        if (last) {
            began = -1;
        }
        if (refusal.isEmpty() && makeRoom((long) length + count, last, Math.min(most, maxBytes))) {
            part.get(bytes, length, count);
            length += count;
        }
        if (!refusal.isEmpty()) {
            discarded += count;
            return last || discarded > MOST_DISCARDED_BYTES ? state : State.INCOMPLETE;
        }
        if (!last) {
            return State.INCOMPLETE;
        }
        boolean counts = pending + length > MemoryShare.FREE_BYTES;
        long cost = counts ? (long) length * BodyReader.WEIGHT : 0;
        if (share.held() >= cost) {
            // Room was made for more than came.
            share.giveBack(share.held() - cost);
        } else if (!share.tryTake(cost - share.held())) {
            noMemory();
            return state;
        }
        return State.COMPLETE;
    }

    /**
     * Whether a message is unfinished and has hardly grown since this was asked last.
     *
     * @param leastBytes less than this is hardly
     */
    synchronized boolean isStuck(long leastBytes) {
        boolean stuck = began >= 0 && began == lookedAt && received - lookedReceived < leastBytes;
        lookedAt = began;
        lookedReceived = received;
        return stuck;
    }

    /** Why the message was refused. */
    synchronized String refusal() {
        return refusal;
    }

    /**
     * Hands the whole message over, with what gives its memory back, and begins the next. Whoever throws needs no memory any
     * more.
     */
    void take(BiConsumer<byte[], Runnable> to) {
        byte[] whole;
        MemoryShare held;
        synchronized (this) {
            if (dropped) {
                return;
            }
            whole = bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
            held = share;
            bytes = NOTHING;
            length = 0;
            share = buffers.share();
            pending += whole.length;
        }
        AtomicBoolean over = new AtomicBoolean();
        Runnable giveBack = () -> {
            if (over.compareAndSet(false, true)) {
                handled(whole.length, held);
            }
        };
        boolean taken = false;
        try {
            to.accept(whole, giveBack);
            taken = true;
        } finally {
            if (!taken) {
                giveBack.run();
            }
        }
    }

    private synchronized void handled(int bytesOfMessage, MemoryShare held) {
        held.close();
        pending -= bytesOfMessage;
    }

    /** Gives the memory of an unfinished message back, and takes no part any more. Idempotent. */
    synchronized void drop() {
        dropped = true;
        bytes = NOTHING;
        share.close();
    }

    private boolean makeRoom(long wanted, boolean last, int most) {
        if (wanted > most) {
            String setting = most < maxBytes ? "the most before hello" : LimitsConfig.MAX_HRANA_BODY;
            return refuse(State.TOO_LARGE, "the message is larger than " + most + " bytes (" + setting + ")");
        }
        if (wanted <= bytes.length) {
            return true;
        }
        long capacity = last ? wanted : Math.min(most, Math.max(2 * wanted, FIRST_BYTES));
        if (capacity > MemoryShare.FREE_BYTES && !share.tryTake(capacity * BodyReader.WEIGHT - share.held())) {
            return noMemory();
        }
        bytes = Arrays.copyOf(bytes, (int) capacity);
        return true;
    }

    private boolean noMemory() {
        return refuse(
                State.NO_MEMORY,
                "the server holds as many messages in memory as it may (" + LimitsConfig.MEMORY_BUDGET
                        + "); try again later");
    }

    private boolean refuse(State as, String why) {
        state = as;
        refusal = why;
        bytes = NOTHING;
        share.close();
        return false;
    }
}
