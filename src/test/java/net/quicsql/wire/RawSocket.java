package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket made by hand: sends what no client would, and reads frame by frame, when its test wants to. One thread at a
 * time.
 */
public final class RawSocket implements AutoCloseable {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int PATIENCE_MILLIS = 60_000;
    private static final byte[] MASK = {17, 34, 51, 68};

    private final Socket socket = new Socket();
    private final DataInputStream in;

    /** A frame as it came. */
    public record Frame(int opCode, boolean last, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    private RawSocket(int port, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** A connection on which nothing was said yet. */
    public static RawSocket connect(int port) throws IOException {
        return new RawSocket(port, 0);
    }

    /** Connects to a path; a subprotocol of null offers none. */
    public static RawSocket open(int port, String path, String subprotocol) throws IOException {
        return open(port, path, subprotocol, 0);
    }

    /**
     * The same with a buffer of a size, so that little is on its way when nothing is read.
     *
     * @param receiveBuffer bytes; 0 for the system's own choice
     */
    public static RawSocket open(int port, String path, String subprotocol, int receiveBuffer) throws IOException {
        RawSocket raw = new RawSocket(port, receiveBuffer);
        String head = raw.handshake(
                path,
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                subprotocol == null ? "X-Nothing: x" : "Sec-WebSocket-Protocol: " + subprotocol);
        assertThat(head).startsWith("HTTP/1.1 101 ").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        return raw;
    }

    /** The head of the answer to a request with these headers; the rest of the answer is not read. */
    public static String answer(int port, String path, String... headers) throws IOException {
        try (RawSocket raw = new RawSocket(port, 0)) {
            return raw.handshake(path, headers);
        }
    }

    private String handshake(String path, String... headers) throws IOException {
        send(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("\r\n", headers) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        return head();
    }

    /** The head of an answer over HTTP. */
    public String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    /** Sends a message in one frame. */
    public RawSocket text(String text) throws IOException {
        return frame(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    public RawSocket frame(int opCode, boolean last, byte[] payload) throws IOException {
        send(bytes(opCode, last, payload));
        return this;
    }

    /** A frame as a client sends it. */
    public static byte[] bytes(int opCode, boolean last, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 14);
        head(out, opCode, last, payload.length);
        out.writeBytes(MASK);
        byte[] masked = payload.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= MASK[i % MASK.length];
        }
        out.writeBytes(masked);
        return out.toByteArray();
    }

    /** Begins a frame of a length, whatever is to follow. */
    public void begin(int opCode, long length) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        head(out, opCode, true, length);
        out.writeBytes(MASK);
        send(out.toByteArray());
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    private static void head(ByteArrayOutputStream out, int opCode, boolean last, long length) {
        out.write((last ? FIN : 0) | opCode);
        if (length < 126) {
            out.write(MASKED | (int) length);
        } else if (length < 0x10000) {
            out.write(MASKED | 126);
            out.writeBytes(
                    ByteBuffer.allocate(Short.BYTES).putShort((short) length).array());
        } else {
            out.write(MASKED | 127);
            out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(length).array());
        }
    }

    /** The next frame. */
    public Frame next() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        assertThat(length).as("the server masks nothing").isLessThan(MASKED);
        long payload = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
        return new Frame(first & 0x0f, (first & FIN) != 0, in.readNBytes(Math.toIntExact(payload)));
    }

    /** The code that the server closes with, whatever comes before. */
    public int closeCode() throws IOException {
        Frame frame = next();
        while (frame.opCode() != CLOSE) {
            frame = next();
        }
        return ByteBuffer.wrap(frame.payload()).getShort();
    }

    /** Reads until the server ends the connection, in whatever way. */
    public void awaitEnd() {
        try {
            while (in.read() >= 0) {
                // Nothing of it is of interest.
            }
        } catch (EOFException | java.net.SocketException ended) {
            // An end too.
        } catch (IOException late) {
            throw new AssertionError("the connection is still open", late);
        }
    }

    /** Leaves with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
