package net.quicsql.server;

import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Environment;

/** The server's entry point. */
public final class QuicsqlApplication extends Application<QuicsqlConfiguration> {
    public static void main(String[] arguments) throws Exception {
        new QuicsqlApplication().run(arguments);
    }

    @Override
    public String getName() {
        return "quicsql";
    }

    @Override
    public void run(QuicsqlConfiguration configuration, Environment environment) {
        environment.healthChecks().register("server", new HealthCheck() {
            @Override
            protected Result check() {
                return Result.healthy();
            }
        });
    }
}
