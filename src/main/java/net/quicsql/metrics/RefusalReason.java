package net.quicsql.metrics;

import java.util.Locale;

/** Why a request was turned away before it was read. */
public enum RefusalReason {
    /** Its principal sends too many a second. */
    RATE,
    /** Too many work on its database. */
    CONCURRENCY;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in metrics. */
    public String label() {
        return label;
    }
}
