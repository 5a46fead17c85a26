package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.testing.DropwizardTestSupport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.quicsql.http.WatchedConnector;
import net.quicsql.testing.Await;
import net.quicsql.testing.TestKeyStore;
import net.quicsql.wire.RawConnection;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connectors of a configuration file, of each type. */
class WatchedConnectorsWireTest {
    private static final String ENDLESS =
            "{\"sql\":\"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c\"}";

    @TempDir
    Path folder;

    @Test
    void watchesConnectionsOverTls() throws Exception {
        TestKeyStore keys = TestKeyStore.in(folder);
        DropwizardTestSupport<QuicsqlConfiguration> server =
                start("{type: https, bindHost: 127.0.0.1, port: 0, keyStorePath: " + keys.file()
                        + ", keyStoreType: PKCS12," + " keyStorePassword: " + TestKeyStore.PASSWORD + "}");
        try (RawConnection asks = new RawConnection(keys.connect(server.getLocalPort()))) {
            assertThat(asks.post("/app/query", "", "{\"sql\":\"SELECT 'over TLS'\"}")
                            .answer())
                    .contains("over TLS");
            RawConnection left = new RawConnection(keys.connect(server.getLocalPort())).post("/app/query", "", ENDLESS);
            left.close();
            Await.until(() -> hangups(server) == 1);
        } finally {
            server.after();
        }
    }

    @Test
    void watchesConnectionsBehindAProxyThatTellsItsClient() throws Exception {
        DropwizardTestSupport<QuicsqlConfiguration> server =
                start("{type: http, bindHost: 127.0.0.1, port: 0, useProxyProtocol: true}");
        try {
            new RawConnection(server.getLocalPort())
                    .send("PROXY TCP4 127.0.0.9 127.0.0.1 4711 7775\r\n")
                    .post("/app/query", "", ENDLESS)
                    .close();
            Await.until(() -> hangups(server) == 1);
        } finally {
            server.after();
        }
    }

    @Test
    void honoursWhatTheFileSays() throws Exception {
        DropwizardTestSupport<QuicsqlConfiguration> server =
                start("{type: http, bindHost: 127.0.0.1, port: 0, idleTimeout: 77s, acceptQueueSize: 33,"
                        + " acceptorThreads: 2, selectorThreads: 3, reuseAddress: false}");
        try {
            ServerConnector connector = (ServerConnector) Arrays.stream(server.getEnvironment()
                            .getApplicationContext()
                            .getServer()
                            .getConnectors())
                    .filter(each -> "application".equals(each.getName()))
                    .findFirst()
                    .orElseThrow();
            assertThat(connector).isInstanceOf(WatchedConnector.class);
            assertThat(connector.getHost()).isEqualTo("127.0.0.1");
            assertThat(connector.getIdleTimeout()).isEqualTo(77_000);
            assertThat(connector.getAcceptQueueSize()).isEqualTo(33);
            assertThat(connector.getAcceptors()).isEqualTo(2);
            assertThat(connector.getSelectorManager().getSelectorCount()).isEqualTo(3);
            assertThat(connector.getReuseAddress()).isFalse();
            assertThat(connector.getProtocols()).containsExactly("http/1.1");
        } finally {
            server.after();
        }
    }

    private DropwizardTestSupport<QuicsqlConfiguration> start(String connector) throws Exception {
        Path file = Files.writeString(
                folder.resolve("config.yml"),
                "data_dir: " + folder.resolve("data")
                        + "\ndatabases: {app: {kind: file}}\nlogging: {level: ERROR}\nserver:\n"
                        + "  applicationConnectors: [" + connector + "]\n"
                        + "  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]\n");
        DropwizardTestSupport<QuicsqlConfiguration> server =
                new DropwizardTestSupport<>(QuicsqlApplication.class, file.toString());
        server.before();
        return server;
    }

    private static long hangups(DropwizardTestSupport<QuicsqlConfiguration> server) {
        return server.getEnvironment().metrics().counter("quicsql.app.hangups").getCount();
    }
}
