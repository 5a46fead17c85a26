package net.quicsql.hrana.websocket;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.LongSupplier;
import net.quicsql.hrana.CursorOutput;
import net.quicsql.hrana.CursorSpool;
import net.quicsql.hrana.EntryScanner;
import net.quicsql.hrana.SocketEncoder;
import net.quicsql.hrana.SocketEncoding;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import org.jspecify.annotations.Nullable;

/**
 * One cursor of a connection: what its batch has produced and the client has not fetched yet. The batch runs on its stream
 * and waits for nobody; a fetch that comes before there are entries waits for the first of them. Thread-safe.
 */
final class SocketCursor implements CursorOutput {
    /** Entries are added to an answer up to about this many bytes: a client asks again, and others want to be answered. */
    private static final int PAGE_BYTES = 256 * 1024;

    private static final int READ_BYTES = 32 * 1024;

    /** How long a fetch waits at most for entries that are there while further ones come. */
    private static final long HAND_OVER_NANOS = 2_000_000;

    private final CursorSpool spool;
    private final SocketEncoding encoding;
    private final LongSupplier nanoTime;
    private final EntryScanner written;
    private final Lane lane;

    // Guarded by this, with the spool.
    private final Deque<Fetch> fetches = new ArrayDeque<>();
    private long writtenEntries;
    private long sentEntries;
    /** The first byte that was not sent. */
    private long sentBytes;

    private long takenNanos;
    private boolean producing = true;
    private boolean closed;
    private boolean readsOnly;
    private boolean failed;
    private boolean givenBack;
    private Runnable place = () -> {};

    private record Fetch(long maxCount, PendingAnswer answer) {}

    /**
     * @param lane where fetches are answered
     */
    SocketCursor(CursorSpool spool, SocketEncoding encoding, Lane lane, LongSupplier nanoTime) {
        this.spool = spool;
        this.encoding = encoding;
        this.lane = lane;
        this.nanoTime = nanoTime;
        this.written = encoding.entryScanner();
        this.takenNanos = nanoTime.getAsLong();
    }

    Lane lane() {
        return lane;
    }

    /**
     * The batch is about to run.
     *
     * @param newPlace gives the cursor's place back
     */
    synchronized void opened(boolean onlyReads, Runnable newPlace) {
        readsOnly = onlyReads;
        place = newPlace;
    }

    /**
     * Gives back what entries take up as soon as none will be read any more: once all of them were handed out too, for many
     * clients close a cursor late or with its stream. Guarded by this.
     */
    private void giveBackIfOver() {
        boolean over = !producing && (closed || failed || sentEntries == writtenEntries);
        if (over && !givenBack) {
            givenBack = true;
            spool.close();
            place.run();
        }
    }

    /** The batch could not be run, or not to its end: every fetch is told that there is no such cursor. */
    void notOpened() {
        synchronized (this) {
            failed = true;
        }
        produced();
    }

    /** The batch has run. */
    void produced() {
        synchronized (this) {
            producing = false;
            giveBackIfOver();
        }
        lane.submit(this::answer);
    }

    /** Answers a fetch when there is something to answer with. To be called on the lane. */
    void fetch(long maxCount, PendingAnswer answer) {
        synchronized (this) {
            fetches.add(new Fetch(maxCount, answer));
        }
        answer();
    }

