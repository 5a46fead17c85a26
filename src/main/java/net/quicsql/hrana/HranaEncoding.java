package net.quicsql.hrana;

import org.jspecify.annotations.Nullable;

/** How messages are spelled. Thread-safe. */
public interface HranaEncoding {
    /**
     * Reads the body of a pipeline request.
     *
     * @throws net.quicsql.problem.ProblemException INVALID_JSON or INVALID_PROTOBUF, INVALID_REQUEST
     */
    PipelineRequest pipelineRequest(byte[] body);

    /**
     * Reads the body of a cursor request.
     *
     * @throws net.quicsql.problem.ProblemException INVALID_JSON or INVALID_PROTOBUF, INVALID_REQUEST
     */
    CursorRequest cursorRequest(byte[] body);

    /** The exact Content-Type of a pipeline's answer. */
    String pipelineContentType();

    /** The exact Content-Type of a cursor's answer. */
    String cursorContentType();

    PipelineEncoder pipelineEncoder(int maxResponseBytes);

    /** What a cursor's answer begins with. */
    byte[] cursorPrelude(@Nullable String baton);

    CursorEncoder cursorEncoder(CursorOutput output);
}
