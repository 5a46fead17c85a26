package net.quicsql.http;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Keeps the beginning of an answer in a temporary file, which is made when it is needed. One thread at a time. */
final class SpooledText extends GrantedText {
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
            throw AnswerBuffers.full(e);
        }
    }

    @Override
    public void truncate(long length) {
        SpoolFile from = file;
        if (from != null) {
            try {
                from.truncate(length);
            } catch (IOException e) {
                throw AnswerBuffers.full(e);
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
}
