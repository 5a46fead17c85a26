package net.quicsql.server;

import io.dropwizard.lifecycle.ServerLifecycleListener;
import java.util.List;
import java.util.Optional;
import net.quicsql.access.DatabaseName;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.HostPort;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs where the server listens, with the real ports, and what to type into each client. Stateless. */
final class ListeningMessage implements ServerLifecycleListener {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningMessage.class);

    /** Dropwizard's names; a server with one connector for both calls it by its protocol's name. */
    private static final String APPLICATION = "application";

    private static final String ADMIN = "admin";

    private final Optional<DatabaseName> database;

    /** @param database the database that the lines for clients name; without one there are none */
    ListeningMessage(Optional<DatabaseName> database) {
        this.database = database;
    }

    @Override
    public void serverStarted(Server server) {
        ServerConnector application = connector(server, APPLICATION);
        if (application == null) {
            return;
        }
        ServerConnector admin = connector(server, ADMIN);
        LOG.info(
                "listening on {}{} (admin {})",
                url(application),
                isEverywhere(application) ? " and every other address" : "",
                url(admin == null ? application : admin));
        database.ifPresent(name -> lines(application, name).forEach(LOG::info));
    }

    private static List<String> lines(ServerConnector connector, DatabaseName database) {
        String url = url(connector) + "/" + database;
        String secure = isSecure(connector) ? "?secure=true" : "";
        return List.of(
                "  curl        curl -H 'Authorization: Bearer TOKEN' -d '{\"sql\":\"select 1\"}' " + url + "/query",
                "  Python      libsql.connect(\"" + url + "\", auth_token=\"TOKEN\")",
                "  SQLAlchemy  create_engine(\"sqlite+libsql://" + authority(connector) + "/" + database + secure
                        + "\", connect_args={\"auth_token\": \"TOKEN\"})",
                "  JavaScript  createClient({ url: \"" + url + "/\", authToken: \"TOKEN\" })");
    }

    private static @Nullable ServerConnector connector(Server server, String name) {
        ServerConnector first = null;
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof ServerConnector tcp) {
                if (name.equals(tcp.getName())) {
                    return tcp;
                }
                first = first == null ? tcp : first;
            }
        }
        return first;
    }

    private static String url(ServerConnector connector) {
        return (isSecure(connector) ? "https://" : "http://") + authority(connector);
    }

    private static boolean isSecure(ServerConnector connector) {
        return connector.getDefaultConnectionFactory().getProtocol().startsWith("SSL");
    }

    private static String authority(ServerConnector connector) {
        String host = connector.getHost();
        String reachable = host == null || isEverywhere(connector) ? "127.0.0.1" : HostPort.normalizeHost(host);
        return reachable + ":" + connector.getLocalPort();
    }

    private static boolean isEverywhere(ServerConnector connector) {
        String host = connector.getHost();
        return host == null || host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }
}
