package net.quicsql.hrana;

import java.util.concurrent.ThreadLocalRandom;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renders problems as errors inside an answer; the only place that does. Stateless. */
public final class HranaErrors {
    private static final Logger LOGGER = LoggerFactory.getLogger(HranaErrors.class);

    private HranaErrors() {}

    public static HranaError of(Problem problem) {
        return new HranaError(problem.message(), problem.wireCode());
    }

    /**
     * What takes the place of a result that would make an answer too large.
     *
     * @param maxBytes the largest answer
     */
    public static Problem responseTooLarge(int maxBytes) {
        return new Problem.Refused(
                ProblemCode.RESPONSE_TOO_LARGE,
                "the response would be larger than " + maxBytes + " bytes (" + LimitsConfig.MAX_RESPONSE_SIZE
                        + "); the statement was run");
    }

    /** An error of our own: logged under a random id, which is all that the client gets to see. */
    public static Problem unexpected(Throwable exception) {
        String id = Long.toHexString(ThreadLocalRandom.current().nextLong());
        LOGGER.error("Internal error {} in a Hrana request", id, exception);
        return new Problem.Internal(id);
    }
}
