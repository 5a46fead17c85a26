package net.quicsql.server;

import io.dropwizard.core.setup.Environment;
import org.glassfish.jersey.server.ServerProperties;

/**
 * Switches off what Jersey looks for at each start and never finds here: our resources are registered one by one and check
 * what they are given themselves. Stateless.
 */
final class JerseyFeatures {
    private JerseyFeatures() {}

    static void leaveOutUnused(Environment environment) {
        environment.jersey().property(ServerProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true);
        environment.jersey().property(ServerProperties.METAINF_SERVICES_LOOKUP_DISABLE, true);
        environment.jersey().property(ServerProperties.BV_FEATURE_DISABLE, true);
        environment.jersey().property(ServerProperties.RESOURCE_VALIDATION_DISABLE, true);
    }
}
