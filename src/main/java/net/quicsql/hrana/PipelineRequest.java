package net.quicsql.hrana;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests to run on one stream, in order (Hrana 3, "Execute a pipeline of requests"). Immutable.
 *
 * @param baton the stream to go on with; null, which an empty text counts as, for a new one
 */
public record PipelineRequest(@Nullable String baton, List<StreamRequest> requests) {
    public PipelineRequest {
        baton = Batons.orNull(baton);
        requests = List.copyOf(requests);
    }
}
