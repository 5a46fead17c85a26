package net.quicsql.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.setup.Environment;
import net.sourceforge.argparse4j.inf.Namespace;
import org.slf4j.LoggerFactory;

/** The command {@code server}, which tells a failed start once and in one line. One thread at a time. */
final class PlainServerCommand extends ServerCommand<QuicsqlConfiguration> {
    PlainServerCommand(QuicsqlApplication application) {
        super(application);
    }

    @Override
    protected void run(Environment environment, Namespace namespace, QuicsqlConfiguration configuration)
            throws Exception {
        // It logs the trace of what it throws, and onError tells that too. Set here, for the file's section "logging"
        // undoes whatever was set earlier.
        if (LoggerFactory.getLogger(ServerCommand.class) instanceof Logger logger) {
            logger.setLevel(Level.OFF);
        }
        super.run(environment, namespace, configuration);
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable failure) {
        StartFailure.print(failure, cli);
    }
}
