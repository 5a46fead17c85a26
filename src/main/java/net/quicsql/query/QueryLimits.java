package net.quicsql.query;

import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;

/**
 * How large an answer may become. Immutable.
 *
 * @param maxRows rows of one statement's result, at least 1; what follows is cut off and the result says so
 * @param maxResultBytes bytes of one statement's values (texts and blobs by their length, others 8), 1 to {@code
 *     maxAnswerBytes}; the row that passes it is the last one
 * @param maxAnswerBytes bytes that fail the request when a single row or a batch's whole answer passes them, up to 256 MiB
 */
public record QueryLimits(int maxRows, long maxResultBytes, long maxAnswerBytes) {
    /** Escaping makes a text up to six times as long, and an answer must fit one array. */
    private static final long MOST_ANSWER_BYTES = 256L * 1024 * 1024;

    public static final QueryLimits DEFAULT = new QueryLimits(100_000, 64L * 1024 * 1024, MOST_ANSWER_BYTES);

    public QueryLimits {
        if (maxRows < 1) {
            throw new IllegalArgumentException("maxRows must be at least 1");
        }
        if (maxResultBytes < 1 || maxResultBytes > maxAnswerBytes) {
            throw new IllegalArgumentException("maxResultBytes must be from 1 to maxAnswerBytes");
        }
        if (maxAnswerBytes > MOST_ANSWER_BYTES) {
            throw new IllegalArgumentException("maxAnswerBytes must not pass " + MOST_ANSWER_BYTES);
        }
    }

    /** The failure of an answer that passes {@link #maxAnswerBytes}. */
    ProblemException answerTooLarge() {
        return new Problem.Refused(
                        ProblemCode.RESPONSE_TOO_LARGE,
                        "the answer is larger than " + maxAnswerBytes + " bytes (max_answer_bytes)")
                .toException();
    }
}
