package net.quicsql.hrana;

import java.io.IOException;
import java.io.OutputStream;

/** Where a cursor's entries go. One thread at a time. */
public interface CursorOutput {
    /** A piece of the answer. */
    @FunctionalInterface
    interface Piece {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Takes a piece. It never fails: when there is no room left the piece is taken nevertheless, and {@link #isFull} says
     * that no more rows should follow it.
     */
    void take(Piece piece);

    /** Whether rows that have not been handed over should be left out. Once true it stays true. */
    boolean isFull();

    /** Whether nobody reads any more. Once true it stays true. */
    boolean isAbandoned();

    /** Whether even a small piece should be handed over now, since a reader has been waiting. */
    boolean isWaiting();

    /** No piece may come for a while: what was taken should not wait for it. */
    default void rest() {}
}
