package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

final class HealthProbeTest {
    @Test
    void onlyTheAnswer200IsHealthy() throws IOException {
        assertThat(HealthProbe.isHealthy(serverAnswering(200))).isTrue();
        assertThat(HealthProbe.isHealthy(serverAnswering(500))).isFalse();
        assertThat(HealthProbe.isHealthy(serverAnswering(204))).isFalse();
    }

    @Test
    void aServerThatDoesNotAnswerIsNotHealthy() {
        assertThat(HealthProbe.isHealthy("http://127.0.0.1:1/healthcheck")).isFalse();
        assertThat(HealthProbe.isHealthy("no address")).isFalse();
    }

    /** Answers one request and leaves. */
    private static String serverAnswering(int status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/healthcheck", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            new Thread(() -> server.stop(0)).start();
        });
        server.start();
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/healthcheck";
    }
}
