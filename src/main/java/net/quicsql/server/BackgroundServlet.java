package net.quicsql.server;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Initializes another servlet on a thread of its own, so that what needs none is served meanwhile: Jersey takes a sixth of
 * the server's start, and the requests that come first pass it by. Requests to the servlet wait until it is ready.
 * Thread-safe.
 */
final class BackgroundServlet implements Servlet {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundServlet.class);

    private final Servlet servlet;
    private final Runnable failed;

    private final Object lock = new Object();

    /** Guarded by the lock, as the next one; null before the start and after the end. */
    private @Nullable ServletConfig config;

    private @Nullable Throwable failure;

    private volatile boolean ready;

    /**
     * @param servlet not initialized yet
     * @param failed is run where it cannot be: nothing that needs it would be served
     */
    BackgroundServlet(Servlet servlet, Runnable failed) {
        this.servlet = requireNonNull(servlet, "servlet is null");
        this.failed = requireNonNull(failed, "failed is null");
    }

    /** Only takes note: {@link #begin} or the first request initializes the servlet. */
    @Override
    public void init(ServletConfig settings) {
        synchronized (lock) {
            config = settings;
            failure = null;
        }
    }

    /** Begins to initialize the servlet, if no request has done so. */
    void begin() {
        Thread thread = new Thread(
                () -> {
                    try {
                        initialize();
                    } catch (ServletException e) {
                        LOG.error("Jersey cannot be initialized", e);
                        failed.run();
                    }
                },
                "servlet-init");
        thread.setDaemon(true);
        thread.start();
    }

    /** Initializes the servlet, once; who comes meanwhile waits. */
    private void initialize() throws ServletException {
        synchronized (lock) {
            ServletConfig settings = config;
            if (ready || settings == null) {
                return;
            }
            if (failure != null) {
                throw new ServletException(failure);
            }
            try {
                servlet.init(settings);
                ready = true;
            } catch (ServletException | RuntimeException | Error e) {
                failure = e;
                throw new ServletException(e);
            }
        }
    }

    @Override
    public void service(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        if (!ready) {
            initialize();
        }
        servlet.service(request, response);
    }

    @Override
    public @Nullable ServletConfig getServletConfig() {
        return servlet.getServletConfig();
    }

    @Override
    public String getServletInfo() {
        return servlet.getServletInfo();
    }

    /** Waits for an initialization that is under way: what is half made cannot be given back. */
    @Override
    public void destroy() {
        synchronized (lock) {
            config = null;
            if (ready) {
                ready = false;
                servlet.destroy();
            }
        }
    }
}
