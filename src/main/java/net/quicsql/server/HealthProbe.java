package net.quicsql.server;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/**
 * Asks whether a server is up, for container images that have no curl: exit status 0 when its admin port answers, 1 when it
 * does not. It asks no more by default: one bad database file does not make the whole server unfit. Another address, as that
 * of the full health check, may be given as the one argument.
 */
public final class HealthProbe {
    private static final String DEFAULT_ADDRESS = "http://127.0.0.1:7776/ping";

    /** Less than the time-out that container runtimes give a health check (30 s), with room for the JVM's own start. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private HealthProbe() {}

    public static void main(String[] arguments) {
        System.exit(isHealthy(arguments.length == 0 ? DEFAULT_ADDRESS : arguments[0]) ? 0 : 1);
    }

    static boolean isHealthy(String address) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(address).toURL().openConnection();
            connection.setConnectTimeout((int) PATIENCE.toMillis());
            connection.setReadTimeout((int) PATIENCE.toMillis());
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException | IllegalArgumentException unreachable) {
            return false;
        }
    }
}
