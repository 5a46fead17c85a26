package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Optional;
import net.quicsql.access.DatabaseName;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ListeningMessageTest {
    @Test
    void tellsTheRealPortsAndWhatToTypeIntoEachClient() throws Exception {
        Server server = new Server();
        ServerConnector application = connector(server, "application", "127.0.0.1");
        ServerConnector admin = connector(server, "admin", "127.0.0.1");
        try {
            server.start();
            String address = "127.0.0.1:" + application.getLocalPort();

            List<String> lines = lines(server, Optional.of(new DatabaseName("app")));

            assertThat(lines.get(0))
                    .isEqualTo("listening on http://" + address + " (admin http://127.0.0.1:" + admin.getLocalPort()
                            + ")");
            assertThat(lines)
                    .anyMatch(line -> line.contains(" http://" + address + "/app/query"))
                    .anyMatch(line -> line.contains("libsql.connect(\"http://" + address + "/app\""))
                    .anyMatch(line -> line.contains("\"sqlite+libsql://" + address + "/app\""))
                    .anyMatch(line -> line.contains("url: \"http://" + address + "/app/\""));
            assertThat(lines(server, Optional.empty())).hasSize(1);
        } finally {
            server.stop();
        }
    }

    @Test
    void saysSoWhereItListensOnEveryAddress() throws Exception {
        Server server = new Server();
        ServerConnector application = connector(server, "application", "0.0.0.0");
        try {
            server.start();

            assertThat(lines(server, Optional.empty()).get(0))
                    .startsWith("listening on http://127.0.0.1:" + application.getLocalPort()
                            + " and every other address (admin ");
        } finally {
            server.stop();
        }
    }

    private static ServerConnector connector(Server server, String name, String host) {
        ServerConnector connector = new ServerConnector(server);
        connector.setName(name);
        connector.setHost(host);
        server.addConnector(connector);
        return connector;
    }

    private static List<String> lines(Server server, Optional<DatabaseName> database) {
        Logger logger = (Logger) LoggerFactory.getLogger(ListeningMessage.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        Level before = logger.getLevel();
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
        try {
            new ListeningMessage(database).serverStarted(server);
        } finally {
            logger.detachAppender(appender);
            logger.setLevel(before);
        }
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
