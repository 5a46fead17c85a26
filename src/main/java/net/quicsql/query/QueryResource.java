package net.quicsql.query;

import io.dropwizard.auth.Auth;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import net.quicsql.access.AccessPolicy;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.http.Admission;
import net.quicsql.http.BodyReader;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.ErrorEnvelopes;
import net.quicsql.http.JerseyAnswers;
import net.quicsql.http.RequestHeaders;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.limits.MemoryShare;
import net.quicsql.problem.Problem;
import org.jspecify.annotations.Nullable;

/** {@code POST /<database>/query}, whatever its Content-Type, and {@code POST /query}. Thread-safe. */
@Path("/")
public final class QueryResource {
    private final QueryHandler handler;
    private final DatabaseSelector selector;
    private final Admission admission;
    private final long maxBodyBytes;
    private final String bodySetting;
    private final MemoryBudget memory;

    /**
     * The resource around a handler.
     *
     * @param maxBodyBytes the most bytes of a body, at least 1
     * @param bodySetting the name of that setting, for the client to read
     */
    public QueryResource(
            QueryHandler handler,
            DatabaseSelector selector,
            Admission admission,
            long maxBodyBytes,
            String bodySetting,
            MemoryBudget memory) {
        this.memory = memory;
        this.handler = handler;
        this.selector = selector;
        this.admission = admission;
        this.maxBodyBytes = maxBodyBytes;
        this.bodySetting = bodySetting;
    }

    /** A query on the database in the path. */
    @POST
    @Path("{database}/query")
    public Response query(
            @Auth Principal principal,
            @PathParam("database") String database,
            @HeaderParam(HttpHeaders.HOST) @Nullable String host,
            @HeaderParam(DatabaseSelector.NAMESPACE_HEADER) @Nullable String namespace,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String contentLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String contentEncoding,
            @HeaderParam("Prefer") List<String> prefer,
            InputStream body) {
        return answer(
                principal, database, new RequestHeaders(host, namespace, contentLength, contentEncoding), prefer, body);
    }

    /** A query on the database that a header, the host or the configuration names. */
    @POST
    @Path("query")
    public Response query(
            @Auth Principal principal,
            @HeaderParam(HttpHeaders.HOST) @Nullable String host,
            @HeaderParam(DatabaseSelector.NAMESPACE_HEADER) @Nullable String namespace,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String contentLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String contentEncoding,
            @HeaderParam("Prefer") List<String> prefer,
            InputStream body) {
        return answer(
                principal, null, new RequestHeaders(host, namespace, contentLength, contentEncoding), prefer, body);
    }

    /** Refused, or Jersey would answer it by itself. */
    @OPTIONS
    @Path("{database}/query")
    public Response options() {
        return JerseyAnswers.response(ErrorEnvelopes.error("/query", new Problem.MethodNotAllowed("POST")));
    }

    /** Refused, or Jersey would answer it by itself. */
    @OPTIONS
    @Path("query")
    public Response rootOptions() {
        return options();
    }

    private Response answer(
            Principal principal, @Nullable String path, RequestHeaders headers, List<String> prefer, InputStream body) {
        DatabaseName database = selector.select(path, headers.namespace(), headers.host());
        // Asked here too, before the body is read: a stranger shall not make us take 8 MiB.
        AccessPolicy.requireRead(principal, database);
        try (MemoryShare share = memory.share()) {
            return JerseyAnswers.response(admission.admit(
                    principal,
                    database,
                    () -> handler.handle(
                            BodyReader.read(body, headers, maxBodyBytes, bodySetting, share),
                            database,
                            principal,
                            joined(prefer))));
        }
    }

    /** Several headers of one name mean the same as one with commas. */
    private static @Nullable String joined(List<String> values) {
        return values.isEmpty() ? null : String.join(",", values);
    }
}
