package net.quicsql.hrana;

import net.quicsql.http.Body;
import net.quicsql.problem.Problem;

/** How messages over a WebSocket are spelled. Thread-safe. */
public interface SocketEncoding {
    /** Whether messages are text, rather than binary. */
    boolean isText();

    /**
     * Reads a client's message.
     *
     * @throws net.quicsql.problem.ProblemException INVALID_JSON or INVALID_PROTOBUF, INVALID_REQUEST
     */
    ClientMessage clientMessage(byte[] message);

    Body helloOk();

    Body helloError(Problem problem);

    SocketEncoder encoder(int requestId, int maxResponseBytes);

    CursorEncoder cursorEncoder(CursorOutput output);

    EntryScanner entryScanner();
}
