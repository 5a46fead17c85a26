package net.quicsql.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Notes whom a thread works for while it answers a request. Thread-safe. */
final class ClientHandler extends Handler.Wrapper {
    private final RequestClients clients;

    ClientHandler(RequestClients clients, Handler next) {
        super(next);
        this.clients = clients;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        clients.begin(RequestClients.of(
                request.getConnectionMetaData().getConnection().getEndPoint()));
        try {
            return super.handle(request, response, callback);
        } finally {
            clients.end();
        }
    }
}
