package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.util.Duration;
import java.util.concurrent.CountDownLatch;
import net.quicsql.testing.Await;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.junit.jupiter.api.Test;

class LeanServersTest {
    private static final int CROWD = 200;
    /** Long enough that the crowd would not be gone in time if one went after the other. */
    private static final Duration IDLE = Duration.milliseconds(200);

    @Test
    void threadsOfACrowdEndOnceTheyAreIdle() throws Exception {
        LeanServers.Default settings = new LeanServers.Default();
        settings.setIdleThreadTimeout(IDLE);
        shrinks(settings.createThreadPool(new MetricRegistry()), settings.getMinThreads());
    }

    @Test
    void theSimpleServersToo() throws Exception {
        LeanServers.Simple settings = new LeanServers.Simple();
        settings.setIdleThreadTimeout(IDLE);
        shrinks(settings.createThreadPool(new MetricRegistry()), settings.getMinThreads());
    }

    private static void shrinks(ThreadPool threads, int least) throws Exception {
        QueuedThreadPool pool = (QueuedThreadPool) threads;
        pool.start();
        try {
            CountDownLatch leave = new CountDownLatch(1);
            CountDownLatch here = new CountDownLatch(CROWD);
            for (int i = 0; i < CROWD; i++) {
                pool.execute(() -> {
                    here.countDown();
                    try {
                        leave.await();
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            here.await();
            assertThat(pool.getThreads()).isGreaterThanOrEqualTo(CROWD);
            leave.countDown();
            Await.until("few threads are left", () -> pool.getThreads() <= least);
        } finally {
            pool.stop();
        }
    }
}
