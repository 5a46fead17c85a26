package net.quicsql.hrana;

/** Writes the entries of a cursor to a {@link CursorOutput}, a piece at a time. One thread at a time. */
public interface CursorEncoder extends BatchEncoder {
    /** Hands over what is left. */
    void finish();
}
