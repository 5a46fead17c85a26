package net.quicsql.http;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code http} of the configuration. Immutable.
 *
 * @param fastPath whether the endpoints that run SQL are served without servlets and Jersey; their answers are the same
 */
public record HttpConfig(boolean fastPath) {
    public static HttpConfig defaults() {
        return of(null);
    }

    /** The section as it stands in YAML; what is null has its default, and this is where the defaults are. */
    @JsonCreator
    static HttpConfig of(@JsonProperty("fast_path") @Nullable Boolean fastPath) {
        return new HttpConfig(fastPath == null || fastPath);
    }
}
