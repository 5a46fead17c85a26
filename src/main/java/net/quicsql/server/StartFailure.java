package net.quicsql.server;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.cli.Cli;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.quicsql.problem.ProblemException;

/** Tells an operator why the server did not start, in the words of the setting that is at fault. Stateless. */
final class StartFailure {
    /** Jetty's words, around an address as Java writes it: {@code name/1.2.3.4:80}. */
    private static final Pattern BIND = Pattern.compile("Failed to bind to (?:[^/\\s]*/)?(\\S+)");

    private StartFailure() {}

    static void print(Throwable failure, Cli cli) {
        PrintWriter out = cli.getStdErr();
        Optional<String> reason = reason(failure);
        if (reason.isPresent()) {
            out.println(reason.get());
        } else {
            // Nobody foresaw it: the trace is all there is to go by.
            failure.printStackTrace(out);
        }
        out.flush();
    }

    private static Optional<String> reason(Throwable failure) {
        if (failure instanceof ConfigurationException) {
            return Optional.of(ConfigurationMessage.of(String.valueOf(failure.getMessage())));
        }
        if (innermost(failure) instanceof BindException refused) {
            return Optional.of("cannot listen on " + address(failure) + ": " + refused.getMessage()
                    + "; another program may have the port, or the address is not one of this machine");
        }
        // A FileSystemException often has a path for its message and no reason.
        boolean told = failure instanceof IllegalArgumentException
                || failure instanceof ProblemException
                || failure instanceof IOException && !(failure instanceof FileSystemException);
        return told ? Optional.ofNullable(failure.getMessage()) : Optional.empty();
    }

    /** The host and port that could not be had. */
    private static String address(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            Matcher bind = BIND.matcher(String.valueOf(at.getMessage()));
            if (bind.find()) {
                return bind.group(1);
            }
        }
        return "a port of the section server";
    }

    private static Throwable innermost(Throwable failure) {
        Throwable at = failure;
        Throwable cause = at.getCause();
        while (cause != null) {
            at = cause;
            cause = at.getCause();
        }
        return at;
    }
}
