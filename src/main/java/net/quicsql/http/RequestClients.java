package net.quicsql.http;

import java.util.function.Supplier;
import net.quicsql.storage.Client;
import org.eclipse.jetty.io.EndPoint;
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

    /** From now on the calling thread answers a request that came over this connection. */
    void begin(EndPoint connection) {
        EndPoint bottom = connection;
        while (bottom instanceof EndPoint.Wrapper wrapper) {
            bottom = wrapper.unwrap();
        }
        if (bottom instanceof WatchedEndPoint watched) {
            CURRENT.set(watched::isClientGone);
        }
    }

    void end() {
        CURRENT.remove();
    }
}
