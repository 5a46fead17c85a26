package net.quicsql.metrics;

import java.util.Locale;

/** What is counted and timed on its own. The first four are HTTP requests, the others steps inside one of them. */
public enum Operation {
    QUERY,
    QUERY_BATCH,
    PIPELINE,
    CURSOR,
    EXECUTE,
    DESCRIBE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in metrics. */
    public String label() {
        return label;
    }
}
