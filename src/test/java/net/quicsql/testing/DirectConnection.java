package net.quicsql.testing;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.BufferUtil;

/**
 * A connection without a socket to a running server of Jetty's: the thread that sends a request also reads it, answers it
 * and writes the answer, in the code that a socket's bytes come through. So what a request costs can be counted on one
 * thread. HTTP/1.1 without TLS; one thread at a time.
 */
public final class DirectConnection {
    private final Bytes bytes = new Bytes();

    /** A new connection, as if accepted by this connector. */
    public DirectConnection(Connector connector) {
        Connection connection = connector.getDefaultConnectionFactory().newConnection(connector, bytes);
        bytes.setConnection(connection);
        bytes.onOpen();
        connection.onOpen();
    }

    /**
     * Has a request answered. Allocates nothing of its own when the same array comes again.
     *
     * @param request head and body
     * @throws IllegalStateException the answer is not 200, or it was not complete when the thread came back: another one has
     *     worked on it
     */
    public void send(byte[] request) {
        bytes.send(request);
    }

    /** The latest answer, with its head. */
    public String answer() {
        return bytes.answer();
    }

    private static final class Bytes extends AbstractEndPoint {
        private static final byte[] SUCCESS = "HTTP/1.1 200 ".getBytes(StandardCharsets.US_ASCII);
        private static final SocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);

        private ByteBuffer incoming = BufferUtil.EMPTY_BUFFER;
        private byte[] outgoing = new byte[1024 * 1024];
        private int answered;

        Bytes() {
            super(null);
        }

        void send(byte[] request) {
            if (!incoming.hasArray() || incoming.array() != request) {
                incoming = ByteBuffer.wrap(request);
            }
            incoming.rewind();
            answered = 0;
            getFillInterest().fillable();
            // It waits for the next request only behind the end of the answer.
            if (incoming.hasRemaining() || !isFillInterested()) {
                throw new IllegalStateException("not answered by the thread that asked");
            }
            if (!Arrays.equals(SUCCESS, 0, SUCCESS.length, outgoing, 0, SUCCESS.length)) {
                throw new IllegalStateException(answer());
            }
        }

        String answer() {
            return new String(outgoing, 0, answered, StandardCharsets.UTF_8);
        }

        @Override
        public int fill(ByteBuffer buffer) {
            return BufferUtil.append(buffer, incoming);
        }

        @Override
        public boolean flush(ByteBuffer... buffers) {
            for (ByteBuffer buffer : buffers) {
                int length = buffer.remaining();
                if (outgoing.length - answered < length) {
                    outgoing = Arrays.copyOf(outgoing, 2 * outgoing.length + length);
                }
                buffer.get(outgoing, answered, length);
                answered += length;
            }
            return true;
        }

        @Override
        protected void onIncompleteFlush() {
            throw new AssertionError("flush takes everything");
        }

        @Override
        protected void needsFillInterest() {
            // The next bytes come by send.
        }

        @Override
        public SocketAddress getLocalSocketAddress() {
            return ADDRESS;
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            return ADDRESS;
        }

        @Override
        public Object getTransport() {
            return this;
        }
    }
}
