package net.quicsql.query;

import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;

/**
 * How large an answer may become. Immutable.
 *
 * @param maxRows rows of one statement's result, at least 1; what follows is cut off and the result says so
 * @param maxResultBytes bytes of one statement's values (texts and blobs by their length, others 8), 1 to 128 MiB; the row
 *     that passes it is the last one
 * @param maxResponseBytes bytes, 1 to 128 MiB, that fail the request when a single row's values or a batch's answer pass
 *     them
 */
public record QueryLimits(int maxRows, long maxResultBytes, long maxResponseBytes) {
    /**
     * An answer must fit one array of 2 GiB, escaping makes a text up to six times as long, and to a full result a batch
     * may have added others and a last row.
     */
    private static final long MOST_BYTES = 128L * 1024 * 1024;

    public static final QueryLimits DEFAULT = new QueryLimits(100_000, 64L * 1024 * 1024, 64L * 1024 * 1024);

    public QueryLimits {
        if (maxRows < 1) {
            throw new IllegalArgumentException(LimitsConfig.MAX_ROWS + ": must be at least 1");
        }
        requireWithin(LimitsConfig.MAX_RESULT_SIZE, maxResultBytes);
        requireWithin(LimitsConfig.MAX_RESPONSE_SIZE, maxResponseBytes);
    }

    private static void requireWithin(String setting, long bytes) {
        if (bytes < 1 || bytes > MOST_BYTES) {
            throw new IllegalArgumentException(setting + ": must be from 1 to " + MOST_BYTES + " bytes");
        }
    }

    /** The failure of an answer that passes {@link #maxResponseBytes}. */
    ProblemException responseTooLarge() {
        return new Problem.Refused(
                        ProblemCode.RESPONSE_TOO_LARGE,
                        "the answer is larger than " + maxResponseBytes + " bytes (" + LimitsConfig.MAX_RESPONSE_SIZE
                                + ")")
                .toException();
    }
}
