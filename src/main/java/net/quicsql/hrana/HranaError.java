package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

/**
 * An error inside an answer (Hrana 3, "Errors"). Immutable.
 *
 * @param code never null, though the specification would allow it: some clients cannot read an error without one
 */
public record HranaError(String message, String code) {
    public HranaError {
        requireNonNull(message, "message is null");
        requireNonNull(code, "code is null");
    }
}
