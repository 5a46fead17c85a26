package net.quicsql.json;

/** Finds text that a JSON string has as it is: well-formed UTF-8 without quotes, backslashes and control characters. Stateless. */
final class VerbatimText {
    private static final long EACH = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long SPACES = EACH * ' ';
    private static final long QUOTES = EACH * '"';
    private static final long BACKSLASHES = EACH * '\\';

    private VerbatimText() {}

    /** The index behind the text that begins at an index: of what must be spelled in another way, or the array's length. */
    static int end(byte[] utf8, int from) {
        int at = from;
        while (at < utf8.length) {
            if (utf8.length - at >= Long.BYTES) {
                long found = suspicious((long) Utf8.EIGHT_BYTES.get(utf8, at));
                if (found == 0) {
                    at += Long.BYTES;
                    continue;
                }
                at += Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
            byte b = utf8[at];
            if (b >= 0) {
                if (b < ' ' || b == '"' || b == '\\') {
                    return at;
                }
                at++;
            }
            // Text in other scripts is many such sequences in a row.
            while (at < utf8.length && utf8[at] < 0) {
                int size = Utf8.sequenceLength(utf8, at);
                if (size < 0) {
                    return at;
                }
                at += size;
            }
        }
        return at;
    }

    /**
     * The high bits of the bytes, of eight, that are not plain ASCII. A subtraction borrows from higher bytes, so only the
     * lowest bit is sure: that of the byte that comes first.
     */
    private static long suspicious(long bytes) {
        long quotes = bytes ^ QUOTES;
        long backslashes = bytes ^ BACKSLASHES;
        long found =
                (bytes - SPACES) & ~bytes | (quotes - EACH) & ~quotes | (backslashes - EACH) & ~backslashes | bytes;
        return found & HIGH_BITS;
    }
}
