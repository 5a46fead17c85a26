package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.jetty.HttpsConnectorFactory;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.nio.file.Path;
import net.quicsql.access.DatabaseName;
import net.quicsql.auth.AuthConfig;
import net.quicsql.auth.StartupChecks.Exposure;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.storage.DatabaseConfig;
import net.quicsql.storage.DatabaseKind;
import net.quicsql.storage.StorageConfig;
import net.quicsql.testing.YamlText;
import org.eclipse.jetty.http.HttpCompliance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuicsqlConfigurationTest {
    @Test
    void hasTheseDefaults() throws Exception {
        QuicsqlConfiguration configuration = parse("data_dir: data");

        assertThat(configuration.dataDirectory()).isEqualTo(Path.of("data"));
        assertThat(new QuicsqlConfiguration().dataDirectory()).isEqualTo(Path.of("data"));
        assertThat(configuration.defaultDatabase()).isEmpty();
        assertThat(configuration.hostSuffix()).isEmpty();
        assertThat(configuration.databases()).isEmpty();
        assertThat(configuration.auth()).isEqualTo(AuthConfig.defaults());
        assertThat(configuration.limits()).isEqualTo(LimitsConfig.defaults());
        assertThat(configuration.storage()).isEqualTo(StorageConfig.defaults());
    }

    @Test
    void readsEveryKeyAndTakesEmptySectionsForTheirDefaults() throws Exception {
        QuicsqlConfiguration configuration = parse("""
                data_dir: /var/lib/quicsql
                default_database: main
                host_suffix: .DB.example.com
                databases:
                  main:
                  scratch: {kind: memory}
                auth:
                limits:
                  max_rows: 5
                storage:
                """);

        assertThat(configuration.dataDirectory()).isEqualTo(Path.of("/var/lib/quicsql"));
        assertThat(configuration.defaultDatabase()).contains(new DatabaseName("main"));
        assertThat(configuration.hostSuffix()).contains(".db.example.com");
        assertThat(configuration.databases().keySet())
                .containsExactly(new DatabaseName("main"), new DatabaseName("scratch"));
        assertThat(configuration.databases())
                .containsEntry(new DatabaseName("main"), DatabaseConfig.defaults())
                .hasEntrySatisfying(
                        new DatabaseName("scratch"),
                        scratch -> assertThat(scratch.kind()).isEqualTo(DatabaseKind.MEMORY));
        assertThat(configuration.limits().maxRows()).isEqualTo(5);
        assertThat(configuration.auth()).isEqualTo(AuthConfig.defaults());
        assertThat(configuration.storage()).isEqualTo(StorageConfig.defaults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data_dir: '' | data_dir: must name a folder",
                "data_dir: | data_dir: must name a folder",
                "default_database: v3 | default_database: 'v3' can be no database's name",
                "host_suffix: db.example.com | host_suffix: must begin with a point",
                "databases: {query: {}} | databases: 'query' can be no database's name",
                "databases: {app: {}, App: {}} | databases: app and App differ in upper and lower case only",
                "databases: {app: {mod: ro}} | Unrecognized field at: databases.app.mod",
                "databases: {app: {mode: rx}} | at: databases.app",
                "dataDirectory: x | Unrecognized field at: dataDirectory",
                "data_dir: ${QUICSQL_NO_SUCH}/x | data_dir: ${QUICSQL_NO_SUCH}/x names an environment variable",
                "datadir: x | Unrecognized field at: datadir",
                "limits: {lok_wait: 3s} | Unrecognized field at: limits.lok_wait",
                "server: {port: 3} | Unrecognized field at: server.port",
                "server: {applicationConnectors: [{type: http, prot: 3}]} | applicationConnectors.[0].prot",
            })
    void refusesBadValuesAndUnknownKeysByTheirName(String yaml, String message) {
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 7775 | 7776",
                "server: {} | 7775 | 7776",
                "server: {maxThreads: 40} | 7775 | 7776",
                "server: {applicationConnectors: [{type: http}], adminConnectors: [{type: http, port: 1}]} | 7775 | 1",
                "server: {applicationConnectors: [{type: https, keyStorePath: x, keyStorePassword: y}]} | 7775 | 7776",
            })
    void isCarefulWhereTheServerSectionIsSilent(String yaml, int port, int adminPort) throws Exception {
        DefaultServerFactory server = (DefaultServerFactory) parse(yaml).getServerFactory();

        assertThat(BindAddress.ofApplication(server)).isEqualTo(Exposure.LOOPBACK);
        assertThat(BindAddress.ofAdmin(server)).isEqualTo(Exposure.LOOPBACK);
        assertThat(server.getRegisterDefaultExceptionMappers()).isFalse();
        assertThat(server.getGzipFilterFactory().isEnabled()).isFalse();
        assertThat(server.getShutdownGracePeriod()).isEqualTo(Duration.seconds(10));
        HttpConnectorFactory connector =
                (HttpConnectorFactory) server.getApplicationConnectors().get(0);
        assertThat(connector.getPort()).isEqualTo(port);
        assertThat(connector.getIdleTimeout()).isEqualTo(Duration.seconds(120));
        assertThat(connector.getHttpCompliance()).isEqualTo(HttpCompliance.RFC9110);
        assertThat(connector.getMinRequestDataPerSecond().toBytes()).isEqualTo(16);
        assertThat(((HttpConnectorFactory) server.getAdminConnectors().get(0)).getPort())
                .isEqualTo(adminPort);
    }

    @Test
    void letsTheFileDecideOtherwise() throws Exception {
        DefaultServerFactory server = (DefaultServerFactory) parse("""
                        server:
                          maxThreads: 40
                          gzip: {enabled: true}
                          shutdownGracePeriod: 1s
                          applicationConnectors:
                            - {type: http, bindHost: 0.0.0.0, port: 80, idleTimeout: 3s, httpCompliance: RFC7230}
                        """).getServerFactory();

        HttpConnectorFactory connector =
                (HttpConnectorFactory) server.getApplicationConnectors().get(0);
        assertThat(connector).isNotInstanceOf(HttpsConnectorFactory.class);
        assertThat(connector.getPort()).isEqualTo(80);
        assertThat(connector.getIdleTimeout()).isEqualTo(Duration.seconds(3));
        assertThat(connector.getHttpCompliance()).isEqualTo(HttpCompliance.RFC7230);
        assertThat(server.getMaxThreads()).isEqualTo(40);
        assertThat(server.getGzipFilterFactory().isEnabled()).isTrue();
        assertThat(BindAddress.ofApplication(server)).isEqualTo(Exposure.OTHERS);
        assertThat(BindAddress.ofAdmin(server)).isEqualTo(Exposure.LOOPBACK);
    }

    @Test
    void isAsCarefulWithOneConnectorForBoth() throws Exception {
        SimpleServerFactory server =
                (SimpleServerFactory) parse("server: {type: simple}").getServerFactory();

        assertThat(BindAddress.ofApplication(server)).isEqualTo(Exposure.LOOPBACK);
        assertThat(server.getGzipFilterFactory().isEnabled()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "127.8.8.8, true",
        "localhost, true",
        "::1, true",
        "[::1], true",
        "0.0.0.0, false",
        "::, false",
        "192.0.2.1, false",
        "'', false",
        ", false",
    })
    void knowsWhatOnlyThisMachineReaches(String host, boolean loopback) {
        assertThat(BindAddress.isLoopback(host)).isEqualTo(loopback);
    }

    private static QuicsqlConfiguration parse(String yaml) throws IOException, ConfigurationException {
        return YamlText.parse(QuicsqlConfiguration.class, yaml, ServerDefaults.module());
    }
}
