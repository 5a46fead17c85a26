package net.quicsql.sql;

/**
 * Thrown for text that can not be handed to SQLite unchanged: it holds U+0000, where SQLite would stop reading, or a
 * surrogate without its other half, which has no UTF-8 form.
 */
public final class SqlTextException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int offset;

    SqlTextException(String message, int offset) {
        super(message + " at offset " + offset);
        this.offset = offset;
    }

    /** Where the offending character is, in UTF-16 units from the start of the text. */
    public int offset() {
        return offset;
    }
}
