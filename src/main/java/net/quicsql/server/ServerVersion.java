package net.quicsql.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The version of this server, which the packed jar knows. Stateless. */
final class ServerVersion {
    private static final Pattern NUMBER = Pattern.compile("[0-9.]*[0-9]");

    private ServerVersion() {}

    /** A line of name, number and whole version, as {@code quicsql 1.2.0 (1.2.0-SNAPSHOT)}. */
    static String line() {
        return line(ServerVersion.class.getPackage().getImplementationVersion());
    }

    /** @param version null where the server runs from its classes */
    static String line(@Nullable String version) {
        if (version == null) {
            return "quicsql 0 (not packed)";
        }
        Matcher number = NUMBER.matcher(version);
        return "quicsql " + (number.lookingAt() ? number.group() : "0") + " (" + version + ")";
    }
}
