package net.quicsql.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import net.quicsql.access.AccessLevel;
import net.quicsql.access.Principal;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.SqlValue;
import net.quicsql.sql.Statement;
import net.quicsql.storage.WriterQueue;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the log says of a transaction that the server has ended. */
class AbortLogTest {
    private static final Principal EVE = new Principal("eve", Map.of("*", AccessLevel.READ_WRITE));
    private static final LimitsConfig LIMITS = LimitsConfig.defaults();

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("net.quicsql.session");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }
    };

    @TempDir
    Path folder;

    private EngineFixture fixture;

    @BeforeEach
    void open() {
        fixture = new EngineFixture(folder);
        fixture.query(EngineFixture.DEV, "CREATE TABLE t(v)");
        logger.setLevel(Level.WARN);
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void close() throws Exception {
        logger.detachAppender(appender);
        logger.setLevel(null);
        fixture.close();
    }

    @Test
    void namesPrincipalAgeReasonAndTheLastStatementWithoutItsLiterals() {
        Stream stream = fixture.engine().open(EngineFixture.APP, EVE);
        fixture.run(stream, "BEGIN IMMEDIATE");
        fixture.run(stream, "INSERT INTO t(v) VALUES('first secret')");
        stream.execute(
                new Statement(
                        fixture.engine().statement("UPDATE t SET v = ? WHERE v = 'second secret' AND 4711 /* third */"),
                        new Arguments(List.of(new SqlValue.Text("fourth secret")), List.of())),
                new EngineFixture.TextRows());
        stream.release();
        fixture.pass(LIMITS.txIdleTimeout().plusSeconds(1));

        assertThat(lines)
                .singleElement()
                .asString()
                .matches("WARN database app: rolled back the transaction of principal"
                        + " 'eve', 3[1-9]\\.\\d s old, with 0 waiting to write: it was idle for 3[1-9]\\.\\d s"
                        + " \\(limits\\.tx_idle_timeout is 30\\.0 s\\);"
                        + " its last statement: UPDATE t SET v = \\? WHERE v = \\? AND \\?");
    }

    @Test
    void showsTheBeginningOfALongStatementWithoutWhatWasCutInTwo() {
        Stream stream = fixture.engine().open(EngineFixture.APP, EVE);
        fixture.run(stream, "BEGIN");
        fixture.run(stream, "INSERT INTO t(v) VALUES('" + "secret ".repeat(10_000) + "')");
        stream.release();
        fixture.pass(LIMITS.txIdleTimeout().plusSeconds(1));

        assertThat(lines).singleElement().asString().endsWith("its last statement: INSERT INTO t(v) VALUES(?");
    }

    @Test
    void tellsOfAHolderThatKeptOthersWaiting() throws Exception {
        Stream stream = fixture.engine().open(EngineFixture.APP, EVE);
        fixture.run(stream, "BEGIN IMMEDIATE");
        stream.release();
        CompletableFuture<List<String>> waiter = CompletableFuture.supplyAsync(
                () -> fixture.query(EngineFixture.DEV, "INSERT INTO t(v) VALUES(1) RETURNING v"));
        WriterQueue queue =
                fixture.databases().find(EngineFixture.APP).orElseThrow().writerQueue();
        Await.until(queue::isContended);
        fixture.pass(LIMITS.contendedIdleTimeout().plusSeconds(1));

        assertThat(waiter.get(20, TimeUnit.SECONDS)).containsExactly("1");
        assertThat(lines)
                .singleElement()
                .asString()
                .contains("principal 'eve'", "with 1 waiting to write", "limits.contended_idle_timeout is 5.0 s")
                .endsWith("its last statement: BEGIN IMMEDIATE");
    }

    @Test
    void tellsOfATransactionThatWasNeverQuietForLong() {
        Stream stream = fixture.engine().open(EngineFixture.APP, Principal.anonymous());
        fixture.run(stream, "BEGIN");
        String baton = stream.release();
        Duration step = Duration.ofSeconds(29);
        for (Duration age = step; age.compareTo(LIMITS.maxTxLifetime()) < 0; age = age.plus(step)) {
            fixture.pass(step);
            baton = fixture.engine()
                    .resume(EngineFixture.APP, Principal.anonymous(), baton)
                    .release();
        }
        fixture.pass(step);

        assertThat(lines)
                .singleElement()
                .asString()
                .contains("of an anonymous client", "limits.max_tx_lifetime is 300.0 s");
    }
}
