package net.quicsql.server;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.cli.Cli;
import java.io.PrintWriter;
import java.net.BindException;
import java.util.regex.Pattern;
import net.quicsql.problem.ProblemException;

/** Tells an operator why the server did not start, in the words of the setting that is at fault. Stateless. */
final class StartFailure {
    /** What Jackson adds about Java classes, of no use to somebody who reads a YAML file. */
    private static final Pattern ABOUT_CLASSES = Pattern.compile(
            "Cannot construct instance of `[^`]*`, problem: |\\n? at \\[Source: [^\\]]*\\]| \\(through reference chain: .*\\)");

    private StartFailure() {}

    static void print(Throwable failure, Cli cli) {
        PrintWriter out = cli.getStdErr();
        if (failure instanceof ConfigurationException) {
            out.println(
                    ABOUT_CLASSES.matcher(failure.getMessage()).replaceAll("").strip());
        } else if (failure instanceof IllegalArgumentException || failure instanceof ProblemException) {
            out.println(failure.getMessage());
        } else if (isBind(failure)) {
            out.println("cannot listen: " + innermost(failure).getMessage()
                    + "; another program may have the port, or the address is not one of this machine");
        } else {
            failure.printStackTrace(out);
        }
        out.flush();
    }

    private static boolean isBind(Throwable failure) {
        return innermost(failure) instanceof BindException;
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
