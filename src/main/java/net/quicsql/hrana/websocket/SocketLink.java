package net.quicsql.hrana.websocket;

import java.util.concurrent.Executor;
import net.quicsql.http.Body;
import net.quicsql.storage.Client;

/** What the protocol needs of the connection that it is spoken over. Thread-safe. */
interface SocketLink {
    /**
     * Sends a message; see {@link SocketOutput#send}.
     *
     * @param sent called once, when the message has been sent or never will be
     */
    void send(Body message, Runnable sent);

    /** Whether more may be produced for the client now; see {@link SocketOutput#mayProduce}. */
    boolean mayProduce(Runnable later);

    /** Whether a message of this length goes out without waiting for the client. */
    boolean takesAtOnce(long length);

    /** Says why, behind all that was sent, and closes. Idempotent. */
    void close(CloseCode code, String reason);

    /** A request has its answer: there may be room for another message. */
    void answered();

    /** Whoever is at the other end. */
    Client client();

    /** Where requests run. Runs or keeps what it is given. */
    Executor executor();
}
