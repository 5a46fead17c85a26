package net.quicsql.client;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that lie idle: past every limit that the server has for it, and over its restart. */
@Tag("client")
final class IdleClientTest {
    private static final double TX_IDLE_SECONDS = 1.5;

    /** Every limit on being idle, short; they are checked again at the ends of pauses at least twice as long. */
    private static final Map<String, String> SHORT = Map.of(
            "limits.tx_idle_timeout", "1500ms",
            "limits.contended_idle_timeout", "9s",
            "limits.lock_wait", "10s",
            "limits.session_state_idle_timeout", "1s",
            "server.applicationConnectors[0].idleTimeout", "1s");

    private static final String PAUSE_SECONDS =
            Boolean.getBoolean("quicsql.soak") ? "60" : Double.toString(2 * TX_IDLE_SECONDS);

    @TempDir
    static Path folder;

    private static PythonEnvironment python;
    private static PackedServer server;

    @BeforeAll
    static void startServer() throws Exception {
        python = PythonEnvironment.get();
        server = PackedServer.start(Jdk.running(), folder, SHORT);
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (server == null) {
            return;
        }
        server.close();
    }

    @Test
    void anIdleConnectionWorksOn() throws Exception {
        python.run(server, PackedServer.TOKEN, "libsql_pause.py", PAUSE_SECONDS);
    }

    @Test
    void anIdleTransactionIsEndedAndSaysSo() throws Exception {
        python.run(server, PackedServer.TOKEN, "libsql_lost_transaction.py", Double.toString(TX_IDLE_SECONDS));
    }

    @Test
    void aConnectionOutlivesTheServer() throws Exception {
        try (PackedServer restarted = PackedServer.start(Jdk.running(), folder.resolve("restarted"), Map.of());
                PythonEnvironment.Script script = python.start(restarted, PackedServer.TOKEN, "libsql_restart.py")) {
            script.awaitLine("RESTART");
            restarted.stop();
            restarted.start();
            script.goOn();

            script.awaitLine("RESTART");
            restarted.kill();
            restarted.start();
            script.goOn();

            script.awaitSuccess();
        }
    }
}
