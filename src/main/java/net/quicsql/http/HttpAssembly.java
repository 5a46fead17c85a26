package net.quicsql.http;

import io.dropwizard.core.setup.Environment;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.glassfish.jersey.server.ServerProperties;

/** Puts this package's parts into a Dropwizard service. Stateless. */
public final class HttpAssembly {
    /** Long enough for a phone to come out of a tunnel. */
    private static final Duration RESPONSE_RATE_WINDOW = Duration.ofSeconds(30);

    private HttpAssembly() {}

    /**
     * Installs the exception mapper, the error handlers and the rules for paths and content types. To be called in {@code Application.run}, before
     * Dropwizard builds the server.
     *
     * <p>The application must also call {@code AbstractServerFactory.setRegisterDefaultExceptionMappers(false)} there or
     * earlier, or Dropwizard's mappers of narrower types win.
     *
     * <p>Where the parts go, and why there:
     *
     * <ul>
     *   <li>{@code environment.jersey().register(ProblemMapper.class)}.
     *   <li>{@code getApplicationContext().setErrorHandler} and {@code getAdminContext().setErrorHandler}, for what servlets
     *       and filters refuse by {@code sendError}.
     *   <li>{@code Server.setErrorHandler}, for requests that reach no context. Dropwizard sets its own handler while it
     *       builds the server, after {@code run}; so a listener replaces it when the server is about to start.
     *   <li>{@link ClientHandler}, {@link PathCollapseHandler} and {@link ContentTypeHandler} go around the server's whole handler in that same
     *       listener: a context chooses its servlet before any handler inserted into the context is asked.
     *   <li>{@code HttpConfiguration.setUriCompliance} of every connector, likewise: the default refuses an empty segment
     *       with 400 before any handler runs.
     * </ul>
     *
     * @param clients is told which client each thread works for
     * @param minResponseBytesPerSecond how much of an answer that waits for its client must be taken at least, or the
     *     connection is closed
     * @param inFront puts doors that are no servlets before the server's own handler
     * @param beforeServlets puts further ones before the application's servlets, where Dropwizard's metrics count them too
     */
    public static void install(
            Environment environment,
            RequestClients clients,
            long minResponseBytesPerSecond,
            UnaryOperator<Handler> inFront,
            UnaryOperator<Handler> beforeServlets) {
        environment.jersey().register(ProblemMapper.class);
        // Our answers know their length. Jersey would write what it holds back after ours has been left, and log an
        // error where the client has gone by then.
        environment.jersey().property(ServerProperties.OUTBOUND_CONTENT_LENGTH_BUFFER, 0);
        environment.getApplicationContext().setErrorHandler(new EnvelopeErrorHandler.InServlets());
        environment.getAdminContext().setErrorHandler(new EnvelopeErrorHandler.InServlets());
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle event) {
                if (event instanceof Server server) {
                    wrap(environment.getApplicationContext(), server, beforeServlets);
                    prepare(server, clients, inFront);
                    requireResponseRate(server, minResponseBytesPerSecond);
                }
            }
        });
    }

    /** Puts a handler between another and the one around it, in a server that has not started. */
    private static void wrap(Handler wrapped, Server server, UnaryOperator<Handler> wrapper) {
        for (Handler.Wrapper around : server.getDescendants(Handler.Wrapper.class)) {
            if (around.getHandler() == wrapped) {
                around.setHandler(wrapper.apply(wrapped));
                return;
            }
        }
        throw new IllegalStateException("no handler around " + wrapped);
    }

    /** Does to a server that has not started what {@link #install} does to Dropwizard's. */
    static void prepare(Server server, RequestClients clients, UnaryOperator<Handler> inFront) {
        server.setErrorHandler(new EnvelopeErrorHandler());
        Handler doors = inFront.apply(server.getHandler());
        server.setHandler(new ClientHandler(clients, new PathCollapseHandler(new ContentTypeHandler(doors))));
        // Found as beans: Dropwizard hides the connection factories in its instrumented ones.
        for (HttpConfiguration configuration : server.getContainedBeans(HttpConfiguration.class)) {
            allowEmptySegments(configuration);
        }
    }

    private static void requireResponseRate(Server server, long bytesPerSecond) {
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof WatchedConnector watched) {
                watched.requireResponseRate(bytesPerSecond, RESPONSE_RATE_WINDOW);
            }
        }
    }

    private static void allowEmptySegments(HttpConfiguration configuration) {
        UriCompliance compliance = configuration.getUriCompliance();
        configuration.setUriCompliance(compliance.with(
                compliance.getName() + "+EMPTY_SEGMENT", UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT));
    }
}
