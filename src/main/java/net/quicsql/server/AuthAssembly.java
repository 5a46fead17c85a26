package net.quicsql.server;

import io.dropwizard.auth.AuthDynamicFeature;
import io.dropwizard.auth.AuthValueFactoryProvider;
import io.dropwizard.core.setup.Environment;
import java.io.IOException;
import net.quicsql.access.Principal;
import net.quicsql.auth.Authenticators;
import net.quicsql.auth.BearerAuthFilter;
import net.quicsql.auth.StartupChecks;
import net.quicsql.auth.StartupChecks.Exposure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins the parts that decide who sent a request. Immutable. */
final class AuthAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(AuthAssembly.class);

    private final Authenticators authenticators;

    private AuthAssembly(Authenticators authenticators) {
        this.authenticators = authenticators;
    }

    /**
     * Checks principals against the addresses the server will listen on, and makes resource methods that take a {@link
     * Principal} ask for credentials.
     *
     * @throws IllegalArgumentException the principals may not be served on these addresses
     */
    static AuthAssembly assemble(QuicsqlConfiguration configuration, Environment environment) throws IOException {
        Exposure exposure = BindAddress.ofApplication(configuration.getServerFactory());
        if (BindAddress.ofAdmin(configuration.getServerFactory()) == Exposure.OTHERS) {
            LOG.warn("the admin port asks for no credentials and others can reach it;"
                    + " keep it behind a firewall or bind it to 127.0.0.1");
        }
        AuthAssembly assembly = new AuthAssembly(new Authenticators(
                StartupChecks.effective(configuration.auth(), exposure, configuration.dataDirectory(), System.out)));
        environment.jersey().register(new AuthDynamicFeature(new BearerAuthFilter(assembly.authenticators)));
        environment.jersey().register(new AuthValueFactoryProvider.Binder<>(Principal.class));
        return assembly;
    }

    /** The one object that decides, for doors other than Jersey's. */
    Authenticators authenticators() {
        return authenticators;
    }
}
