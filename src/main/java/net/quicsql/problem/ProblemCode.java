package net.quicsql.problem;

/**
 * The table of problems: one row for each, with its HTTP status, its status when the client asked for strict statuses,
 * and whether the same request may succeed when it is sent again unchanged.
 *
 * <p>The constant's name is the code on the wire, but for SQL failures, whose wire code is SQLite's own name.
 */
public enum ProblemCode {
    INVALID_REQUEST(400),
    INVALID_JSON(400),
    INVALID_PROTOBUF(400),
    ARGS_INVALID(400),
    ARGS_BOTH_POSITIONAL_AND_NAMED(400),
    SQL_NO_STATEMENT(400),
    SQL_MANY_STATEMENTS(400),
    SQL_INVALID_TEXT(400),
    STATEMENT_NOT_ALLOWED(400),
    INVALID_BATON(400),
    STREAM_CLOSED(400),
    /** A stream of a WebSocket could not be opened, or was closed. */
    STREAM_NOT_OPEN(400),
    /** The same of a cursor. */
    CURSOR_NOT_OPEN(400),
    SQL_STORE_NOT_FOUND(400),
    SQL_STORE_DUPLICATE(400),
    SQL_STORE_TOO_MANY(400),
    SQL_STORE_TOO_LARGE(400),
    UNAUTHENTICATED(401),
    ACCESS_DENIED(403),
    STATEMENT_REFUSED(403),
    UNKNOWN_DATABASE(404),
    INVALID_DATABASE_NAME(404),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    /** The request did not arrive in time, or slower than its connector allows. */
    REQUEST_TIMEOUT(408, 408, true),
    BODY_TOO_LARGE(413),
    /** The whole answer would pass the configured size; on streams an in-band error. */
    RESPONSE_TOO_LARGE(413),
    /** The request's body is compressed. */
    UNSUPPORTED_ENCODING(415),
    /** The principal sends too many requests a second. */
    RATE_LIMITED(429, 429, true),
    /** Too many requests work on the database, or there is no memory or temporary disk for a body or an answer. */
    OVERLOADED(503, 503, true),
    /** A statement ran longer than allowed. */
    STATEMENT_TIMEOUT(504),
    TRANSACTION_TIMEOUT(400),
    TRANSACTION_LOST(400),
    SESSION_STATE_LOST(400),
    TOO_MANY_STREAMS(503, 503, true),
    SHUTTING_DOWN(503, 503, true),
    DATABASE_CLOSED(503, 503, true),
    INTERNAL(500),
    /** The client went away before its answer; nobody reads this but the log. The status is the one that proxies use. */
    CLIENT_GONE(499),

    /** SQLite refused the statement: a plain failure is HTTP 200 unless strict statuses were asked for. */
    SQL_FAILED(200, 422, false),
    SQL_CONSTRAINT(200, 409, false),
    SQL_READ_ONLY(200, 403, false),
    /** The principal may only read this database. */
    SQL_WRITE_FORBIDDEN(403),
    /** The wait for the write lock ran out. */
    SQL_BUSY(503, 503, true),
    /** The snapshot is too old to be written on: only a new transaction helps. */
    SQL_BUSY_SNAPSHOT(200, 409, false),
    SQL_DISK_FULL(507),
    SQL_IO_FAILED(503),
    SQL_CORRUPT(500);

    private final int status;
    private final int strictStatus;
    private final boolean retryable;

    ProblemCode(int status) {
        this(status, status, false);
    }

    ProblemCode(int status, int strictStatus, boolean retryable) {
        this.status = status;
        this.strictStatus = strictStatus;
        this.retryable = retryable;
    }

    /** HTTP status where failures travel as statuses, 200 to 599. */
    public int status() {
        return status;
    }

    /** HTTP status for a client that sent {@code Prefer: status=strict}, 400 to 599. */
    public int strictStatus() {
        return strictStatus;
    }

    /** Whether the same request may succeed later without a change. */
    public boolean retryable() {
        return retryable;
    }
}
