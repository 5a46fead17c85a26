package net.quicsql.http;

import jakarta.ws.rs.core.MediaType;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Drops a Content-Type that is none, as {@code json}. Jersey would refuse the request before any of its filters or
 * resources is asked, though hardly one cares what a body calls itself. Thread-safe.
 */
public final class ContentTypeHandler extends Handler.Wrapper {

    /** A handler in front of another. */
    public ContentTypeHandler(Handler next) {
        super(next);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Request readable = isReadable(request.getHeaders().get(HttpHeader.CONTENT_TYPE)) ? request : without(request);
        return super.handle(readable, response, callback);
    }

    private static boolean isReadable(@Nullable String contentType) {
        if (contentType == null || contentType.equals(Answer.JSON)) {
            return true;
        }
        try {
            MediaType.valueOf(contentType);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Request without(Request request) {
        HttpFields headers = HttpFields.build(request.getHeaders())
                .remove(HttpHeader.CONTENT_TYPE)
                .asImmutable();
        return new Request.Wrapper(request) {
            @Override
            public HttpFields getHeaders() {
                return headers;
            }
        };
    }
}
