package net.quicsql.hrana.websocket;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.hrana.CursorSpool;
import net.quicsql.hrana.SocketEncoding;
import net.quicsql.hrana.SocketRequest;
import net.quicsql.hrana.StoredSql;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import org.jspecify.annotations.Nullable;

/** The streams and cursors of one connection, by their client's numbers. Thread-safe; requests come from one thread at a time. */
final class SocketStreams {
    /** Open streams; enough for any pool of a client, and few enough that none fills the server. */
    private static final int MAX_STREAMS = 10_000;

    /** Numbers in use, of streams and of cursors: those of streams that could not be opened stay in use too. */
    private static final int MAX_NUMBERS = 2 * MAX_STREAMS;

    private final SocketServices services;
    private final SocketEncoding encoding;
    private final Supplier<Lane> lanes;
    private final Executor executor;

    // Guarded by this.
    private final Map<Integer, SocketStream> streams = new HashMap<>();
    private final Map<Integer, SocketCursor> cursors = new HashMap<>();
    private boolean closed;

    /**
     * @param lanes makes lanes
     * @param executor must run or keep what it is given
     */
    SocketStreams(SocketServices services, SocketEncoding encoding, Supplier<Lane> lanes, Executor executor) {
        this.services = services;
        this.encoding = encoding;
        this.lanes = lanes;
        this.executor = executor;
    }

    /**
     * Answers that the stream is open; its first request opens it.
     *
     * @throws Misuse the number is in use
     */
    void open(SocketRequest.OpenStream request, DatabaseName database, Principal principal, PendingAnswer answer)
            throws Misuse {
        SocketStream stream =
                new SocketStream(services.calls(), services.admission(), database, principal, lanes.get());
        boolean room;
        synchronized (this) {
            requireOpen();
            requireNumbers(streams);
            room = streams.size() < MAX_STREAMS;
            if (streams.putIfAbsent(request.streamId(), stream) != null) {
                throw new Misuse("stream id " + request.streamId() + " is in use");
            }
        }
        onLane(stream, answer, encoder -> {
            if (!room) {
                stream.close();
                throw new Problem.Refused(
                                ProblemCode.TOO_MANY_STREAMS, "a connection may have " + MAX_STREAMS + " streams open")
                        .toException();
            }
            encoder.done(request.kind());
        });
    }

    /** @throws Misuse there is no such stream */
    void run(SocketRequest.OnStream request, StoredSql stored, PendingAnswer answer) throws Misuse {
        SocketStream stream = stream(request.streamId());
        onLane(stream, answer, encoder -> stream.run(request.request(), stored, encoder));
    }

    /** @throws Misuse there is no such stream */
    void close(SocketRequest.CloseStream request, PendingAnswer answer) throws Misuse {
        SocketStream stream = stream(request.streamId());
        @Nullable SocketCursor cursor;
        synchronized (this) {
            streams.remove(request.streamId());
            cursor = stream.cursor();
            cursors.values().remove(cursor);
        }
        if (cursor != null) {
            cursor.close();
        }
        onLane(stream, answer, encoder -> {
            stream.close();
            encoder.done(request.kind());
        });
    }

    /** @throws Misuse there is no such stream, or the number is in use */
    void openCursor(SocketRequest.OpenCursor request, StoredSql stored, PendingAnswer answer) throws Misuse {
        SocketStream stream = stream(request.streamId());
        CursorSpool spool = new CursorSpool(
                services.bounds().cursorBufferBytes(), services.bounds().maxSpoolBytes(), services.buffers());
        SocketCursor cursor = new SocketCursor(spool, encoding, lanes.get(), System::nanoTime);
        boolean alone;
        synchronized (this) {
            requireOpen();
            requireNumbers(cursors);
            if (cursors.putIfAbsent(request.cursorId(), cursor) != null) {
                throw new Misuse("cursor id " + request.cursorId() + " is in use");
            }
            alone = !cursors.containsValue(stream.cursor());
            if (alone) {
                stream.cursor(cursor);
            }
        }
        stream.lane().submit(() -> produce(request, stream, cursor, stored, answer, alone));
    }

