package net.quicsql.metrics;

import java.util.Locale;

/** What is counted and timed on its own. The first five are HTTP requests, the others steps inside one of them. */
public enum Operation {
    QUERY,
    QUERY_BATCH,
    PIPELINE,
    CURSOR,
    LEGACY,
    EXECUTE,
    BATCH,
    SEQUENCE,
    DESCRIBE,
    STORE_SQL,
    CLOSE_SQL,
    GET_AUTOCOMMIT,
    CLOSE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in metrics. */
    public String label() {
        return label;
    }
}
