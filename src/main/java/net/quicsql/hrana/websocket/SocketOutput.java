package net.quicsql.hrana.websocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import net.quicsql.http.Body;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages, whole ones one after the other. Nobody who sends waits: a short message is handed to the connection, a long
 * one goes out in parts, each when the client has taken the one before, on a thread that the connection has as long as there
 * are such. What comes meanwhile waits in line. Thread-safe.
 *
 * <p>A client that takes nothing is the connector's to end, which fails what is being sent.
 */
final class SocketOutput {
    private static final Logger LOGGER = LoggerFactory.getLogger(SocketOutput.class);

    /** Up to here a message is sent at once, and beyond it in parts of this size. */
    static final int PART_BYTES = 64 * 1024;

    /** What may lie untaken before nothing more is produced: about what an idle connection of HTTP may cost, too. */
    private static final long MAX_UNREAD_BYTES = 2 * PART_BYTES;

    /** Short messages that the client has not taken; about what a connection's buffers hold besides. */
    private static final long MAX_SHORT_BYTES = 1024 * 1024;

    private final CoreSession session;
    private final byte opCode;
    private final Executor executor;
    private final AtomicLong shortBytes = new AtomicLong();

    // Guarded by this.
    /** What waits behind a long message, in order. */
    private final Deque<Message> waiting = new ArrayDeque<>();

    private boolean sendingLong;

    /** Heap that messages take up which the client has not taken, as far as no budget counts it. */
    private long unread;

    /** Who is to be told when the client has taken enough for more. */
    private final List<Runnable> heldBack = new ArrayList<>();

    private boolean abandoned;

    /** A long message has a body, a short one its content. */
    private record Message(@Nullable Body body, @Nullable ByteBuffer content, Runnable sent) {}

    /**
     * @param text whether messages are text, rather than binary
     * @param executor where long messages are sent; must run or keep what it is given
     */
    SocketOutput(CoreSession session, boolean text, Executor executor) {
        this.session = session;
        this.opCode = text ? OpCode.TEXT : OpCode.BINARY;
        this.executor = executor;
    }

    /**
     * Whether the client has taken enough for more to be produced.
     *
     * @param later called once, on a thread of its own, when it has; not called where the answer is yes
     */
    synchronized boolean mayProduce(Runnable later) {
        if (abandoned || unread <= MAX_UNREAD_BYTES) {
            return true;
        }
        heldBack.add(later);
        return false;
    }

    /** Nobody will take anything any more: who was held back goes on, to its end. */
    synchronized void abandon() {
        abandoned = true;
        letGo();
    }

    private synchronized void taken(long bytes) {
        unread -= bytes;
        if (unread <= MAX_UNREAD_BYTES) {
            letGo();
        }
    }

    /** Guarded by this; not on this thread, which may hold more than this lock. */
    private void letGo() {
        if (!heldBack.isEmpty()) {
            List<Runnable> all = List.copyOf(heldBack);
            heldBack.clear();
            executor.execute(() -> all.forEach(Runnable::run));
        }
    }

    /** Whether a message of this length goes out without waiting for the client. */
    boolean takesAtOnce(long length) {
        return length <= PART_BYTES && shortBytes.get() < MAX_SHORT_BYTES;
    }

    /**
     * Sends a message and closes its body.
     *
     * @param sent called once, when the message has been sent or never will be
     */
    void send(Body body, Runnable sent) {
        // The rest of a long one is counted by the memory budget, or lies on the disk.
        long uncounted = Math.min(body.length(), PART_BYTES);
        synchronized (this) {
            unread += uncounted;
        }
        Runnable over = () -> {
            taken(uncounted);
            sent.run();
        };
        if (body.length() > PART_BYTES) {
            sendLong(body, over);
            return;
        }
        ByteBuffer content;
        try (body) {
            content = ByteBuffer.wrap(bytes(body));
        }
        int length = content.remaining();
        shortBytes.addAndGet(length);
        sendShort(content, () -> {
            shortBytes.addAndGet(-length);
            over.run();
        });
    }

    private synchronized void sendShort(ByteBuffer content, Runnable sent) {
        if (sendingLong) {
            waiting.add(new Message(null, content, sent));
        } else {
            hand(content, sent);
        }
    }

    private void hand(ByteBuffer content, Runnable sent) {
        session.sendFrame(new Frame(opCode, true, content), Callback.from(sent), false);
    }

    private void sendLong(Body body, Runnable sent) {
        synchronized (this) {
            waiting.add(new Message(body, null, sent));
            if (sendingLong) {
                return;
            }
            sendingLong = true;
        }
        executor.execute(this::sendWaiting);
    }

    private void sendWaiting() {
        for (Message message = next(); message != null; message = next()) {
            Body body = message.body();
            ByteBuffer content = message.content();
            if (body != null) {
                transmit(body, message.sent());
            } else if (content != null) {
                hand(content, message.sent());
            }
        }
    }

    private synchronized @Nullable Message next() {
        Message message = waiting.poll();
        sendingLong = message != null;
        return message;
    }

    private void transmit(Body body, Runnable sent) {
        boolean whole = false;
        try (body) {
            Parts parts = new Parts();
            body.writeTo(parts);
            parts.end();
            whole = true;
        } catch (IOException gone) {
            LOGGER.debug("a message was not taken", gone);
        } catch (RuntimeException | Error e) {
            // What waits behind it must be given back.
            LOGGER.error("a message could not be sent", e);
        } finally {
            if (!whole) {
                // A message was cut off in its middle: nothing can follow it.
                session.abort();
            }
            sent.run();
        }
    }

    private static byte[] bytes(Body body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) body.length());
        try {
            body.writeTo(out);
        } catch (IOException e) {
            throw new IllegalStateException("a short message could not be read", e);
        }
        return out.toByteArray();
    }

    /** Makes parts of what is written. One thread at a time. */
    private final class Parts extends OutputStream {
        private final byte[] part = new byte[PART_BYTES];
        private int length;
        private boolean begun;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            int written = 0;
            while (written < count) {
                if (length == PART_BYTES) {
                    sendPart(false);
                }
                int now = Math.min(PART_BYTES - length, count - written);
                System.arraycopy(bytes, offset + written, part, length, now);
                length += now;
                written += now;
            }
        }

        void end() throws IOException {
            sendPart(true);
        }

        private void sendPart(boolean last) throws IOException {
            Frame frame = new Frame(begun ? OpCode.CONTINUATION : opCode, last, ByteBuffer.wrap(part, 0, length));
            begun = true;
            length = 0;
            Callback.Completable taken = new Callback.Completable();
            session.sendFrame(frame, taken, false);
            try {
                taken.get();
            } catch (ExecutionException e) {
                throw new IOException("the client does not take a message", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while a message was sent", e);
            }
        }
    }
}