    /** @throws Misuse there is no such cursor */
    void fetch(SocketRequest.FetchCursor request, PendingAnswer answer) throws Misuse {
        SocketCursor cursor = cursor(request.cursorId());
        cursor.lane().submit(() -> cursor.fetch(request.maxCount(), answer));
    }

    /** @throws Misuse there is no such cursor */
    void closeCursor(SocketRequest.CloseCursor request, PendingAnswer answer) throws Misuse {
        SocketCursor cursor = cursor(request.cursorId());
        synchronized (this) {
            cursors.remove(request.cursorId());
        }
        Lane lane = cursor.lane();
        lane.submit(() ->
                cursor.closeBehindFetches(() -> answer.answer(lane, encoder -> encoder.done(request.kind()))));
    }

    /** Ends all that there is, in order behind what runs, and lets nothing begin any more. Idempotent. */
    void closeAll() {
        List<SocketStream> leftStreams;
        List<SocketCursor> leftCursors;
        synchronized (this) {
            closed = true;
            leftStreams = new ArrayList<>(streams.values());
            leftCursors = new ArrayList<>(cursors.values());
            streams.clear();
            cursors.clear();
        }
        leftCursors.forEach(SocketCursor::close);
        if (!leftStreams.isEmpty()) {
            // On one thread, for a connection may leave more streams than the server has threads.
            executor.execute(() -> leftStreams.forEach(stream -> stream.lane().submitHere(stream::close)));
        }
    }

    private void onLane(SocketStream stream, PendingAnswer answer, PendingAnswer.Work work) {
        stream.lane().submit(() -> {
            if (isClosed()) {
                // Nobody else closes one whose client had asked for it: its number is free again already.
                stream.close();
                answer.drop();
            } else {
                answer.answer(stream.lane(), work);
            }
        });
    }

    private void produce(
            SocketRequest.OpenCursor request,
            SocketStream stream,
            SocketCursor cursor,
            StoredSql stored,
            PendingAnswer answer,
            boolean alone) {
        if (isClosed()) {
            cursor.notOpened();
            answer.drop();
            return;
        }
        boolean[] opened = new boolean[1];
        boolean ran = false;
        try {
            if (!alone) {
                throw new Problem.Refused(
                                ProblemCode.INVALID_REQUEST, "the stream has a cursor open already: close it first")
                        .toException();
            }
            stream.runCursor(request.batch(), stored, readsOnly -> {
                Runnable place = services.cursors().take(stream.principal());
                opened[0] = true;
                cursor.opened(readsOnly, place);
                answer.answer(stream.lane(), encoder -> encoder.done(request.kind()));
                return encoding.cursorEncoder(cursor);
            });
            ran = true;
        } catch (RuntimeException | Error e) {
            if (opened[0]) {
                throw e;
            }
            answer.answer(stream.lane(), encoder -> {
                throw e;
            });
        } finally {
            if (ran) {
                cursor.produced();
            } else {
                cursor.notOpened();
            }
        }
    }

    private synchronized SocketStream stream(int streamId) throws Misuse {
        SocketStream stream = streams.get(streamId);
        if (stream == null) {
            throw new Misuse("stream id " + streamId + " is not open");
        }
        return stream;
    }

    private synchronized SocketCursor cursor(int cursorId) throws Misuse {
        SocketCursor cursor = cursors.get(cursorId);
        if (cursor == null) {
            throw new Misuse("cursor id " + cursorId + " is not open");
        }
        return cursor;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private static void requireNumbers(Map<Integer, ?> inUse) throws Misuse {
        if (inUse.size() >= MAX_NUMBERS) {
            throw new Misuse("more than " + MAX_NUMBERS + " numbers are in use: close what you have opened");
        }
    }

    /** Guarded by this. */
    private void requireOpen() throws Misuse {
        if (closed) {
            throw new Misuse("the connection is closed");
        }
    }
}
