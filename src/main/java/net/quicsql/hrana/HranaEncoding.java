package net.quicsql.hrana;

import org.jspecify.annotations.Nullable;

/** How pipelines and cursors are spelled. Thread-safe. */
public interface HranaEncoding extends PipelineEncoding {
    /**
     * Reads the body of a cursor request.
     *
     * @throws net.quicsql.problem.ProblemException INVALID_JSON or INVALID_PROTOBUF, INVALID_REQUEST
     */
    CursorRequest cursorRequest(byte[] body);

    /** The exact Content-Type of a cursor's answer. */
    String cursorContentType();

    /** What a cursor's answer begins with. */
    byte[] cursorPrelude(@Nullable String baton);

    CursorEncoder cursorEncoder(CursorOutput output);
}
