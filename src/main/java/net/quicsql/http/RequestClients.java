package net.quicsql.http;

import java.util.function.Supplier;
import net.quicsql.storage.Client;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;

/**
 * Whom each thread works for: the client of the request that it answers. Thread-safe.
 *
 * @see ClientHandler
 */
public final class RequestClients implements Supplier<Client> {
    private static final ThreadLocal<@Nullable Client> CURRENT = new ThreadLocal<>();

    /** The calling thread's client; one that is always there where it answers no request. */
    @Override
    public Client get() {
        Client client = CURRENT.get();
        return client == null ? Client.PRESENT : client;
    }

    /** Whoever is at the other end of a connection. */
    public static Client of(EndPoint connection) {
        EndPoint bottom = connection;
        while (bottom instanceof EndPoint.Wrapper wrapper) {
            bottom = wrapper.unwrap();
        }
        return bottom instanceof WatchedEndPoint watched ? watched : Client.PRESENT;
    }

    /** From now on, until {@link #end}, the calling thread works for this client. */
    public void begin(Client client) {
        CURRENT.set(client);
    }

    public void end() {
        CURRENT.remove();
    }

    /** Closes the connection of the calling thread's client in the middle of an answer. */
    static void cutOff() {
        if (CURRENT.get() instanceof WatchedEndPoint client) {
            client.close(new EofException("the answer broke off"));
        }
    }
}
