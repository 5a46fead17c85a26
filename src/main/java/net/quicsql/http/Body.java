package net.quicsql.http;

import java.io.IOException;
import java.io.OutputStream;
import net.quicsql.json.JsonWriter;

/** The body of an answer. Written once, by one thread; whoever writes it must close it, written or not. */
public interface Body extends AutoCloseable {
    /** Stands for a length that is not known before the body is written. */
    long UNKNOWN_LENGTH = -1;

    /** Bytes that {@link #writeTo} will write, or {@link #UNKNOWN_LENGTH}. */
    long length();

    /**
     * Writes all of it.
     *
     * @throws IOException the client has gone; as a {@link BrokenOffException}, it shall not take what it got for the whole
     */
    void writeTo(OutputStream out) throws IOException;

    /** Gives back what the body holds. Idempotent. */
    @Override
    default void close() {}

    static Body of(byte[] bytes) {
        return new Body() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(bytes);
            }
        };
    }

    /** The body of all that a writer holds; closes the writer. */
    static Body of(JsonWriter json) {
        return new Body() {
            @Override
            public long length() {
                return json.length();
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                json.writeTo(out);
            }

            @Override
            public void close() {
                json.close();
            }
        };
    }
}
