package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A batch whose rows are wanted one by one (Hrana 3, "Execute a batch using a cursor"). Immutable.
 *
 * @param baton the stream to go on with; null, which an empty text counts as, for a new one
 */
public record CursorRequest(@Nullable String baton, Batch batch) {
    public CursorRequest {
        baton = Batons.orNull(baton);
        requireNonNull(batch, "batch is null");
    }
}
