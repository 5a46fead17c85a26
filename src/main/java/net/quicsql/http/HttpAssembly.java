package net.quicsql.http;

import io.dropwizard.core.setup.Environment;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

/** Puts this package's parts into a Dropwizard service. Stateless. */
public final class HttpAssembly {
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
     *   <li>{@link PathCollapseHandler} and {@link ContentTypeHandler} go around the server's whole handler in that same
     *       listener: a context chooses its servlet before any handler inserted into the context is asked.
     *   <li>{@code HttpConfiguration.setUriCompliance} of every connector, likewise: the default refuses an empty segment
     *       with 400 before any handler runs.
     * </ul>
     */
    public static void install(Environment environment) {
        environment.jersey().register(ProblemMapper.class);
        environment.getApplicationContext().setErrorHandler(new EnvelopeErrorHandler.InServlets());
        environment.getAdminContext().setErrorHandler(new EnvelopeErrorHandler.InServlets());
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle event) {
                if (event instanceof Server server) {
                    prepare(server);
                }
            }
        });
    }

    /** Does to a server that has not started what {@link #install} does to Dropwizard's. */
    static void prepare(Server server) {
        server.setErrorHandler(new EnvelopeErrorHandler());
        server.setHandler(new PathCollapseHandler(new ContentTypeHandler(server.getHandler())));
        // Found as beans: Dropwizard hides the connection factories in its instrumented ones.
        for (HttpConfiguration configuration : server.getContainedBeans(HttpConfiguration.class)) {
            allowEmptySegments(configuration);
        }
    }

    private static void allowEmptySegments(HttpConfiguration configuration) {
        UriCompliance compliance = configuration.getUriCompliance();
        configuration.setUriCompliance(compliance.with(
                compliance.getName() + "+EMPTY_SEGMENT", UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT));
    }
}
