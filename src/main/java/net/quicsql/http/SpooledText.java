package net.quicsql.http;

import java.io.IOException;
import java.io.OutputStream;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the beginning of an answer in a temporary file, which is made when it is needed. One thread at a time. */
final class SpooledText extends GrantedText {
    private static final Logger LOGGER = LoggerFactory.getLogger(SpooledText.class);

    private final AnswerBuffers buffers;
    private @Nullable SpoolFile file;

    SpooledText(AnswerBuffers buffers) {
        super(buffers.share());
        this.buffers = buffers;
    }

    @Override
    public void take(byte[] bytes, int offset, int length) {
        try {
            SpoolFile to = file;
            if (to == null) {
                to = buffers.newFile();
                file = to;
            }
            to.append(bytes, offset, length);
        } catch (IOException e) {
            throw full(e);
        }
    }

    @Override
    public void truncate(long length) {
        SpoolFile from = file;
        if (from != null) {
            try {
                from.truncate(length);
            } catch (IOException e) {
                throw full(e);
            }
        }
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        SpoolFile from = file;
        if (from != null) {
            from.writeTo(out);
        }
    }

    @Override
    public void close() {
        SpoolFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
        super.close();
    }

    private static ProblemException full(IOException e) {
        LOGGER.warn("A large answer could not be kept in the temporary folder", e);
        return new Problem.Refused(
                        ProblemCode.OVERLOADED,
                        "the answer is large and the server has no room for it on its disk; try again later")
                .toException();
    }
}
