package net.quicsql.server;

import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import java.util.LinkedHashSet;
import net.quicsql.http.WatchedConnector;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.jspecify.annotations.Nullable;

/** Dropwizard's connectors {@code http} and {@code https}, with connections that are watched. Stateless. */
final class WatchedConnectors {
    private WatchedConnectors() {}

    /** Settings of a connector, one thread at a time. */
    static final class Http extends HttpConnectorFactory {
        @Override
        protected ServerConnector buildConnector(
                Server server,
                Scheduler scheduler,
                ByteBufferPool bufferPool,
                String name,
                @Nullable ThreadPool threadPool,
                ConnectionFactory... factories) {
            return watched(super.buildConnector(server, scheduler, bufferPool, name, threadPool, factories));
        }
    }

    /** Settings of a connector, one thread at a time. */
    static final class Https extends HttpsConnectorFactory {
        @Override
        protected ServerConnector buildConnector(
                Server server,
                Scheduler scheduler,
                ByteBufferPool bufferPool,
                String name,
                @Nullable ThreadPool threadPool,
                ConnectionFactory... factories) {
            return watched(super.buildConnector(server, scheduler, bufferPool, name, threadPool, factories));
        }
    }

    /** A connector that is set as Dropwizard has set the given one, which is thrown away. */
    static WatchedConnector watched(ServerConnector set) {
        // One factory may stand for several protocols.
        LinkedHashSet<ConnectionFactory> factories = new LinkedHashSet<>(set.getConnectionFactories());
        WatchedConnector connector = new WatchedConnector(
                set.getServer(),
                set.getExecutor(),
                set.getScheduler(),
                set.getByteBufferPool(),
                set.getAcceptors(),
                set.getSelectorManager().getSelectorCount(),
                factories.toArray(ConnectionFactory[]::new));
        connector.setPort(set.getPort());
        connector.setHost(set.getHost());
        connector.setInheritChannel(set.isInheritChannel());
        connector.setAcceptQueueSize(set.getAcceptQueueSize());
        connector.setReuseAddress(set.getReuseAddress());
        connector.setIdleTimeout(set.getIdleTimeout());
        connector.setName(set.getName());
        return connector;
    }
}