    /** Nobody fetches any more: what a batch that only reads has not read yet is left out. Idempotent. */
    void close() {
        boolean awaited;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            giveBackIfOver();
            awaited = !fetches.isEmpty();
        }
        if (awaited) {
            lane.submit(this::answer);
        }
    }

    /**
     * Closes the cursor behind the fetches that came before: they get what there is, and are told that the cursor is closed
     * only where they would wait. To be called on the lane.
     *
     * @param then run when they are answered
     */
    void closeBehindFetches(Runnable then) {
        if (answer()) {
            close();
            if (answer()) {
                then.run();
                return;
            }
        }
        lane.submit(() -> closeBehindFetches(then));
    }

    @Override
    public void take(Piece piece) {
        boolean wanted;
        synchronized (this) {
            if (closed && readsOnly) {
                return;
            }
            long start = spool.size();
            spool.take(out -> piece.writeTo(new Counting(out)));
            takenNanos = nanoTime.getAsLong();
            wanted = !fetches.isEmpty() && spool.size() > start;
        }
        if (wanted) {
            lane.submit(this::answer);
        }
    }

    @Override
    public synchronized boolean isFull() {
        return spool.isFull();
    }

    @Override
    public synchronized boolean isAbandoned() {
        return closed && readsOnly;
    }

    @Override
    public synchronized boolean isWaiting() {
        return !fetches.isEmpty()
                && writtenEntries == sentEntries
                && nanoTime.getAsLong() - takenNanos >= HAND_OVER_NANOS;
    }

    /**
     * Answers the fetches that can be answered, in order. On the lane.
     *
     * @return whether all of them are; else the lane is held, and does so when it is let go
     */
    private boolean answer() {
        for (Fetch next = answerable(); next != null; next = answerable()) {
            long maxCount = next.maxCount();
            next.answer().answer(lane, encoder -> page(maxCount, encoder));
            if (lane.isHeld()) {
                lane.submit(this::answer);
                return false;
            }
        }
        return true;
    }

    private synchronized @Nullable Fetch answerable() {
        Fetch first = fetches.peek();
        if (first == null || !closed && producing && writtenEntries == sentEntries && first.maxCount() > 0) {
            return null;
        }
        return fetches.poll();
    }

    private synchronized void page(long maxCount, SocketEncoder encoder) {
        if (closed || failed) {
            throw new Problem.Refused(
                            ProblemCode.CURSOR_NOT_OPEN,
                            "the cursor is not open: it could not be opened, or was closed")
                    .toException();
        }
        encoder.beginFetch();
        Page page = new Page(encoder, Math.min(maxCount, writtenEntries - sentEntries));
        try {
            while (!page.isFull()) {
                long from = sentBytes + page.bytes();
                spool.writeTo(page, from, Math.min(spool.size(), from + READ_BYTES));
            }
        } catch (IOException e) {
            throw AnswerBuffers.full(e);
        }
        encoder.endFetch(!producing && sentEntries + page.entries() == writtenEntries);
        sentEntries += page.entries();
        sentBytes += page.bytes();
        giveBackIfOver();
    }

    /** Counts the entries of what is written to the spool. */
    private final class Counting extends OutputStream {
        private final OutputStream out;

        Counting(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            int end = offset + length;
            for (int at = written.endOfEntry(bytes, offset, end); at >= 0; at = written.endOfEntry(bytes, at, end)) {
                writtenEntries++;
            }
        }
    }

    /** Takes entries out of bytes that are read back, until there are enough. */
    private final class Page extends OutputStream {
        private final SocketEncoder encoder;
        private final EntryScanner scanner = encoding.entryScanner();
        private final long maxEntries;
        private long entries;
        private long bytes;
        private boolean inEntry;

        Page(SocketEncoder encoder, long maxEntries) {
            this.encoder = encoder;
            this.maxEntries = maxEntries;
        }

        boolean isFull() {
            return !inEntry && (entries >= maxEntries || bytes >= PAGE_BYTES);
        }

        long entries() {
            return entries;
        }

        long bytes() {
            return bytes;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] part, int offset, int length) {
            int at = offset;
            int end = offset + length;
            while (at < end && !isFull()) {
                int next = scanner.endOfEntry(part, at, end);
                boolean ends = next >= 0;
                int to = ends ? next : end;
                encoder.entryPart(Arrays.copyOfRange(part, at, to), ends);
                inEntry = !ends;
                entries += ends ? 1 : 0;
                bytes += to - at;
                at = to;
            }
        }
    }
}
