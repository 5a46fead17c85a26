package net.quicsql.hrana;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The table of Hrana's endpoints: which handler answers at which path, whatever found the path. Immutable.
 *
 * @see HranaDoor
 */
public final class HranaEndpoints {
    public static final String EXECUTE_1 = "v1/execute";
    public static final String BATCH_1 = "v1/batch";
    public static final String PIPELINE_2 = "v2/pipeline";
    public static final String PIPELINE_3 = "v3/pipeline";
    public static final String CURSOR_3 = "v3/cursor";
    public static final String PROTOBUF_PIPELINE_3 = "v3-protobuf/pipeline";
    public static final String PROTOBUF_CURSOR_3 = "v3-protobuf/cursor";

    /** All of them as a regular expression. */
    static final String PATHS = EXECUTE_1
            + "|" + BATCH_1
            + "|" + PIPELINE_2
            + "|" + PIPELINE_3
            + "|" + CURSOR_3
            + "|" + PROTOBUF_PIPELINE_3
            + "|" + PROTOBUF_CURSOR_3;

    /** The paths that tell whether a version is spoken, likewise. */
    static final String VERSIONS = "v1|v2|v3|v3-protobuf";

    private final Map<String, HranaHandler> handlers;

    /** @param handlers the handler of each path that there is */
    public HranaEndpoints(Map<String, HranaHandler> handlers) {
        if (!handlers.keySet().equals(Set.of(PATHS.split("\\|", -1)))) {
            throw new IllegalArgumentException("handlers are for " + handlers.keySet() + ", not for " + PATHS);
        }
        this.handlers = Map.copyOf(handlers);
    }

    /**
     * The handler at a path.
     *
     * @param path what follows the database in the request's path, without a slash at its ends
     */
    public Optional<HranaHandler> at(String path) {
        return Optional.ofNullable(handlers.get(path));
    }

    /** All of them, by their paths. */
    Map<String, HranaHandler> all() {
        return handlers;
    }
}
