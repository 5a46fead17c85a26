package net.quicsql.hrana.protobuf;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import net.quicsql.hrana.CursorEncoder;
import net.quicsql.hrana.CursorOutput;
import net.quicsql.hrana.CursorRequest;
import net.quicsql.hrana.HranaEncoding;
import net.quicsql.hrana.PipelineEncoder;
import net.quicsql.hrana.PipelineRequest;
import net.quicsql.http.AnswerBuffers;
import org.jspecify.annotations.Nullable;

/** Hrana's messages as Protobuf. Immutable and thread-safe. */
public final class ProtobufEncoding implements HranaEncoding {
    private static final String PROTOBUF = "application/x-protobuf";

    /** A cursor's answer is a sequence of messages and no message itself. */
    private static final String BYTES = "application/octet-stream";

    private final int maxRowBytes;
    private final AnswerBuffers buffers;

    /**
     * @param maxRowBytes the largest row of a cursor, which is kept until it is whole
     */
    public ProtobufEncoding(int maxRowBytes, AnswerBuffers buffers) {
        if (maxRowBytes < 1) {
            throw new IllegalArgumentException("maxRowBytes is " + maxRowBytes + ", must be at least 1");
        }
        this.maxRowBytes = maxRowBytes;
        this.buffers = requireNonNull(buffers, "buffers is null");
    }

    @Override
    public PipelineRequest pipelineRequest(byte[] body) {
        return MessageInput.read(body, RequestReader::pipeline);
    }

    @Override
    public CursorRequest cursorRequest(byte[] body) {
        return MessageInput.read(body, RequestReader::cursor);
    }

    @Override
    public String pipelineContentType() {
        return PROTOBUF;
    }

    @Override
    public String cursorContentType() {
        return BYTES;
    }

    @Override
    public PipelineEncoder pipelineEncoder(int maxResponseBytes) {
        return new ProtobufPipelineEncoder(maxResponseBytes, new MessageOutput(buffers));
    }

    @Override
    public byte[] cursorPrelude(@Nullable String baton) {
        HranaMessages.CursorRespBody.Builder prelude = HranaMessages.CursorRespBody.newBuilder();
        if (baton != null) {
            prelude.setBaton(baton);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            prelude.build().writeDelimitedTo(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("a message was not written to memory", e);
        }
        return bytes.toByteArray();
    }

    @Override
    public CursorEncoder cursorEncoder(CursorOutput output) {
        return new ProtobufCursorEncoder(output, maxRowBytes, buffers);
    }
}
