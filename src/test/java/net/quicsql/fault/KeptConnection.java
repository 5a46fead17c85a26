package net.quicsql.fault;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.quicsql.client.PackedServer;

/**
 * One connection that is kept, and that many requests are sent over without waiting for each one's answer: a test with
 * hundreds of thousands of requests should measure the server, not its client. One thread at a time.
 */
final class KeptConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;
    private final String headers;

    /** What came back to one request. */
    record Reply(int status, String body) {
        /** The baton of the next request. */
        String baton() {
            int start = body.indexOf("\"baton\":\"");
            if (start < 0) {
                throw new AssertionError("no baton in " + status + " " + body);
            }
            start += "\"baton\":\"".length();
            return body.substring(start, body.indexOf('"', start));
        }
    }

    KeptConnection(PackedServer server, String token) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        headers = "POST /app/v3/pipeline HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                + "\r\nContent-Length: ";
    }

    /** The body of a pipeline. */
    static String pipeline(String baton, String... requests) {
        return "{\"baton\":" + (baton == null ? "null" : '"' + baton + '"') + ",\"requests\":["
                + String.join(",", requests) + "]}";
    }

    /** A request that runs a statement, whose text needs no escapes. */
    static String execute(String sql) {
        return "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}";
    }

    /** The same with an integer for its one parameter. */
    static String execute(String sql, int argument) {
        return "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\",\"args\":[{\"type\":\"integer\",\"value\":\""
                + argument + "\"}]}}";
    }

    Reply send(String body) throws IOException {
        return send(List.of(body)).get(0);
    }

    /** Sends some bodies, then reads as many answers, which come in the same order. */
    List<Reply> send(List<String> bodies) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String body : bodies) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            out.writeBytes((headers + bytes.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(bytes);
        }
        out.writeTo(socket.getOutputStream());
        List<Reply> replies = new ArrayList<>(bodies.size());
        for (int i = 0; i < bodies.size(); i++) {
            replies.add(read());
        }
        return replies;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private Reply read() throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        int length = -1;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String[] header = line.split(":", 2);
            if (header[0].toLowerCase(Locale.ROOT).equals("content-length")) {
                length = Integer.parseInt(header[1].strip());
            }
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the answer was cut off");
        }
        return new Reply(status, new String(body, StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next != '\n') {
            if (next < 0) {
                throw new EOFException("the connection was closed");
            }
            if (next != '\r') {
                line.append((char) next);
            }
            next = in.read();
        }
        return line.toString();
    }
}
