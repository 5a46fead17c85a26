package net.quicsql.server;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.quicsql.auth.StartupChecks.Exposure;
import org.jspecify.annotations.Nullable;

/** Who can reach the addresses that connectors listen on. Stateless. */
final class BindAddress {
    private BindAddress() {}

    /** Who can reach the application; whatever is not understood counts as open to others. */
    static Exposure ofApplication(ServerFactory server) {
        if (server instanceof DefaultServerFactory two) {
            return of(two.getApplicationConnectors());
        }
        return server instanceof SimpleServerFactory one ? of(List.of(one.getConnector())) : Exposure.OTHERS;
    }

    /** Who can reach health checks, metrics and tasks, which ask for no credentials. */
    static Exposure ofAdmin(ServerFactory server) {
        return server instanceof DefaultServerFactory two ? of(two.getAdminConnectors()) : ofApplication(server);
    }

    /** Whether only this machine reaches a socket bound to this host; null and the empty text bind every address. */
    static boolean isLoopback(@Nullable String host) {
        if (host == null || host.isBlank()) {
            return false;
        }
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static Exposure of(List<ConnectorFactory> connectors) {
        return connectors.stream().allMatch(BindAddress::isLoopback) ? Exposure.LOOPBACK : Exposure.OTHERS;
    }

    private static boolean isLoopback(ConnectorFactory connector) {
        return connector instanceof HttpConnectorFactory http && isLoopback(http.getBindHost());
    }
}
