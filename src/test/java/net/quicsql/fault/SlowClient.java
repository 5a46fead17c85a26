package net.quicsql.fault;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import net.quicsql.client.PackedServer;

/** A client on a bare connection that takes its time, or never reads what it asked for. One thread at a time. */
final class SlowClient implements AutoCloseable {
    private static final int SMALL_BUFFER = 4 * 1024;
    private static final int PATIENCE_MILLISECONDS = 60_000;

    private static final long PAUSE_NANOS = 2_000_000;

    private final Socket socket;
    private final InputStream in;

    /** What came of a request. */
    record Response(int status, String head, long bytes, String beginning) {}

    SlowClient(PackedServer server) throws IOException {
        socket = new Socket();
        // Little must fit on the way, or the server could believe that it was read.
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.setSoTimeout(PATIENCE_MILLISECONDS);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
        in = new BufferedInputStream(socket.getInputStream(), SMALL_BUFFER);
    }

    /** Sends a request and reads nothing. */
    void post(String path, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        begin(path, bytes.length);
        send(bytes);
    }

    /** Sends the head of a request whose body is to follow. */
    void begin(String path, long contentLength) throws IOException {
        send(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + PackedServer.TOKEN
                        + "\r\nContent-Length: " + contentLength + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Waits for the first byte of the answer, which begins when all of it is there. */
    void awaitAnswer() throws IOException {
        in.mark(1);
        if (in.read() < 0) {
            throw new IOException("the connection was closed without an answer");
        }
        in.reset();
    }

    /** Reads the answer to its end and keeps the first KiB of its body. */
    Response read() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the answer ends early: " + head);
            }
            head.append((char) next);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        byte[] beginning = new byte[0];
        long length = 0;
        byte[] buffer = new byte[64 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            if (length == 0) {
                beginning = java.util.Arrays.copyOf(buffer, Math.min(count, 1024));
            }
            length += count;
        }
        int at = lower.indexOf("content-length: ");
        if (at >= 0) {
            long announced = Long.parseLong(lower.substring(at + "content-length: ".length(), lower.indexOf('\r', at)));
            if (announced != length) {
                throw new IOException(length + " bytes came of " + announced);
            }
        }
        return new Response(
                Integer.parseInt(head.substring(9, 12)),
                head.toString(),
                length,
                new String(beginning, StandardCharsets.UTF_8));
    }

    /** Reads on, without haste, until the connection ends in whatever way, and gives back the last KiB. */
    String awaitEnd() {
        StringBuilder last = new StringBuilder();
        byte[] buffer = new byte[SMALL_BUFFER];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                last.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                last.delete(0, Math.max(0, last.length() - 1024));
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException cutOff) {
            // An end too.
        }
        return last.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
