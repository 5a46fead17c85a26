package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

/** A request over a WebSocket (Hrana 3, "Requests"). Numbers of streams and cursors are the client's own. Immutable. */
public sealed interface SocketRequest {

    /** Which of the requests this is. */
    enum Kind {
        OPEN_STREAM,
        CLOSE_STREAM,
        /** One that HTTP knows too, on a stream. */
        ON_STREAM,
        STORE_SQL,
        CLOSE_SQL,
        OPEN_CURSOR,
        CLOSE_CURSOR,
        FETCH_CURSOR
    }

    Kind kind();

    /** Opens a stream. */
    record OpenStream(int streamId) implements SocketRequest {
        @Override
        public Kind kind() {
            return Kind.OPEN_STREAM;
        }
    }

    /** Closes a stream with all that belongs to it. */
    record CloseStream(int streamId) implements SocketRequest {
        @Override
        public Kind kind() {
            return Kind.CLOSE_STREAM;
        }
    }

    /** Runs a request on a stream: any but {@code store_sql}, {@code close_sql} and {@code close}. */
    record OnStream(int streamId, StreamRequest request) implements SocketRequest {
        public OnStream {
            requireNonNull(request, "request is null");
        }

        @Override
        public Kind kind() {
            return Kind.ON_STREAM;
        }
    }

    /** Keeps a text for all streams of the connection. */
    record StoreSql(int sqlId, String sql) implements SocketRequest {
        public StoreSql {
            requireNonNull(sql, "sql is null");
        }

        @Override
        public Kind kind() {
            return Kind.STORE_SQL;
        }
    }

    /** Forgets a text. */
    record CloseSql(int sqlId) implements SocketRequest {
        @Override
        public Kind kind() {
            return Kind.CLOSE_SQL;
        }
    }

    /** Runs a batch whose results are fetched piece by piece. */
    record OpenCursor(int streamId, int cursorId, Batch batch) implements SocketRequest {
        public OpenCursor {
            requireNonNull(batch, "batch is null");
        }

        @Override
        public Kind kind() {
            return Kind.OPEN_CURSOR;
        }
    }

    /** Throws away what was not fetched. */
    record CloseCursor(int cursorId) implements SocketRequest {
        @Override
        public Kind kind() {
            return Kind.CLOSE_CURSOR;
        }
    }

    /**
     * Fetches entries.
     *
     * @param maxCount the most entries to be sent
     */
    record FetchCursor(int cursorId, long maxCount) implements SocketRequest {
        @Override
        public Kind kind() {
            return Kind.FETCH_CURSOR;
        }
    }
}
