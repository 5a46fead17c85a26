package net.quicsql.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.GenericServlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.util.Collections;
import java.util.Enumeration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BackgroundServletTest {
    private final Slow slow = new Slow();
    private final CountDownLatch failed = new CountDownLatch(1);
    private final BackgroundServlet servlet = new BackgroundServlet(slow, failed::countDown);

    @Test
    void letsRequestsWaitUntilTheServletIsReady() throws Exception {
        servlet.init(new Config());
        servlet.begin();
        CompletableFuture<Void> request = CompletableFuture.runAsync(this::serve);
        assertThat(slow.begun.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(slow.served).hasValue(0);
        assertThat(request).isNotDone();

        slow.goOn.countDown();

        request.get(30, TimeUnit.SECONDS);
        assertThat(slow.served).hasValue(1);
        assertThat(slow.inits).hasValue(1);
    }

    @Test
    void isInitializedByTheFirstRequestWhereNobodyHasBegun() {
        slow.goOn.countDown();
        servlet.init(new Config());

        serve();
        serve();

        assertThat(slow.served).hasValue(2);
        assertThat(slow.inits).hasValue(1);
    }

    @Test
    void tellsAndFailsEveryRequestWhereTheServletCannotBeInitialized() throws Exception {
        slow.failure = new ServletException("no");
        slow.goOn.countDown();
        servlet.init(new Config());
        servlet.begin();

        assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> servlet.service(null, null))
                    .isInstanceOf(ServletException.class)
                    .hasRootCauseMessage("no");
        }
        assertThat(slow.served).hasValue(0);
        servlet.destroy();
        assertThat(slow.destroyed).hasValue(0);
    }

    @Test
    void destroysWhatWasInitializedAndNothingElse() {
        slow.goOn.countDown();
        servlet.init(new Config());
        serve();
        servlet.destroy();
        assertThat(slow.destroyed).hasValue(1);

        Slow unused = new Slow();
        BackgroundServlet never = new BackgroundServlet(unused, failed::countDown);
        never.init(new Config());
        never.destroy();
        never.begin();
        assertThat(unused.inits).hasValue(0);
        assertThat(unused.destroyed).hasValue(0);
    }

    @Test
    void destroysWhatIsBeingInitializedOnceThatIsDone() throws Exception {
        servlet.init(new Config());
        servlet.begin();
        assertThat(slow.begun.await(30, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(servlet::destroy);
        assertThat(stop).isNotDone();

        slow.goOn.countDown();

        stop.get(30, TimeUnit.SECONDS);
        assertThat(slow.destroyed).hasValue(1);
        assertThat(failed.getCount()).isEqualTo(1);
    }

    private void serve() {
        try {
            servlet.service(null, null);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Is not ready before it is told to go on. */
    private static final class Slow extends GenericServlet {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final AtomicInteger inits = new AtomicInteger();
        private final AtomicInteger served = new AtomicInteger();
        private final AtomicInteger destroyed = new AtomicInteger();
        private volatile ServletException failure;

        @Override
        public void init() throws ServletException {
            inits.incrementAndGet();
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new ServletException(e);
            }
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void service(ServletRequest request, ServletResponse response) {
            served.incrementAndGet();
        }

        @Override
        public void destroy() {
            destroyed.incrementAndGet();
        }
    }

    private static final class Config implements ServletConfig {
        @Override
        public String getServletName() {
            return "slow";
        }

        @Override
        public ServletContext getServletContext() {
            return null;
        }

        @Override
        public String getInitParameter(String name) {
            return null;
        }

        @Override
        public Enumeration<String> getInitParameterNames() {
            return Collections.emptyEnumeration();
        }
    }
}
