package net.quicsql.server;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.dropwizard.jetty.MutableServletContextHandler;
import io.dropwizard.metrics.jetty12.ee10.InstrumentedEE10Handler;
import jakarta.servlet.Servlet;
import jakarta.validation.Validator;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Dropwizard's servers {@code default} and {@code simple}, made for requests that pass Jersey by. Their metrics of HTTP have the
 * same names whatever stands between them and the servlets: Dropwizard names them after the class of the handler behind. And
 * nobody waits for Jersey but requests that need it. Threads that a crowd of clients needed end once it is gone. Stateless.
 */
final class LeanServers {
    private LeanServers() {}

    /** Settings of a server, one thread at a time. */
    static final class Default extends DefaultServerFactory {
        @Override
        protected ThreadPool createThreadPool(MetricRegistry metricRegistry) {
            return shrinking(super.createThreadPool(metricRegistry));
        }

        @Override
        protected Handler createAppServlet(
                Server server,
                JerseyEnvironment jersey,
                ObjectMapper objectMapper,
                Validator validator,
                MutableServletContextHandler handler,
                @Nullable Servlet jerseyContainer,
                MetricRegistry metricRegistry) {
            super.createAppServlet(
                    server,
                    jersey,
                    objectMapper,
                    validator,
                    handler,
                    inBackground(jerseyContainer, server),
                    metricRegistry);
            return metered(this, server, handler, metricRegistry);
        }
    }

    /** Settings of a server, one thread at a time. */
    static final class Simple extends SimpleServerFactory {
        @Override
        protected ThreadPool createThreadPool(MetricRegistry metricRegistry) {
            return shrinking(super.createThreadPool(metricRegistry));
        }

        @Override
        protected Handler createAppServlet(
                Server server,
                JerseyEnvironment jersey,
                ObjectMapper objectMapper,
                Validator validator,
                MutableServletContextHandler handler,
                @Nullable Servlet jerseyContainer,
                MetricRegistry metricRegistry) {
            super.createAppServlet(
                    server,
                    jersey,
                    objectMapper,
                    validator,
                    handler,
                    inBackground(jerseyContainer, server),
                    metricRegistry);
            return metered(this, server, handler, metricRegistry);
        }
    }

    /** Begun when the server listens: earlier it would take processors from what has to be done before that. */
    private static @Nullable Servlet inBackground(@Nullable Servlet jersey, Server server) {
        if (jersey == null) {
            return null;
        }
        // As a failure before the server listens would: by then Dropwizard waits for nothing but the end.
        BackgroundServlet servlet =
                new BackgroundServlet(jersey, () -> Runtime.getRuntime().exit(1));
        server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarted(LifeCycle started) {
                servlet.begin();
            }
        });
        return servlet;
    }

    /** Jetty ends one thread a minute unless told, so that a crowd's thousand would be there all day. */
    private static ThreadPool shrinking(ThreadPool threads) {
        if (threads instanceof QueuedThreadPool pool) {
            pool.setMaxEvictCount(pool.getMaxThreads());
        }
        return threads;
    }

    /** In place of Dropwizard's own, which has not started. */
    private static Handler metered(
            AbstractServerFactory settings, Server server, Handler application, MetricRegistry registry) {
        String prefix = settings.getMetricPrefix();
        InstrumentedEE10Handler metered = new InstrumentedEE10Handler(
                registry,
                prefix == null ? application.getClass().getName() : prefix,
                settings.getResponseMeteredLevel());
        metered.setServer(server);
        metered.setHandler(application);
        return metered;
    }
}
