package net.quicsql.problem;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/** What went wrong, in the words the client reads. Immutable. */
public sealed interface Problem {

    /** The row of the problem table. */
    ProblemCode code();

    /** One sentence or SQLite's own text, without paths or internals. */
    String message();

    /** The code on the wire; never null. */
    default String wireCode() {
        return code().name();
    }

    /** How long a client should wait before it sends the request again; empty where waiting does not help. */
    default Optional<Duration> retryAfter() {
        return code().retryable() ? Optional.of(Duration.ofSeconds(1)) : Optional.empty();
    }

    /** The same problem as an exception. */
    default ProblemException toException() {
        return new ProblemException(this);
    }

    /** A request, statement or stream was refused; the code says by which rule. */
    record Refused(ProblemCode code, String message) implements Problem {
        public Refused {
            requireNonNull(code, "code is null");
            requireNonNull(message, "message is null");
        }
    }

    /**
     * A request that can be read and says what its protocol forbids. Whoever is not told by a status or in an answer may
     * be told another way than of one that cannot be read.
     */
    record AgainstProtocol(String message) implements Problem {
        public AgainstProtocol {
            requireNonNull(message, "message is null");
        }

        @Override
        public ProblemCode code() {
            return ProblemCode.INVALID_REQUEST;
        }
    }

    /** No or wrong credentials. */
    record Unauthenticated(String message) implements Problem {
        public Unauthenticated {
            requireNonNull(message, "message is null");
        }

        @Override
        public ProblemCode code() {
            return ProblemCode.UNAUTHENTICATED;
        }
    }

    /** The principal lacks a right. The text is the same whether or not the database exists. */
    record AccessDenied(String message) implements Problem {
        public AccessDenied {
            requireNonNull(message, "message is null");
        }

        @Override
        public ProblemCode code() {
            return ProblemCode.ACCESS_DENIED;
        }
    }

    /** A body over the configured number of bytes. */
    record BodyTooLarge(long limit, String setting) implements Problem {
        public BodyTooLarge {
            requireNonNull(setting, "setting is null");
        }

        @Override
        public ProblemCode code() {
            return ProblemCode.BODY_TOO_LARGE;
        }

        @Override
        public String message() {
            return "the request body is larger than " + limit + " bytes (" + setting + ")";
        }
    }

    /**
     * A request too many in a short time.
     *
     * @param delay until the next one may come
     */
    record RateLimited(Duration delay, String message) implements Problem {
        public RateLimited {
            requireNonNull(delay, "delay is null");
            requireNonNull(message, "message is null");
        }

        @Override
        public ProblemCode code() {
            return ProblemCode.RATE_LIMITED;
        }

        @Override
        public Optional<Duration> retryAfter() {
            return Optional.of(delay);
        }
    }

    /** A path that leads nowhere. */
    record NotFound(String message) implements Problem {
        public NotFound {
            requireNonNull(message, "message is null");
        }

        @Override
        public ProblemCode code() {
            return ProblemCode.NOT_FOUND;
        }
    }

    /** The path exists, the method does not. */
    record MethodNotAllowed(String allowed) implements Problem {
        public MethodNotAllowed {
            requireNonNull(allowed, "allowed is null");
        }

        @Override
        public ProblemCode code() {
            return ProblemCode.METHOD_NOT_ALLOWED;
        }

        @Override
        public String message() {
            return "use " + allowed;
        }
    }

    /**
     * SQLite (or this server in SQLite's words) failed a statement.
     *
     * @param primaryCode SQLite's primary result code, 1 to 255
     * @param extendedCode SQLite's extended result code
     * @param name the extended code's name, as {@code SQLITE_CONSTRAINT_UNIQUE}
     * @param message SQLite's own text
     */
    record SqlFailed(ProblemCode code, int primaryCode, int extendedCode, String name, String message)
            implements Problem {
        public SqlFailed {
            requireNonNull(code, "code is null");
            requireNonNull(name, "name is null");
            requireNonNull(message, "message is null");
        }

        @Override
        public String wireCode() {
            return name;
        }

        /** The same failure, with more text behind the message. */
        public SqlFailed followedBy(String text) {
            return new SqlFailed(code, primaryCode, extendedCode, name, message + text);
        }
    }

    /**
     * A transaction or other session state that the client relies on is gone.
     *
     * @param code TRANSACTION_TIMEOUT, TRANSACTION_LOST or SESSION_STATE_LOST
     */
    record StreamAborted(ProblemCode code, String message) implements Problem {
        public StreamAborted {
            requireNonNull(code, "code is null");
            requireNonNull(message, "message is null");
        }
    }

    /** An error of our own, told by a random id that the log knows too. */
    record Internal(String id) implements Problem {
        public Internal {
            requireNonNull(id, "id is null");
        }

        @Override
        public ProblemCode code() {
            return ProblemCode.INTERNAL;
        }

        @Override
        public String message() {
            return "internal error (id " + id + ")";
        }
    }
}
