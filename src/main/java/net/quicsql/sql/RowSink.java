package net.quicsql.sql;

import java.util.List;

/**
 * Takes a result as it is produced: the columns once, then each row's cells from left to right. Nothing is boxed and
 * arrays handed over belong to the sink. Called by one thread at a time.
 */
public interface RowSink {
    /** Whether the producer should go on. */
    enum Demand {
        MORE,
        /** The sink takes no further row of this result. */
        ENOUGH
    }

    /** The result's columns, before the first row; an empty list for a statement that returns no rows. */
    void columns(List<Column> columns);

    void beginRow();

    void nullCell();

    void integerCell(long value);

    void realCell(double value);

    /** A text cell: its bytes as the database holds them, meant to be UTF-8 but not checked. */
    void textCell(byte[] utf8);

    void blobCell(byte[] bytes);

    Demand endRow();

    /**
     * The next row is still being looked for. Called now and then, between rows, by the thread that looks for it. The
     * connection must not be used; a failure here is told to nobody.
     */
    default void stillRunning() {}
}
