package net.quicsql.hrana;

/**
 * How much the Hrana endpoints take and give. Immutable.
 *
 * @param maxBodyBytes largest request body; Go clients send scripts of 20 MB in one
 * @param maxResponseBytes largest answer to a pipeline ({@value #MAX_RESPONSE_SETTING}); a result that would pass it is
 *     replaced by an error
 * @param cursorBufferBytes how much of a cursor's spooled answer is kept in memory before a file is used
 * @param maxSpoolBytes largest spooled answer of a cursor ({@value #MAX_SPOOL_SETTING}); no limit holds for an answer that
 *     is sent while it is read from the database
 */
public record HranaLimits(int maxBodyBytes, int maxResponseBytes, int cursorBufferBytes, long maxSpoolBytes) {
    public static final String MAX_BODY_SETTING = "limits.max_body_bytes";
    public static final String MAX_RESPONSE_SETTING = "limits.max_response_bytes";
    public static final String MAX_SPOOL_SETTING = "limits.max_spool_bytes";

    public HranaLimits {
        requirePositive(maxBodyBytes, "maxBodyBytes");
        requirePositive(maxResponseBytes, "maxResponseBytes");
        requirePositive(cursorBufferBytes, "cursorBufferBytes");
        requirePositive(maxSpoolBytes, "maxSpoolBytes");
    }

    private static void requirePositive(long value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", must be at least 1");
        }
    }
}
