package net.quicsql.hrana;

/** How a pipeline and its answer are spelled. Thread-safe. */
public interface PipelineEncoding {
    /**
     * Reads the body of a pipeline request.
     *
     * @throws net.quicsql.problem.ProblemException INVALID_JSON or INVALID_PROTOBUF, INVALID_REQUEST
     */
    PipelineRequest pipelineRequest(byte[] body);

    /** The exact Content-Type of a pipeline's answer. */
    String pipelineContentType();

    PipelineEncoder pipelineEncoder(int maxResponseBytes);
}
