package net.quicsql.session;

import static net.quicsql.engine.EngineFixture.APP;
import static net.quicsql.engine.EngineFixture.DEV;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.quicsql.engine.EngineFixture;
import net.quicsql.engine.Stream;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request that comes while the reaper looks at its stream: the client did nothing wrong and is told nothing of it. */
class SessionClaimTest {
    private static final Duration PAST_IDLE = Duration.ofSeconds(31);

    @TempDir
    Path folder;

    private EngineFixture fixture;
    private String baton;

    @BeforeEach
    void open() {
        fixture = new EngineFixture(folder);
        Stream stream = fixture.engine().open(APP, DEV);
        fixture.run(stream, "BEGIN");
        baton = stream.release();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void aRequestWaitsWhileTheReaperLooks() throws Exception {
        Session session = fixture.sessions().live().iterator().next();
        assertThat(session.claimIdle()).isTrue();

        CompletableFuture<Stream> resumed = resumed();
        assertThatThrownBy(() -> resumed.get(50, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        session.unclaim();

        Stream stream = resumed.get(10, TimeUnit.SECONDS);
        assertThat(stream.isAutocommit()).isFalse();
        stream.release();
    }

    @Test
    void aRequestThatWaitedForTheEndIsToldOfIt() throws Exception {
        Session session = fixture.sessions().live().iterator().next();
        assertThat(session.claimIdle()).isTrue();

        CompletableFuture<Stream> resumed = resumed();
        fixture.sessions().abort(session, new Abort(Abort.Cause.IDLE, 30_000, 31_000));

        Stream stream = resumed.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> fixture.run(stream, "SELECT 1"))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(code(e)).isEqualTo(ProblemCode.TRANSACTION_TIMEOUT));
        stream.release();
    }

    @Test
    void noRequestIsRefusedWhileTheReaperLooksAllTheTime() throws Exception {
        CompletableFuture<Void> client = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 5_000; i++) {
                Stream stream = fixture.engine().resume(APP, DEV, baton);
                baton = stream.release();
            }
        });
        while (!client.isDone()) {
            fixture.pass(Duration.ZERO);
        }
        client.get(1, TimeUnit.SECONDS);

        fixture.pass(PAST_IDLE);
        assertThat(fixture.sessions().live()).isEmpty();
    }

    private CompletableFuture<Stream> resumed() {
        return CompletableFuture.supplyAsync(() -> fixture.engine().resume(APP, DEV, baton));
    }

    private static ProblemCode code(ProblemException exception) {
        Problem problem = exception.problem();
        return problem.code();
    }
}
