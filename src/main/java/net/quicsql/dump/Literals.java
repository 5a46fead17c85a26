package net.quicsql.dump;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import net.quicsql.json.Utf8;

/** Writes values as SQL that yields them exactly, on one line each. One thread at a time. */
final class Literals {
    /** Digits that tell every double from its neighbours. */
    private static final MathContext DIGITS = new MathContext(17);

    /** A number whose point is farther away is written with an exponent. */
    private static final int MOST_PLAIN_DIGITS = 9;

    /** SQLite reads smaller numbers inexactly; a product of two larger ones, one a power of two, is exact. */
    private static final double SMALL = 1e-270;

    private static final int SMALL_EXPONENT = 600;
    private static final String SMALL_FACTOR = digits(Math.scalb(1.0, -SMALL_EXPONENT));

    private static final byte[] HEX = ascii("0123456789ABCDEF");
    private static final byte[] NULL = ascii("NULL");
    private static final byte[] CAST = ascii("CAST(");
    private static final byte[] AS_TEXT = ascii(" AS TEXT)");
    private static final byte[] REPLACE = ascii("replace(");
    private static final byte[] NEWLINE = ascii(",'\\n',char(10))");
    private static final byte[] RETURN = ascii(",'\\r',char(13))");

    private final DumpOutput out;

    Literals(DumpOutput out) {
        this.out = requireNonNull(out, "out is null");
    }

    void nullValue() {
        raw(NULL);
    }

    void integer(long value) {
        out.text(Long.toString(value));
    }

    void real(double value) {
        out.text(text(value));
    }

    static String text(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "9.0e999" : "-9.0e999";
        }
        if (value != 0 && Math.abs(value) < SMALL) {
            return "(" + digits(Math.scalb(value, SMALL_EXPONENT)) + "*" + SMALL_FACTOR + ")";
        }
        return digits(value);
    }

    private static String digits(double value) {
        if (value == 0) {
            return Double.toString(value);
        }
        BigDecimal digits = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
        int exponent = digits.precision() - digits.scale();
        if (Math.abs(exponent) > MOST_PLAIN_DIGITS) {
            return digits.toString();
        }
        String plain = digits.toPlainString();
        return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }

    void blob(byte[] bytes) {
        out.write((byte) 'X');
        out.write((byte) '\'');
        for (byte b : bytes) {
            out.write(HEX[b >> 4 & 0xF]);
            out.write(HEX[b & 0xF]);
        }
        out.write((byte) '\'');
    }

    /**
     * A text, or what yields it where a literal would not. Line ends are spelled: a shell that reads the dump may take the
     * carriage return of a line for its own.
     *
     * @param bytes UTF-8, or whatever a client has stored as such
     */
    void text(byte[] bytes) {
        boolean newline = false;
        boolean carriageReturn = false;
        boolean plain = Utf8.wellFormed(bytes) == bytes;
        for (int i = 0; plain && i < bytes.length; i++) {
            switch (bytes[i]) {
                case 0 -> plain = false;
                case '\n' -> newline = true;
                case '\r' -> carriageReturn = true;
                default -> {}
            }
        }
        if (!plain || newline && holds(bytes, 'n') || carriageReturn && holds(bytes, 'r')) {
            raw(CAST);
            blob(bytes);
            raw(AS_TEXT);
            return;
        }
        if (newline) {
            raw(REPLACE);
        }
        if (carriageReturn) {
            raw(REPLACE);
        }
        quotedText(bytes);
        if (carriageReturn) {
            raw(RETURN);
        }
        if (newline) {
            raw(NEWLINE);
        }
    }

    /** The name of a table or column. */
    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private void quotedText(byte[] bytes) {
        out.write((byte) '\'');
        int written = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            if (b == '\'') {
                out.write(bytes, written, i + 1 - written);
                written = i;
            } else if (b == '\n' || b == '\r') {
                out.write(bytes, written, i - written);
                out.write((byte) '\\');
                out.write((byte) (b == '\n' ? 'n' : 'r'));
                written = i + 1;
            }
        }
        out.write(bytes, written, bytes.length - written);
        out.write((byte) '\'');
    }

    /** Whether a backslash and this letter stand in the text already. */
    private static boolean holds(byte[] bytes, char letter) {
        for (int i = 1; i < bytes.length; i++) {
            if (bytes[i] == letter && bytes[i - 1] == '\\') {
                return true;
            }
        }
        return false;
    }

    private void raw(byte[] ascii) {
        out.write(ascii, 0, ascii.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
