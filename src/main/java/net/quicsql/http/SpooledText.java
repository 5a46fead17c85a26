package net.quicsql.http;

import java.io.IOException;
import java.io.OutputStream;

/** Keeps the beginning of an answer in a temporary file. One thread at a time. */
final class SpooledText extends GrantedText {
    private final SpoolFile file;

    SpooledText(AnswerBuffers buffers) {
        super(buffers.share());
        this.file = buffers.newFile();
    }

    @Override
    public void take(byte[] bytes, int offset, int length) {
        try {
            file.append(bytes, offset, length);
        } catch (IOException e) {
            throw AnswerBuffers.full(e);
        }
    }

    @Override
    public void truncate(long length) {
        try {
            file.truncate(length);
        } catch (IOException e) {
            throw AnswerBuffers.full(e);
        }
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        file.writeTo(out);
    }

    @Override
    public void close() {
        file.close();
        super.close();
    }
}
