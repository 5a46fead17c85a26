package net.quicsql.http;

import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Drops empty segments from request paths, so that a client whose base URL ends with a slash is understood: {@code
 * //v3/pipeline} is {@code /v3/pipeline}. Encoded characters and a single trailing slash (which Jersey ignores by itself)
 * stay as they are. Thread-safe.
 *
 * <p>Needs connectors that let {@link UriCompliance.Violation#AMBIGUOUS_EMPTY_SEGMENT} pass.
 */
public final class PathCollapseHandler extends Handler.Wrapper {

    /** A handler in front of another. */
    public PathCollapseHandler(Handler next) {
        super(next);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpURI uri = request.getHttpURI();
        if (!uri.hasViolation(UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT)) {
            return super.handle(request, response, callback);
        }
        String path = collapse(uri.getPath());
        // Built anew: a copy with another path would keep the violation.
        HttpURI collapsed = HttpURI.build(uri, uri.getQuery() == null ? path : path + "?" + uri.getQuery())
                .asImmutable();
        if (collapsed.hasViolation(UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT)) {
            // A segment of nothing but parameters; servlets would refuse to tell the path.
            Response.writeError(request, response, callback, 400, "Ambiguous URI empty segment");
            return true;
        }
        return super.handle(Request.serveAs(request, collapsed), response, callback);
    }

    /** The path with each run of slashes made one. */
    static String collapse(String path) {
        StringBuilder collapsed = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '/' || i == 0 || path.charAt(i - 1) != '/') {
                collapsed.append(c);
            }
        }
        return collapsed.toString();
    }
}
