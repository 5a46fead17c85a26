package net.quicsql.server;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.jetty.GzipHandlerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.io.Serial;
import java.util.List;
import java.util.function.Supplier;
import net.quicsql.limits.LimitsConfig;
import org.eclipse.jetty.http.HttpCompliance;

/**
 * What the section {@code server} of the configuration means where it is silent. Dropwizard's own defaults listen on every
 * address, close an idle connection that clients still hold, and let a slow sender keep one for ever. The file may still
 * set each of these. Stateless.
 */
final class ServerDefaults {
    static final int APPLICATION_PORT = 7775;
    static final int ADMIN_PORT = 7776;

    private static final String LOOPBACK = "127.0.0.1";

    /** Clients keep an unused connection for 90 s; the server must not be the first to close it. */
    private static final Duration IDLE_TIMEOUT = Duration.seconds(120);

    /**
     * Stops whoever sends a byte now and then to hold a thread. Jetty counts from the body's first byte and gives no grace,
     * so a higher rate would cut a small body off at the first hiccup of the network.
     */
    private static final DataSize SLOWEST_REQUEST = DataSize.bytes(16);

    /** A request occupies a thread while it waits for its turn to write. */
    private static final int MAX_THREADS = 1024;

    private static final int MIN_THREADS = 8;

    private static final Duration SHUTDOWN_GRACE = Duration.seconds(10);

    private ServerDefaults() {}

    /** The server of a file without the section. */
    static DefaultServerFactory server() {
        DefaultServerFactory server = defaultServer();
        server.setApplicationConnectors(List.of(connector(new WatchedConnectors.Http(), APPLICATION_PORT)));
        server.setAdminConnectors(List.of(connector(new WatchedConnectors.Http(), ADMIN_PORT)));
        return server;
    }

    /** Makes Jackson start from these defaults when it reads the section. */
    static Module module() {
        SimpleModule module = new SimpleModule("quicsql-server-defaults");
        module.addValueInstantiator(
                DefaultServerFactory.class, new Preset<>(DefaultServerFactory.class, ServerDefaults::server));
        module.addValueInstantiator(
                SimpleServerFactory.class, new Preset<>(SimpleServerFactory.class, ServerDefaults::simpleServer));
        module.addValueInstantiator(
                HttpConnectorFactory.class,
                new Preset<>(
                        HttpConnectorFactory.class, () -> connector(new WatchedConnectors.Http(), APPLICATION_PORT)));
        module.addValueInstantiator(
                HttpsConnectorFactory.class,
                new Preset<>(
                        HttpsConnectorFactory.class, () -> connector(new WatchedConnectors.Https(), APPLICATION_PORT)));
        return module;
    }

    /** What no file may change: errors are rendered in one place of ours. */
    static void enforce(AbstractServerFactory server) {
        server.setRegisterDefaultExceptionMappers(false);
    }

    /**
     * Checks that requests which wait for others leave threads to those others.
     *
     * @throws IllegalArgumentException they may not
     */
    static void requireThreadsBesides(int waitingRequests, AbstractServerFactory server) {
        int most = server.getMaxThreads() - server.getMaxThreads() / 4;
        if (waitingRequests > most) {
            throw new IllegalArgumentException(LimitsConfig.MAX_WAITING_REQUESTS + ": must be at most " + most
                    + ", three quarters of server.maxThreads (" + server.getMaxThreads()
                    + "), or those who wait keep out whoever would end their wait");
        }
    }

    /** Whether nothing is asked of requests that a servlet filter of Dropwizard's would do. */
    static boolean letsPassServletsBy(ServerFactory server) {
        return server instanceof AbstractServerFactory settings
                && settings.getAllowedMethods().contains("POST")
                && !settings.getEnableThreadNameFilter();
    }

    private static DefaultServerFactory defaultServer() {
        DefaultServerFactory server = new LeanServers.Default();
        preset(server);
        return server;
    }

    private static SimpleServerFactory simpleServer() {
        SimpleServerFactory server = new LeanServers.Simple();
        preset(server);
        server.setConnector(connector(new WatchedConnectors.Http(), APPLICATION_PORT));
        return server;
    }

    private static void preset(AbstractServerFactory server) {
        server.setMaxThreads(MAX_THREADS);
        server.setMinThreads(MIN_THREADS);
        server.setShutdownGracePeriod(SHUTDOWN_GRACE);
        server.setRegisterDefaultExceptionMappers(false);
        // A thread's name is changed twice a request by the filter.
        server.setEnableThreadNameFilter(false);
        // Off in both directions: it would hold back a cursor's rows, and a small request could inflate to a large one.
        GzipHandlerFactory gzip = new GzipHandlerFactory();
        gzip.setEnabled(false);
        server.setGzipFilterFactory(gzip);
        // No line per request unless the file asks for it.
        LogbackAccessRequestLogFactory requestLog = new LogbackAccessRequestLogFactory();
        requestLog.setAppenders(List.of());
        server.setRequestLogFactory(requestLog);
    }

    private static <C extends HttpConnectorFactory> C connector(C connector, int port) {
        connector.setPort(port);
        connector.setBindHost(LOOPBACK);
        connector.setIdleTimeout(IDLE_TIMEOUT);
        connector.setMinRequestDataPerSecond(SLOWEST_REQUEST);
        connector.setHttpCompliance(HttpCompliance.RFC9110);
        connector.setUseServerHeader(false);
        return connector;
    }

    private static final class Preset<T> extends ValueInstantiator.Base {
        @Serial
        private static final long serialVersionUID = 1L;

        private final transient Supplier<T> supplier;

        Preset(Class<T> type, Supplier<T> supplier) {
            super(type);
            this.supplier = supplier;
        }

        @Override
        public boolean canCreateUsingDefault() {
            return true;
        }

        @Override
        public Object createUsingDefault(DeserializationContext context) {
            return supplier.get();
        }
    }
}
