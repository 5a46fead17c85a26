package net.quicsql.hrana;

import net.quicsql.http.Body;
import org.jspecify.annotations.Nullable;

/** Writes the answer to one pipeline, an item for each request. One thread at a time. */
public interface PipelineEncoder extends ResponseEncoder, AutoCloseable {
    /**
     * The whole answer.
     *
     * @param baton the stream's next baton; null when the stream is closed
     */
    Body finish(@Nullable String baton);

    /** Drops what was written. Not to be called once there is a body: that is closed instead. */
    @Override
    void close();
}
