package net.quicsql.server;

import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import java.io.IOException;
import net.quicsql.admin.RotateBatonKeyTask;
import net.quicsql.http.RequestClients;
import net.quicsql.storage.DataDirectory;
import net.quicsql.storage.DriverWarmup;
import net.sourceforge.argparse4j.inf.Namespace;

/**
 * The server's entry point, with Dropwizard's commands {@code server} and {@code check}. Joins the assemblies; each
 * knows its own parts.
 */
public class QuicsqlApplication extends Application<QuicsqlConfiguration> {
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("server")) {
            DriverWarmup.begin();
        }
        new QuicsqlApplication().run(arguments);
    }

    @Override
    public String getName() {
        return "quicsql";
    }

    @Override
    public void initialize(Bootstrap<QuicsqlConfiguration> bootstrap) {
        ValidationWarmup.begin(bootstrap.getValidatorFactory());
        bootstrap.setObjectMapper(
                PlainObjectMapper.like(bootstrap.getObjectMapper()).registerModule(ServerDefaults.module()));
        bootstrap.setConfigurationFactoryFactory(new StrictConfigurations<>());
        // Not strict: a variable without a value and without a default stays as it is written, and then fails by its
        // key.
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                bootstrap.getConfigurationSourceProvider(), new EnvironmentVariableSubstitutor(false)));
    }

    @Override
    protected void addDefaultCommands(Bootstrap<QuicsqlConfiguration> bootstrap) {
        bootstrap.addCommand(new PlainServerCommand(this));
        bootstrap.addCommand(new CheckCommand<>(this) {
            @Override
            public void onError(Cli cli, Namespace namespace, Throwable failure) {
                StartFailure.print(failure, cli);
            }
        });
    }

    @Override
    public void run(QuicsqlConfiguration configuration, Environment environment) throws IOException {
        if (configuration.getServerFactory() instanceof AbstractServerFactory server) {
            ServerDefaults.enforce(server);
            ServerDefaults.requireThreadsBesides(configuration.limits().maxWaitingRequests(), server);
        }
        JerseyFeatures.leaveOutUnused(environment);
        // Locked first: everything else may write to it.
        DataDirectory directory = DataDirectory.open(configuration.dataDirectory());
        AuthAssembly auth = AuthAssembly.assemble(configuration, environment);
        OperationsAssembly operations = OperationsAssembly.assemble(configuration, environment);
        RequestClients clients = new RequestClients();
        StorageAssembly storage =
                StorageAssembly.assemble(configuration, environment, directory, operations.metrics(), clients);
        operations.watch(storage, environment);
        environment.admin().addTask(new RotateBatonKeyTask(storage.batonKeys()));
        ProtocolAssembly.assemble(
                configuration, environment, storage, auth.authenticators(), clients, operations.metrics());
    }
}
