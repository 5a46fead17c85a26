package net.quicsql.hrana.websocket;

import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.hrana.Batch;
import net.quicsql.hrana.ResponseEncoder;
import net.quicsql.hrana.StoredSql;
import net.quicsql.hrana.StreamCalls;
import net.quicsql.hrana.StreamCalls.CursorOpening;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Admission;
import net.quicsql.http.Admission.Admitted;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of a connection. It stays with whoever opened it, whoever the connection's client says it is later. Its
 * requests run on its lane, which alone may call anything but {@link #lane} and {@link #cursor}.
 */
final class SocketStream {
    private static final Logger LOGGER = LoggerFactory.getLogger(SocketStream.class);

    private final StreamCalls calls;
    private final Admission admission;
    private final DatabaseName database;
    private final Principal principal;
    private final Lane lane;

    /**
     * What the stream goes on with; null when it is closed, and before its first request, which opens it. Go's client ends
     * its whole program when the answer to {@code open_stream} is an error, and what refuses a stream may be over by then.
     */
    private @Nullable String baton;

    private boolean closed;

    /** The cursor that is open on it. Guarded by the connection. */
    private @Nullable SocketCursor cursor;

    SocketStream(StreamCalls calls, Admission admission, DatabaseName database, Principal principal, Lane lane) {
        this.calls = calls;
        this.admission = admission;
        this.database = database;
        this.principal = principal;
        this.lane = lane;
    }

    String principal() {
        return principal.name();
    }

    Lane lane() {
        return lane;
    }

    @Nullable
    SocketCursor cursor() {
        return cursor;
    }

    void cursor(@Nullable SocketCursor opened) {
        cursor = opened;
    }

    /** @throws ProblemException why nothing ran */
    void run(StreamRequest request, StoredSql stored, ResponseEncoder encoder) {
        requireNotClosed();
        try (Admitted admitted = admission.enter(principal, database)) {
            calls.run(database, principal, baton, request, stored, encoder, this::goOnWith);
        }
    }

    /** @throws ProblemException why nothing ran */
    void runCursor(Batch batch, StoredSql stored, CursorOpening opening) {
        requireNotClosed();
        try (Admitted admitted = admission.enter(principal, database)) {
            calls.runCursor(database, principal, baton, batch, stored, opening, this::goOnWith);
        }
    }

    /** Rolls back what is open. Idempotent; never fails. */
    void close() {
        String current = baton;
        baton = null;
        closed = true;
        if (current == null) {
            return;
        }
        try {
            calls.close(database, principal, current);
        } catch (ProblemException e) {
            // Whatever it had is gone already: its database, its principal's rights, or the stream itself.
            LOGGER.debug("a stream that is closed was not there any more", e);
        }
    }

    private void goOnWith(@Nullable String next) {
        baton = next;
        closed = next == null;
    }

    private void requireNotClosed() {
        if (closed) {
            throw new Problem.Refused(
                            ProblemCode.STREAM_NOT_OPEN,
                            "the stream is not open: it could not be opened, or was closed")
                    .toException();
        }
    }
}
