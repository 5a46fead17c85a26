package net.quicsql.server;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Serial;

/** Answers Prometheus on the admin port. Thread-safe. */
final class PrometheusServlet extends HttpServlet {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient PrometheusExposition exposition;

    PrometheusServlet(PrometheusExposition exposition) {
        this.exposition = exposition;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType(exposition.contentType());
        response.setHeader("Cache-Control", "no-store");
        exposition.writeTo(response.getOutputStream());
    }
}
