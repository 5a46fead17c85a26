package net.quicsql.wire;

/** The gate runs the tests of the wire twice: past servlets and Jersey, as is the default, and through them. */
final class ServedWay {
    private static final boolean FAST = Boolean.parseBoolean(System.getProperty("quicsql.test.fast_path", "true"));

    /** A line of the configuration. */
    static final String SETTING = "http: {fast_path: " + FAST + "}";

    private ServedWay() {}
}
