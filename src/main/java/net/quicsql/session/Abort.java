package net.quicsql.session;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;

/**
 * Why a stream is aborted: what was lost, by which limit and at which age. Small enough to travel in a baton. Immutable.
 *
 * @param limitMillis the limit that was passed; 0 where the cause is no limit
 * @param ageMillis how long it had lasted; 0 where the cause is no limit
 */
public record Abort(Cause cause, long limitMillis, long ageMillis) {

    /** Who ended a transaction, other than its own client; each with the number that stands for it in a baton. */
    public enum Cause {
        IDLE(1, ProblemCode.TRANSACTION_TIMEOUT, "it was idle for %2$.1f s (limits.tx_idle_timeout is %1$.1f s)"),
        CONTENDED_IDLE(
                2,
                ProblemCode.TRANSACTION_TIMEOUT,
                "it was idle for %2$.1f s while others waited for its write lock (limits.contended_idle_timeout is %1$.1f s)"),
        LIFETIME(3, ProblemCode.TRANSACTION_TIMEOUT, "it lasted %2$.1f s (limits.max_tx_lifetime is %1$.1f s)"),
        CONTENDED_LIFETIME(
                4,
                ProblemCode.TRANSACTION_TIMEOUT,
                "it lasted %2$.1f s while others waited for its write lock (limits.contended_tx_lifetime is %1$.1f s)"),
        STATEMENT_TIMEOUT(
                5,
                ProblemCode.TRANSACTION_TIMEOUT,
                "one of its writes was stopped after %1$.1f s (limits.statement_timeout)"),
        /** As {@link #MACHINE}, when that statement was a COMMIT. */
        COMMIT_FAILED(
                12,
                ProblemCode.TRANSACTION_LOST,
                "the disk or the database failed its COMMIT; whether that took effect is not known before the next start"),
        FILE_CLOSED(
                13,
                ProblemCode.TRANSACTION_LOST,
                "its database was closed, to be opened anew: the file was moved, replaced, damaged or has become writable."
                        + " What else the stream had, temporary objects and stored SQL, is gone too"),
        MACHINE(6, ProblemCode.TRANSACTION_LOST, "the disk or the database failed one of its statements"),
        UNKNOWN(
                7,
                ProblemCode.TRANSACTION_LOST,
                "the server no longer knows it, as after a restart; if COMMIT was sent, its outcome is unknown"),
        SESSION_STATE(
                8,
                ProblemCode.SESSION_STATE_LOST,
                "the stream's temporary objects are gone, by a restart, with the database's file or after"
                        + " limits.session_state_idle_timeout"),
        OLD_SNAPSHOT(
                11,
                ProblemCode.TRANSACTION_TIMEOUT,
                "it lasted %2$.1f s and kept the write-ahead log, which is past storage.wal_alarm, from being copied back"
                        + " (limits.contended_tx_lifetime is %1$.1f s)"),
        UNKNOWN_WITH_STATE(
                9,
                ProblemCode.TRANSACTION_LOST,
                "the server no longer knows it, as after a restart; if COMMIT was sent, its outcome is unknown."
                        + " The stream's temporary objects are gone too"),
        CLIENT_GONE(10, ProblemCode.TRANSACTION_LOST, "its client went away during a request");

        private final int number;
        private final ProblemCode code;
        private final String text;

        Cause(int number, ProblemCode code, String text) {
            this.number = number;
            this.code = code;
            this.text = text;
        }

        byte number() {
            return (byte) number;
        }

        static Cause of(int number) {
            for (Cause cause : values()) {
                if (cause.number == number) {
                    return cause;
                }
            }
            throw new IllegalArgumentException("no cause has the number " + number);
        }
    }

    public Abort {
        requireNonNull(cause, "cause is null");
    }

    public static Abort of(Cause cause) {
        return new Abort(cause, 0, 0);
    }

    /** The cause in words, with limit and age. */
    String reason() {
        return String.format(Locale.ROOT, cause.text, limitMillis / 1e3, ageMillis / 1e3);
    }

    /** What every SQL request on the aborted stream is told. */
    public Problem.StreamAborted problem() {
        String what = switch (cause) {
            case UNKNOWN, UNKNOWN_WITH_STATE, COMMIT_FAILED -> "the transaction is gone: ";
            case SESSION_STATE -> "the session is gone: ";
            case IDLE,
                    CONTENDED_IDLE,
                    LIFETIME,
                    CONTENDED_LIFETIME,
                    OLD_SNAPSHOT,
                    STATEMENT_TIMEOUT,
                    MACHINE,
                    FILE_CLOSED,
                    CLIENT_GONE -> "the transaction was rolled back: ";
        };
        return new Problem.StreamAborted(
                cause.code, what + reason() + ". No statement runs on this stream until it gets a ROLLBACK");
    }
}
