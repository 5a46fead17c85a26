package net.quicsql.hrana;

/** Finds where entries end in what a {@link CursorEncoder} has written. One thread at a time. */
public interface EntryScanner {
    /**
     * Goes on behind the last byte that was looked at.
     *
     * @return the place behind the end of the entry that ends first, or -1 where none ends within these bytes, all of which
     *     count as looked at then
     */
    int endOfEntry(byte[] bytes, int from, int to);
}
