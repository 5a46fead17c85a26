package net.quicsql.wire;

import static net.quicsql.wire.SocketClient.onStream;
import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.testing.DropwizardTestSupport;
import java.nio.file.Files;
import java.nio.file.Path;
import net.quicsql.server.QuicsqlApplication;
import net.quicsql.server.QuicsqlConfiguration;
import net.quicsql.testing.Await;
import net.quicsql.testing.TestKeyStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets on a connector with TLS. */
class SocketTlsWireTest {
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c";

    @TempDir
    Path folder;

    @Test
    void areServedAndWatched() throws Exception {
        TestKeyStore keys = TestKeyStore.in(folder);
        Path file = Files.writeString(
                folder.resolve("config.yml"),
                "data_dir: " + folder.resolve("data")
                        + "\ndatabases: {app: {kind: file}}\nlogging: {level: ERROR}\nserver:\n"
                        + "  applicationConnectors: [{type: https, bindHost: 127.0.0.1, port: 0, keyStorePath: "
                        + keys.file() + ", keyStoreType: PKCS12, keyStorePassword: " + TestKeyStore.PASSWORD
                        + "}]\n  adminConnectors: [{type: http, bindHost: 127.0.0.1, port: 0}]\n");
        DropwizardTestSupport<QuicsqlConfiguration> server =
                new DropwizardTestSupport<>(QuicsqlApplication.class, file.toString());
        server.before();
        try (SocketClient client =
                SocketClient.connectOverTls(keys.context(), server.getLocalPort(), "/app", "hrana3")) {
            client.send(SocketClient.hello(""));
            assertThat(client.next().get("type").textValue()).isEqualTo("hello_ok");
            client.openStream(0);
            assertThat(client.execute(0, "SELECT 'over TLS'")
                            .at("/rows/0/0/value")
                            .textValue())
                    .isEqualTo("over TLS");

            client.request(onStream(0, Requests.execute(ENDLESS)));
            Await.until("it runs", () -> counter(server, "quicsql.app.requests_in_flight") == 1);
            client.abort();
            Await.until("the read of a client that left is ended", () -> counter(server, "quicsql.app.hangups") == 1);
        } finally {
            server.after();
        }
    }

    private static long counter(DropwizardTestSupport<QuicsqlConfiguration> server, String name) {
        return server.getEnvironment().metrics().counter(name).getCount();
    }
}
