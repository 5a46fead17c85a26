package net.quicsql.metrics;

import java.util.Locale;

/**
 * What is counted and timed on its own. The first five are HTTP requests, the sixth is a request in
 * a WebSocket's message, the others are steps inside one of them.
 */
public enum Operation {
    QUERY,
    QUERY_BATCH,
    PIPELINE,
    CURSOR,
    DUMP,
    WEBSOCKET,
    EXECUTE,
    DESCRIBE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in metrics. */
    public String label() {
        return label;
    }
}
