package net.quicsql.hrana;

import net.quicsql.limits.LimitsConfig;

/**
 * How much the Hrana endpoints take and give. Immutable.
 *
 * @param maxBodyBytes largest request body ({@value LimitsConfig#MAX_HRANA_BODY}); Go clients send scripts of 20 MB in one
 * @param maxResponseBytes largest answer to a pipeline ({@value LimitsConfig#MAX_RESPONSE_SIZE}); a result that would pass
 *     it is replaced by an error
 * @param cursorBufferBytes how much of a cursor's spooled answer is kept in memory before a file is used ({@value
 *     LimitsConfig#CURSOR_BUFFER})
 * @param maxSpoolBytes largest spooled answer of a cursor ({@value LimitsConfig#MAX_CURSOR_SPOOL}); no limit holds for an
 *     answer that is sent while it is read from the database
 */
public record HranaLimits(int maxBodyBytes, int maxResponseBytes, int cursorBufferBytes, long maxSpoolBytes) {
    public HranaLimits {
        requirePositive(maxBodyBytes, "maxBodyBytes");
        requirePositive(maxResponseBytes, "maxResponseBytes");
        requirePositive(cursorBufferBytes, "cursorBufferBytes");
        requirePositive(maxSpoolBytes, "maxSpoolBytes");
    }

    /** The limits of the configuration, whose bounds keep what is held in memory far below 2 GiB. */
    public static HranaLimits of(LimitsConfig limits) {
        return new HranaLimits(
                Math.toIntExact(limits.maxHranaBodyBytes()),
                Math.toIntExact(limits.maxResponseBytes()),
                Math.toIntExact(limits.cursorBufferBytes()),
                limits.maxCursorSpoolBytes());
    }

    private static void requirePositive(long value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", must be at least 1");
        }
    }
}
